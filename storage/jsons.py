"""JSON for the queue: ids and times only, never objects."""

from __future__ import annotations

import json
from typing import Any


def dumps(value: dict[str, Any]) -> bytes:
    """Bytes for the wire. An object that JSON does not know is a bug and raises TypeError."""
    return json.dumps(value, default=_errors_as_words).encode()


def loads(content: bytes) -> dict[str, Any]:
    """What `dumps` wrote."""
    return dict(json.loads(content))


def _errors_as_words(value: Any) -> Any:
    if isinstance(value, BaseException):  # arq stores what a job raised; we keep its kind and drop its contents
        return type(value).__name__
    raise TypeError(f"{type(value).__name__} does not belong into the queue")
