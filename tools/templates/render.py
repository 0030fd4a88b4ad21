"""Rendering: a frozen template and the typed headers of one mail give a text, always the same; nothing is left unfilled."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from storage.values.errors import Refused
from tools.mail.email import Address, Email
from tools.mail.subjects import plain_subject
from tools.templates.template import Place, parts

LONGEST_NAME = 60
LONGEST_SUBJECT = 150
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’\-\u00b7])*")
_LINK = re.compile(r"://|www\.|\b[\w-]+\.(?:com|net|org|info|biz|ru|cn|io|co|xyz|top|shop|link|click)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Rendered:
    """What would be sent. An empty subject: that of the answered mail, with Re:."""

    subject: str
    body: str


def render(subject: str, body: str, email: Email, me: Address, zone: str) -> Rendered:
    """Fills a template from the headers of a mail. Refused when a field has no proper value and no words that stand in."""
    values = field_values(email, me, zone)
    return Rendered(_filled(subject, values).strip(), _filled(body, values))


def field_values(email: Email, me: Address, zone: str) -> dict[str, str]:
    """The value of each field; empty where the mail has none that is what it should be. A stranger wrote the headers, so a
    name that is no name, or a subject that carries a link, is none."""
    sender = email.sender or Address("", "")
    name = _name(sender.name)
    return {
        "sender_name": name,
        "sender_first_name": name.split()[0] if name else "",
        "sender_address": sender.address,
        "subject": _subject(email.subject),
        "date": _day(email.sent_at, zone),
        "my_name": " ".join(me.name.split()),
        "my_address": me.address,
    }


def _filled(text: str, values: dict[str, str]) -> str:
    filled = []
    for part in parts(text):
        if isinstance(part, Place):
            value = values[part.field] or part.otherwise
            if not value:
                raise Refused(
                    f"The mail has no usable {part.field.replace('_', ' ')}, so the template cannot be filled; give words "
                    f"that stand in, such as {{{{{part.field} | there}}}}."
                )
            filled.append(value)
        else:
            filled.append(part)
    return "".join(filled)


def _name(said: str) -> str:
    """A name of letters; “Sousa, Ana” is Ana Sousa. Anything else is no name."""
    words = " ".join(unicodedata.normalize("NFC", said).strip("\"' ").split())
    last, comma, first = words.partition(", ")
    words = f"{first} {last}" if comma and "," not in first else words
    fits = 2 <= len(words) <= LONGEST_NAME and len(words.split()) <= 5 and _NAME.fullmatch(words)
    return words if fits and not _LINK.search(words) else ""


def _subject(said: str) -> str:
    words = " ".join("".join(one if one.isprintable() else " " for one in plain_subject(said)).split())
    return words if 0 < len(words) <= LONGEST_SUBJECT and not _LINK.search(words) and "@" not in words else ""


def _day(at: datetime | None, zone: str) -> str:
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"
