"""JSON: for the queue, ids and times only and never objects; for Postgres, whatever a row holds."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID


def dumps(value: dict[str, Any]) -> bytes:
    """Bytes for the wire. An object that JSON does not know is a bug and raises TypeError."""
    return json.dumps(value, default=_errors_as_words).encode()


def loads(content: bytes) -> dict[str, Any]:
    """What `dumps` wrote."""
    return dict(json.loads(content))


def as_postgres_reads(value: object) -> str:
    """How a value that JSON does not know is written so that Postgres reads it from there by the column's type."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no column")


def _errors_as_words(value: Any) -> Any:
    if isinstance(value, BaseException):  # arq stores what a job raised; we keep its kind and drop its contents
        return type(value).__name__
    raise TypeError(f"{type(value).__name__} does not belong into the queue")
