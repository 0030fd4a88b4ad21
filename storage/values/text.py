"""Text that can be stored: people, programs and models write what neither a database nor a terminal can hold."""

from __future__ import annotations

from typing import Any


def storable(text: str) -> str:
    """Without NUL and with a question mark for half a character (a surrogate without its partner)."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def storable_throughout(value: Any) -> Any:
    """The same for every text within lists and objects, names included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_throughout(one) for one in value]
    if isinstance(value, dict):
        return {storable(name): storable_throughout(one) for name, one in value.items()}
    return value
