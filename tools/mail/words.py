"""Header values in words: RFC 2047 encoded words, raw 8-bit bytes and RFC 2231 parameters, broken ones included."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from tools.mail.charsets import clean, decode
from tools.mail.transfer import unpack

LONGEST = 64_000
"""Bytes of one header value that are read; what is longer is cut (a To field of a thousand people fits)."""

# The text may hold spaces and stray question marks, as broken mailers write it; it is bounded, so a hostile value stays cheap.
_ENCODED = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?(.{0,600}?)\?=(?!=)")
_PARAMETER = re.compile(r'[;\s]\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.){0,8000})"?|([^;"\n]*))', re.DOTALL)
_FIRST_TOKEN = re.compile(r"^[^;=]{0,200}?(?=[;\s]|$)")
_SECTION = re.compile(r"^(.+?)(?:\*(\d{1,3}))?(\*?)$")
_BACKSLASHED = re.compile(r"\\(.)")


def raw_text(value: bytes) -> str:
    """A header value as characters on one line, before its encoded words are read. Raw 8-bit bytes are guessed."""
    if b"\n" not in value and value.isascii():
        return value[:LONGEST].decode("ascii").strip()
    return decode(value[:LONGEST])[0].replace("\r", "").replace("\n", " ").strip()


def words(value: str) -> str:
    """A header value with its encoded words read, on one line and safe to store."""
    if "=?" in value:
        value = "".join(_decoded(value))
    return " ".join(clean(value).split())


def _decoded(value: str) -> Iterator[str]:
    """Neighbouring encoded words of one charset are joined before they are read: some mailers cut a character in two."""
    charset, held, position = "", b"", 0
    for found in _ENCODED.finditer(value):
        between = value[position : found.start()]
        position = found.end()
        if between.strip() or not charset:
            yield decode(held, charset)[0] if charset else ""
            yield between
            held, charset = b"", ""
        elif charset.lower() != found.group(1).lower():
            yield decode(held, charset)[0]
            held = b""
        charset = found.group(1)
        held += _word_bytes(found.group(2), found.group(3))
    if charset:
        yield decode(held, charset)[0]
    yield value[position:]


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        return unpack(data, "base64")[0]
    return binascii.a2b_qp(data, header=True)


def parameters(value: str) -> Mapping[str, str]:
    """The parameters of a Content-Type or Content-Disposition: continuations joined, charsets and encoded words read."""
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, quoted, bare in _PARAMETER.findall(" " + _FIRST_TOKEN.sub("", value)):
        parts = _SECTION.match(name.lower())
        if parts is None:
            continue
        text = _BACKSLASHED.sub(r"\1", quoted) if quoted else bare.strip().strip("'")
        sections.setdefault(parts[1], {}).setdefault(int(parts[2] or 0), (bool(parts[3]), text))
    return {name: _joined(numbered) for name, numbered in sections.items()}


def _joined(numbered: Mapping[int, tuple[bool, str]]) -> str:
    ordered = [numbered[number] for number in sorted(numbered)]
    if not any(extended for extended, _ in ordered):
        return words("".join(text for _, text in ordered))
    charset, data = "", b""
    for position, (extended, text) in enumerate(ordered):
        if extended and position == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if extended else text.encode("utf-8", "replace")
    return " ".join(clean(decode(data, charset or "utf-8")[0]).split())
