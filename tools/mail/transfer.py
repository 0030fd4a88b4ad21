"""Content-Transfer-Encoding: the bytes of a part as they were before they were packed for the wire, broken packing too."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ALPHABET = _DIGITS + b"="
_URL_ALPHABET = _ALPHABET + b"-_"
_NOT_DIGITS = bytes(set(range(256)) - set(_DIGITS))
_WHITE = b" \t\r\n\x0b\x0c\x00"
_UU_BEGIN = re.compile(rb"(?m)^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n")
_UU_LINE = re.compile(rb"[\x20-\x60]{1,90}\r?\n?")
NOT_PACKED = "not base64 although it says so"
_FOREIGN_SHARE = 20
"""Base64 with more than one byte in 20 outside its alphabet is not base64: it is shown as it stands."""


def unpack(body: bytes, encoding: str) -> tuple[bytes, str]:
    """The bytes inside `body`, and what was wrong with their packing (empty: nothing). Never raises."""
    match encoding.split(";")[0].strip().lower():
        case "base64" | "b":
            return _base64(body)
        case "quoted-printable" | "quoted_printable" | "qp" | "q":
            return binascii.a2b_qp(body), ""
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            found = uuencoded(body)
            return (found[0].data, "") if found else (body, "a uuencoded part without its begin line")
        case _:
            return body, ""


def _base64(body: bytes) -> tuple[bytes, str]:
    digits = body.translate(None, _WHITE)
    foreign = len(digits.translate(None, _ALPHABET))
    if foreign and not digits.translate(None, _URL_ALPHABET):
        digits, foreign = digits.replace(b"-", b"+").replace(b"_", b"/"), 0
    if foreign * _FOREIGN_SHARE > len(digits):
        return body, NOT_PACKED
    try:
        return binascii.a2b_base64(digits), "base64 with foreign characters" if foreign else ""
    except binascii.Error:
        digits = digits.translate(None, _NOT_DIGITS)
    digits = digits[:-1] if len(digits) % 4 == 1 else digits
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4)), "base64 cut short"


@dataclass(frozen=True)
class Enclosed:
    """A file that was put into running text by uuencode: where it stands, its name and its bytes."""

    start: int
    end: int
    name: bytes
    data: bytes


def uuencoded(body: bytes, most: int = 100) -> list[Enclosed]:
    """The uuencoded files in running text, in order; at most `most`. A `begin` line without data is plain words."""
    found: list[Enclosed] = []
    position = 0
    while len(found) < most and (begin := _UU_BEGIN.search(body, position)):
        data, end = _uu_lines(body, begin.end())
        position = end
        if data:
            found.append(Enclosed(begin.start(), end, begin.group(1), data))
    return found


def _uu_lines(body: bytes, position: int) -> tuple[bytes, int]:
    chunks: list[bytes] = []
    while line := _UU_LINE.match(body, position):
        packed = line.group().rstrip(b"\r\n")
        if packed == b"end" or not _fits(packed):
            break
        position = line.end()
        count = (packed[0] - 32) & 63
        try:
            chunks.append(binascii.a2b_uu(packed[: 1 + (count + 2) // 3 * 4]))
        except binascii.Error:
            break
    end = re.compile(rb"[ \t`]*\r?\n?end[ \t]*\r?\n?").match(body, position)
    return b"".join(chunks), end.end() if end else position


def _fits(packed: bytes) -> bool:
    """Whether the line is as long as its first character says, give or take a checksum or trimmed blanks."""
    wanted = ((packed[0] - 32) & 63) + 2
    return len(packed) - 1 <= wanted // 3 * 4 + 2
