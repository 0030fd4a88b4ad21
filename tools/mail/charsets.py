"""Bytes into text, whatever charset they claim; and text into text that any store and any reader can hold."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

GUESS_FROM = 16_000
"""How many bytes the guesser is shown: more costs time and changes nothing."""

# Names that mean something wider in practice than in their standard (as in the WHATWG Encoding Standard).
_WIDER = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "big5hkscs",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "cp-850": "cp850",
}
# Python's own codecs that are no charsets: quadratic (idna, punycode) or able to make any character out of ASCII.
_NO_CHARSET = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_WESTERN = {"cp1252", "iso8859-15"}

# NUL and the other control characters except tab and line feed, lone surrogates, non-characters at the plane's end, and
# the tag characters that hide ASCII from a reader's eye but not from a model's.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]")
_ASCII_UNWANTED = bytes(code for code in (*range(32), 127) if chr(code) not in "\t\n\r\x0b\x0c")
_ASCII_LINES = bytes.maketrans(b"\r\x0b\x0c", b"\n\n\n")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """The text with line feeds as its only line ends and without NUL, other controls, lone surrogates and tag characters."""
    if text.isascii():
        plain = text.replace("\r\n", "\n").encode("ascii").translate(_ASCII_LINES, _ASCII_UNWANTED)
        return plain.decode("ascii")
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def codec(name: str) -> str:
    """Python's name of the codec for a charset name found in a mail, or an empty string when there is none."""
    plain = name.strip(" \t\"'").lower()
    try:
        found = codecs.lookup(_WIDER.get(plain, plain)[:60]).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    return found if found.replace("-", "_") not in _NO_CHARSET and _is_text(found) else ""


def _is_text(name: str) -> bool:
    """Python files base64, zip and rot13 under codecs too, but refuses to decode bytes to text with them."""
    try:
        b"a".decode(name)
    except LookupError:
        return False
    except (UnicodeError, ValueError):
        return True
    return True


def decode(data: bytes, charset: str = "") -> tuple[str, str]:
    """The text of `data`, and what was wrong with the charset it claimed (empty: nothing). Never raises."""
    wanted = codec(charset) if charset else ""
    problem = "" if wanted or not charset else f"unknown charset {clean(charset)[:40]!r}"
    if data.isascii() and (not wanted or wanted in _WESTERN or wanted == "utf-8"):
        return data.decode("ascii"), problem
    if not wanted or wanted in _WESTERN:
        as_utf8 = _try(data, "utf-8")
        if as_utf8 is not None:
            return as_utf8, problem
    if wanted:
        text = _try(data, wanted)
        if text is not None:
            return text, problem
        problem = f"bytes that are not {clean(charset)[:40]}"
        if wanted in _WESTERN or _mostly(data, wanted):
            return data.decode(wanted, "replace"), problem
    return _guess(data), problem or "no charset stated for 8-bit text"


def _try(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError):
        return None


def _mostly(data: bytes, name: str) -> bool:
    """Whether the claimed charset reads all but a few characters: then it is right and the mail was damaged."""
    try:
        text = data.decode(name, "replace")
    except (UnicodeError, ValueError):
        return False
    foreign = sum(1 for byte in data[:GUESS_FROM] if byte > 127)
    return text[:GUESS_FROM].count("\ufffd") * 10 <= foreign


def _guess(data: bytes) -> str:
    best = charset_normalizer.from_bytes(data[:GUESS_FROM]).best()
    name = codec(best.encoding) if best else ""
    text = _try(data, name) if name else None
    return text if text is not None else data.decode("cp1252", "replace")
