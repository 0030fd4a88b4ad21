"""Headers as nearly all mail writes them, read at once: fields one below the other and an empty line at their end."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 64_000
"""Bytes of a header that are looked at: a thousand parts without an end to theirs must stay cheap."""
_LONGEST_NAME = 250
_END = re.compile(rb"\n[ \t\r\x0b\x0c]*\n")
_NEXT = re.compile(rb"\n(?![ \t])")
_NAME = re.compile(rb"(?!--)[!-9;-~]{1,200}[ \t]*")


def plain_fields(raw: bytes, position: int, most: int) -> tuple[list[tuple[str, bytes]], int] | None:
    """The header fields at `position` and where the body begins; None when any line is out of the ordinary, or when there
    are more than `most`: then it must be looked at line by line."""
    end = _END.search(raw, position, position + LONGEST)
    if end is None:
        return None
    fields = []
    for line in _NEXT.split(raw[position : end.start()]):
        name, colon, value = line.partition(b":")
        known = _name(name) if colon and len(name) <= _LONGEST_NAME else ""
        if not known:
            return None
        fields.append((known, value.strip()))
    return (fields, end.end()) if len(fields) <= most else None


@lru_cache(4_096)
def _name(written: bytes) -> str:
    """The lower-cased name of a field; empty when no field can be called so."""
    return written.strip().decode("ascii").lower() if _NAME.fullmatch(written) else ""
