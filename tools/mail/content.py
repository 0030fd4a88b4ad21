"""The words of a message: its text parts decoded, unwrapped and joined, HTML read where the plain part says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tools.mail.bodies import Bodies, shown_as
from tools.mail.charsets import clean, decode
from tools.mail.flowed import unflow
from tools.mail.html import html_to_text
from tools.mail.structure import Part
from tools.mail.transfer import Enclosed, uuencoded

LONGEST_TEXT = 1_000_000
"""Characters of text that are kept of one message: about 500 printed pages."""
LONGEST_BODY = 4_000_000
"""Bytes of one text part that are turned into text."""

_STUB_LIMIT = 400
_STUB = re.compile(
    r"html.{0,80}(?:view|display|support|read|compatible|enabled)|mime.{0,20}format"
    r"|(?:view|see|read|display|open|support).{0,80}(?:html|browser|online|web ?page|web version)",
    re.IGNORECASE | re.DOTALL,
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{2,40})", re.IGNORECASE)


def message_text(chosen: Bodies, defects: list[str]) -> str:
    """The whole readable body. The plain parts are preferred; an empty one or a mere "view as HTML" gives way to the HTML."""
    text = _joined(chosen.text, defects)
    if _says_nothing(text) and (chosen.spare or chosen.html != chosen.text):
        text = _joined(chosen.html, defects) or _joined(chosen.spare, defects) or text
    text = "\n\n".join(words for words in (text, _joined(chosen.cut, defects)) if words)
    if not text:
        text = _joined([part for part in chosen.attached if _is_loose_text(part)][:1], defects)
    if len(text) > LONGEST_TEXT:
        defects.append(f"a text of more than {LONGEST_TEXT} characters: the rest was not read")
    return text[:LONGEST_TEXT]


def part_text(part: Part) -> tuple[str, list[str]]:
    """The text of a text part as its sender wrote it (HTML stays HTML), and what was wrong with it."""
    data, packing = part.unpacked
    charset = part.type_parameters.get("charset", "")
    if not charset and part.media_type == "text/html" and (meta := _META_CHARSET.search(data[:4_000])):
        charset = meta[1].decode("ascii")
    text, problem = decode(_without_files(data[:LONGEST_BODY], part), charset)
    text = clean(text)
    cut = [f"a text part of more than {LONGEST_BODY} bytes"] if len(data) > LONGEST_BODY else []
    return text, [note for note in (packing, problem, *cut) if note]


def enclosed_files(chosen: Bodies) -> list[Enclosed]:
    """The uuencoded files in the plain text of a message, in order."""
    return [file for part in chosen.text if shown_as(part) == "text/plain" for file in _files(part.unpacked[0])]


def _joined(parts: Sequence[Part], defects: list[str]) -> str:
    texts = []
    for part in parts:
        if not part.media_type.startswith(("text/", "multipart/")):
            continue
        text, notes = part_text(part)
        defects.extend(notes)
        texts.append(_readable(text, part).strip("\n").rstrip())
    return "\n\n".join(text for text in texts if text)


def _readable(text: str, part: Part) -> str:
    if part.media_type == "text/html":
        return html_to_text(text)
    if part.type_parameters.get("format", "").lower() == "flowed":
        return unflow(text, part.type_parameters.get("delsp", "").lower() == "yes")
    return text


def _says_nothing(text: str) -> bool:
    return not text.strip() or (len(text) < _STUB_LIMIT and bool(_STUB.search(text)))


def _is_loose_text(part: Part) -> bool:
    return part.media_type.startswith("text/") and part.disposition != "attachment" and not part.name


def _files(data: bytes) -> list[Enclosed]:
    return uuencoded(data[:LONGEST_BODY]) if b"begin" in data[:LONGEST_BODY] else []


def _without_files(data: bytes, part: Part) -> bytes:
    if shown_as(part) != "text/plain":
        return data
    kept, position = [], 0
    for file in _files(data):
        kept.append(data[position : file.start])
        position = file.end
    return b"".join([*kept, data[position:]])
