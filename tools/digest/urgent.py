"""What cannot wait for the digest, decided purely: a mail of somebody known that is pressing, and why it is."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from storage.tables.ties import Tie
from tools.followups.when import find_when
from tools.inbox.asks import asks
from tools.inbox.classify import WARNING
from tools.inbox.like import QUIET
from tools.inbox.signals import Signals
from tools.mail.subjects import plain_subject

OFTEN = 3
"""Mails of one person that the owner answered within `LATELY`: whoever has that many is answered often."""
LATELY = timedelta(days=90)
READ = 2_000
"""Characters of a mail in which words of urgency count: whoever is in a hurry says so at once."""

_PRESSING = re.compile(
    r"\b(?:urgent(?:ly)?|asap|a\.s\.a\.p|emergency|right away|immediately|straight away|time[- ]critical"
    r"|dringend|eilt|sofort|umgehend|urgente(?:mente)?|imediatamente|de toute urgence|imm[ée]diatement|subito)\b",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(?:not|no|nothing|never|nicht|pas|n[ãa]o)\s+(?:\w+\s+)?(?:urgent|dringend|urgente)\b|\bno rush\b", re.I
)


def why_urgent(row: Row[Any], tie: Tie, at: datetime, zone: str) -> str:
    """Why a sorted mail breaks through at once; empty when it waits for the digest. Nobody breaks through whom the owner
    never wrote to, however loud, and nothing that may be spam, phishing or a machine's."""
    seen = Signals.from_json(row.signals)
    if not (tie.written or tie.answered) or not row.needs_me or row.category in QUIET or WARNING in (row.reasons or ()):
        return ""
    if seen.unproven or seen.poses or seen.deceptive_links or seen.resembles_mine or seen.sender_kind != "person":
        return ""
    wanted = asks(row.reply, plain_subject(row.subject))
    due = _due(wanted.deadline, row.sent_at, zone) if wanted.wants else None
    today = at.astimezone(ZoneInfo(zone)).date()
    if due is not None and today <= due <= today + timedelta(days=1):
        return f"it asks something of you by {'today' if due == today else 'tomorrow'}"
    words = f"{row.subject}\n{row.reply[:READ]}"
    pressing = _PRESSING.search(words)
    if pressing and not _NEVER.search(words):
        return f"it says “{pressing[0].lower()}”, and you know the sender"
    return "you often answer this person" if tie.answered >= OFTEN else ""


def _due(sentence: str, sent_at: datetime, zone: str) -> date | None:
    """The day that a sentence names, seen from the day on which it was written."""
    found = find_when(sentence, sent_at, zone) if sentence else None
    return found.at.astimezone(ZoneInfo(zone)).date() if found else None
