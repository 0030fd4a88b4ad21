"""Who, when and which: the addresses, dates and message ids of header fields, as broken as they come."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tools.mail.email import Address
from tools.mail.words import words

MOST_ADDRESSES = 1_000
MOST_REFERENCES = 200
FIRST_YEAR = 1970
LAST_YEAR = 2100
"""A year outside these is a broken clock or a joke, and would stand first or last in every list for ever."""

_BRACKETED = re.compile(r"<([^<>]*)>")
_BARE = re.compile(r"[^\s<>()\[\],;:\"]{1,200}@[^\s<>()\[\],;:\"]{1,200}")
_ID = re.compile(r"<\s*([^<>\s]{1,990})\s*>")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_SPOKEN = re.compile(r'"(?:[^"\\]|\\.){0,2000}"|\([^()]{0,1000}\)')
"""What is said about somebody, in quotes or brackets: an address in there is a name that looks like one, perhaps to deceive."""
_COUNTED_FROM_1900 = range(100, 200)
_COLON = re.compile(r"\s*:\s*")
_PUNCTUATION = re.compile(r"[,;\"'<>]")
_WHITE = re.compile(r"\s+")
_PIECES = re.compile(r'(?:"(?:[^"\\]|\\.){0,2000}"|<[^<>]{0,1000}>|\([^()]{0,1000}\)|[^,;"<(]|["<(])+')


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of an address list, groups opened. Names are decoded after the list is cut, so a comma in one is safe."""
    found = (_address(piece.strip()) for piece in _PIECES.findall(value))
    return tuple(address for address in found if address is not None)[:MOST_ADDRESSES]


def _address(piece: str) -> Address | None:
    open_ground = _SPOKEN.sub(lambda found: " " * len(found[0]), piece)
    bracketed = _bracketed(open_ground) or _bracketed(piece)
    if bracketed:
        name = piece[: bracketed.start()] or piece[bracketed.end() :]
        return _made(_group_opened(name), piece[bracketed.start(1) : bracketed.end(1)])
    comment = _COMMENT.search(piece)
    bare = _BARE.search(open_ground) or _BARE.search(_COMMENT.sub(" ", piece))
    if bare:
        rest = _COMMENT.sub(" ", piece).replace(bare[0], " ", 1)
        return _made(comment[0][1:-1] if comment else _group_opened(rest), bare[0])
    name = _unquoted(piece)
    return None if not name or piece.endswith(":") else Address(name=name, address="")


def _bracketed(text: str) -> re.Match[str] | None:
    """The last thing in angle brackets, an address if there is one: what stands before it is a name."""
    found = list(_BRACKETED.finditer(text))
    return next((one for one in reversed(found) if "@" in one[1]), found[-1] if found else None)


def _made(name: str, address: str) -> Address | None:
    plain = _WHITE.sub("", words(address)).strip("'\"").lower().removeprefix("mailto:")
    shown = _unquoted(name)
    return Address(name=shown, address=plain) if plain or shown else None


def _group_opened(name: str) -> str:
    """`Team: Ana` is Ana in a group; a colon inside quotes is part of the name."""
    return name if '"' in name else name.rpartition(":")[2]


def _unquoted(name: str) -> str:
    text = name.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return words(text).strip(" \t\"'") if text else ""


def first_address(value: str) -> Address | None:
    """The first mailbox of an address list, if there is one."""
    return next(iter(addresses(value)), None)


def message_ids(value: str) -> tuple[str, ...]:
    """The message ids of a field, without brackets, each once, in order; the oldest and the newest when there are too many."""
    found = list(dict.fromkeys(_ID.findall(value)))
    if not found:
        found = [word for word in value.replace("<", " ").replace(">", " ").split() if "@" in word]
    return tuple(found if len(found) <= MOST_REFERENCES else found[:1] + found[1 - MOST_REFERENCES :])


def message_id(value: str) -> str:
    """The id of a Message-ID field: what stands in the brackets, else its first word."""
    bracketed = _ID.search(value)
    if bracketed:
        return bracketed[1]
    return next(iter(value.strip("<> ").split()), "")[:990]


def sent_at(value: str) -> tuple[datetime | None, str]:
    """The moment of a Date field in UTC, and what was wrong with it (empty: nothing)."""
    if not value:
        return None, ""
    moment = _parsed(value[:200])
    if moment is None:
        return None, "an unreadable date"
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None, "an absurd date"
    return moment, ""


def _parsed(value: str) -> datetime | None:
    """The moment as RFC 5322 writes it, with comments and stray punctuation forgiven; or as ISO 8601 does."""
    plain = _COLON.sub(":", _PUNCTUATION.sub(" ", _COMMENT.sub(" ", value))).strip()
    for text in (value, plain):
        for read in (parsedate_to_datetime, datetime.fromisoformat):
            try:
                return _utc(read(text))
            except (ValueError, TypeError, OverflowError, IndexError):
                continue
    return None


def _utc(moment: datetime) -> datetime:
    """In UTC. Programs that counted years from 1900 wrote 102 for 2002."""
    if moment.year in _COUNTED_FROM_1900:
        moment = moment.replace(year=moment.year + 1900)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
