"""What comes in from the page: words, presses, files and stop become what the desk understands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from bot.desk import LONGEST
from storage.values.errors import Refused

LARGEST_REQUEST = 16 * LONGEST
"""Bytes of a request that is no file: the longest message that the desk reads, with every character escaped."""

_EVENT = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True)
class Said:
    """Words. `event` is the page's own name for them: the same name again is the same event again."""

    event: str
    text: str


@dataclass(frozen=True)
class Pressed:
    """A button, with what was written into its form."""

    event: str
    token: str
    fields: dict[str, str]


def said(body: bytes) -> Said:
    """What a body of `/browser/say` says. Refused when it is none."""
    given = _object(body)
    return Said(event(given.get("event")), _words(given.get("text")))


def pressed(body: bytes) -> Pressed:
    """What a body of `/browser/press` presses. Refused when it is none."""
    given = _object(body)
    fields = given.get("fields", {})
    if not isinstance(fields, dict):
        raise _unreadable()
    written = {str(name): _words(value) for name, value in fields.items()}
    return Pressed(event(given.get("event")), _words(given.get("token")), written)


def stopped(body: bytes) -> str:
    """The event of a body of `/browser/stop`."""
    return event(_object(body).get("event"))


def event(given: Any) -> str:
    """The page's name for an event. Refused when it is none."""
    if not isinstance(given, str) or not _EVENT.fullmatch(given):
        raise _unreadable()
    return given


async def body_of(request: Request, most: int) -> bytes:
    """The body, read no further than it may be long. Refused when it is longer."""
    declared = request.headers.get("content-length", "0")
    parts, length = [], 0
    if declared.isdecimal() and int(declared) <= most:
        async for part in request.stream():
            parts.append(part)
            length += len(part)
            if length > most:
                break
        else:
            return b"".join(parts)
    raise TooLargeError(f"That is too large (at most {most / 1024 / 1024:,.1f} MB).")


class TooLargeError(Refused):
    """A body that is longer than we read."""


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):  # the second: lists within lists, thousands deep
        given = None
    if not isinstance(given, dict):
        raise _unreadable()
    return given


def _words(given: Any) -> str:
    if not isinstance(given, str):
        raise _unreadable()
    return given


def _unreadable() -> Refused:
    return Refused("The page sent something that cannot be read; reload it and try again.")
