"""Message-IDs: read from a header and written into one, with or without the angle brackets."""

from __future__ import annotations

import re
from email.parser import BytesHeaderParser
from email.policy import compat32

_FIT = re.compile(r"[!-;=?-~]{1,900}")
"""Printable ASCII without blanks and angle brackets. A line of a mail has at most 998 characters (RFC 5322, 2.1.1)."""


def bare_id(message_id: str) -> str:
    """The id without angle brackets, or an empty string when it is none that can stand in a header or a search."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    return bare if _FIT.fullmatch(bare) else ""


def id_of(message: bytes) -> str:
    """The bare Message-ID of a raw mail; empty when it has none that is fit."""
    header = BytesHeaderParser(policy=compat32).parsebytes(message[: 256 * 1024]).get("Message-ID", "")
    return bare_id(str(header))
