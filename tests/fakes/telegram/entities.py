"""What Telegram makes of a text: HTML into entities, with its real complaints, and the links that it finds by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.fakes.telegram.errors import BadRequest

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
MOST = 100

_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
_ATTRIBUTE = re.compile(r"""\s*([a-zA-Z0-9-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[a-zA-Z0-9.-]+))?""")
_SILENT = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]|[\x00-\x09\x0b-\x1f]")
_VOID = re.compile(
    "[\\s\u00a0\u00ad\u115f\u1160\u1680\u180e\u2000-\u200f\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\ufffc]*"
)

_LIVE = (
    ("email", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"[a-zA-Z][a-zA-Z0-9+]*://\S+|(?<![\w@.])(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#]\S*)?")),
    ("mention", re.compile(r"(?<![\w/])@[A-Za-z0-9_]{2,32}")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\d*[^\W\d])\w+")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?!\w)")),
)


@dataclass(frozen=True)
class Entity:
    """A stretch of a text, in UTF-16 units."""

    kind: str
    offset: int
    length: int
    url: str = ""


def units(text: str) -> int:
    """How long a text is for Telegram: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def read(text: str, parse_mode: str) -> tuple[str, list[Entity]]:
    """The text that people see and its entities, cleaned and trimmed as the real service does."""
    plain, entities = _parse(text) if parse_mode else (text, [])
    return _trimmed(plain, entities)


def live(text: str, entities: list[Entity]) -> list[Entity]:
    """What can be tapped in it: named links, and all that Telegram finds outside code."""
    calm = [(one.offset, one.offset + one.length) for one in entities if one.kind in ("code", "pre")]
    found = [one for one in entities if one.kind == "text_link"]
    for kind, pattern in _LIVE:
        for match in pattern.finditer(text):
            begin, length = units(text[: match.start()]), units(match.group())
            if not any(start < begin + length and begin < end for start, end in calm):
                found.append(Entity(kind, begin, length, match.group()))
    return found


def is_void(text: str) -> bool:
    """Whether nobody would see anything."""
    return _VOID.fullmatch(text) is not None


def _parse(text: str) -> tuple[str, list[Entity]]:
    out: list[str] = []
    entities: list[Entity] = []
    nested: list[tuple[str, int, str]] = []
    place = length = 0

    def put(piece: str) -> None:
        nonlocal length
        out.append(piece)
        length += units(piece)

    while place < len(text):
        if text[place] == "&":
            match = _REFERENCE.match(text, place)
            if match:
                name, decimal, hexadecimal = match.groups()
                put(NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16)))
                place = match.end()
            else:
                put("&")
                place += 1
        elif text[place] != "<":
            put(text[place])
            place += 1
        elif text.startswith("</", place):
            end = text.find(">", place)
            at = _at(text, place)
            if end < 0:
                raise _wrong(f"Unclosed end tag at byte offset {at}")
            closing = text[place + 2 : end].strip().lower()
            if not nested:
                raise _wrong(f"Unexpected end tag at byte offset {at}")
            tag, begin, url = nested.pop()
            if closing and closing != tag:
                raise _wrong(f'Unmatched end tag at byte offset {at}, expected "</{tag}>", found "</{closing}>"')
            if length > begin:
                entities.append(Entity(KINDS[tag], begin, length - begin, url))
            place = end + 1
        else:
            tag, url, place = _start_tag(text, place)
            nested.append((tag, length, url))
    if nested:
        raise _wrong(f'Can\'t find end tag corresponding to start tag "{nested[-1][0]}"')
    return "".join(out), sorted(entities, key=lambda one: (one.offset, -one.length))


def _start_tag(text: str, place: int) -> tuple[str, str, int]:
    at = _at(text, place)
    match = re.compile(r"[^\s>]*").match(text, place + 1)
    assert match
    tag = match.group().lower()
    if tag not in KINDS:
        raise _wrong(f'Unsupported start tag "{tag}" at byte offset {at}')
    place, url, classes = match.end(), "", ""
    while True:
        while place < len(text) and text[place].isspace():
            place += 1
        if place >= len(text):
            raise _wrong(f"Unclosed start tag at byte offset {at}")
        if text[place] == ">":
            break
        attribute = _ATTRIBUTE.match(text, place)
        if attribute is None or attribute.end() == place:
            raise _wrong(f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {at}')
        value = (attribute.group(2) or "").strip("\"'")
        url, classes = (
            (value if attribute.group(1) == "href" else url),
            (value if attribute.group(1) == "class" else classes),
        )
        place = attribute.end()
    if tag == "span" and classes != "tg-spoiler":
        raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    return tag, url, place + 1


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Control characters and those that turn lines around are taken out, white space at both ends too."""
    places: list[int] = []
    kept: list[str] = []
    length = 0
    for character in text:
        places += [length] * units(character)
        if _SILENT.fullmatch(character):
            character = " " if character == "\t" or (character < " " and character != "\r") else ""
        kept.append(character)
        length += units(character)
    places.append(length)
    clean = "".join(kept)
    moved = [
        replace(one, offset=places[one.offset], length=places[one.offset + one.length] - places[one.offset])
        for one in entities
    ]
    lead = units(clean) - units(clean.lstrip())
    clean = clean.strip()
    total = units(clean)
    cut = []
    for one in moved:
        begin, end = max(0, one.offset - lead), min(total, one.offset - lead + one.length)
        if end > begin:
            cut.append(replace(one, offset=begin, length=end - begin))
    return clean, cut


def _at(text: str, place: int) -> int:
    return len(text[:place].encode())


def _wrong(words: str) -> BadRequest:
    return BadRequest(f"can't parse entities: {words}")
