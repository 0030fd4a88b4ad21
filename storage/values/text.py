"""Text that can be stored: people, programs and models write what neither a database nor a terminal can hold."""

from __future__ import annotations


def storable(text: str) -> str:
    """Without NUL and with a question mark for half a character (a surrogate without its partner)."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
