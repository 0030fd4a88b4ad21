"""How mails look in a chat: one line each in a list, and one mail in full. Pure words, no markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from tools.tool import Shown

BODY_SHOWN = 3_000
"""Characters of a body that are shown in a chat; longer ones say that they are cut."""


def shown(row: Row[Any]) -> Shown:
    """The mail as an entry of what is in sight."""
    return Shown(row.id, who(row), row.subject or "(no subject)")


def line(number: int, row: Row[Any], zone: str, now: datetime) -> str:
    """`2. Ana Sousa: Kiln parts, Tue 3 Mar (Finance, unread, 1 file)`."""
    marks = [*row.labels, *(["unread"] if row.unread else []), *_files(row.attachments)]
    tail = f" ({', '.join(marks)})" if marks else ""
    text = f"{number}. {who(row)}: {row.subject or '(no subject)'}, {day(row.sent_at, zone, now)}{tail}"
    return plain(text).replace("\n", " ")


def listing(rows: Sequence[Row[Any]], zone: str, now: datetime) -> str:
    """The numbered list."""
    return "\n".join(line(number, row, zone, now) for number, row in enumerate(rows, start=1))


def full(row: Row[Any], zone: str, now: datetime) -> str:
    """One mail: who, when, what, and its words."""
    recipients = ", ".join(one["address"] for one in row.recipients.get("to", []))
    body = row.body.strip() or "(this mail has no text)"
    if len(body) > BODY_SHOWN:
        body = f"{body[:BODY_SHOWN].rstrip()}\n[cut here: {len(body) - BODY_SHOWN:,} more characters]"
    lines = [
        f"From: {row.sender_name} <{row.sender_address}>" if row.sender_name else f"From: {row.sender_address}",
        f"To: {recipients}" if recipients else "",
        f"Date: {moment(row.sent_at, zone)}",
        f"Subject: {row.subject or '(no subject)'}",
        f"Files: {', '.join(_named(row.attachments))}" if row.attachments else "",
    ]
    return plain("\n".join(filter(None, lines)) + f"\n\n{body}")


def moment(at: datetime, zone: str) -> str:
    """`Tue 3 Mar 2026 09:00` in the person's zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def day(at: datetime, zone: str, now: datetime) -> str:
    """`today 09:12`, `Tue 3 Mar`, and with the year when it is another one."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    if local.date() == today.date():
        return f"today {local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")


def ago(at: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `2 hours ago`, `3 days ago`."""
    minutes = int((now - at).total_seconds() // 60)
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        count = minutes // length
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of characters that show nothing of their own."""

_BLANK = frozenset(
    map(
        chr,
        (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)),
    )
)
"""Letters and marks that show nothing either (Unicode's Default_Ignorable_Code_Point, and the empty Braille cell)."""

_EMOJI_STYLE = re.compile(r"(?<=[\u203c-\u3299\U0001f000-\U0001faff])\ufe0f")


def plain(text: str) -> str:
    """Makes invisible and direction-changing characters visible: what a person reads is what is there. Left out are a soft
    hyphen, which only says where a word may be broken, and the mark that colours an emoji."""
    for theirs, ours in (("\t", "    "), ("\r\n", "\n"), ("\r", "\n"), ("\u00ad", "")):
        text = text.replace(theirs, ours)
    return "".join("·" if _is_unseen(one) else one for one in _EMOJI_STYLE.sub("", text))


def _is_unseen(character: str) -> bool:
    if character == "\n" or (character.isascii() and character.isprintable()):
        return False
    beyond = 0xE0000 <= ord(character) <= 0xE0FFF  # tags and more variation selectors
    return beyond or character in _BLANK or unicodedata.category(character) in _UNSEEN


def size(count: int) -> str:
    """`12 KB`, `1.4 MB`."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def who(row: Row[Any]) -> str:
    """Who a mail is from, or to whom when the person wrote it."""
    if row.outgoing:
        first = next(iter(row.recipients.get("to", [])), None)
        return f"you to {first['name'] or first['address']}" if first else "you"
    return str(row.sender_name or row.sender_address or "(no sender)")


def _files(attachments: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{len(attachments)} file" + ("s" if len(attachments) > 1 else "")] if attachments else []


def _named(attachments: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{one['name']} ({size(one['size'])})" for one in attachments]
