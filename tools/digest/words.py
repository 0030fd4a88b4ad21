"""A digest in words: what waits leads, each kind of thing on its own lines, what was left out counted and listable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from tools.commitments.words import line as promise_line
from tools.digest.gather import Digest
from tools.inbox.show import day, moment, plain

NAMED = 5
LISTED = 40
"""Mails of what was left out that one answer lists."""


def in_words(digest: Digest, zone: str, at: datetime) -> str:
    """The digest, as short as it can be. Its first line says what waits."""
    lines = [_waits(digest)]
    lines += [f"- {_mail(row, zone, at)}" for row in digest.waiting[:NAMED]]
    lines += (
        [f"- … and {len(digest.waiting) - NAMED} more: say “what needs me?”"] if len(digest.waiting) > NAMED else []
    )
    if digest.drafts:
        lines.append(f"{_count(digest.drafts, 'draft')} for your word: /approvals")
    lines += [f"Due {moment(one.due_at, zone)}: {one.note or 'a follow-up on a mail'}" for one in digest.due[:NAMED]]
    lines += [f"Promised, {promise_line(row, zone, at)}" for row in digest.promised[:NAMED]]
    lines += [f"… and {len(digest.promised) - NAMED} more: /promises"] if len(digest.promised) > NAMED else []
    if digest.held:
        lines.append(f"{_count(len(digest.held), 'reply', 'replies')} held for you: {_reasons(digest.held)}")
    if digest.sent:
        who = ", ".join(dict.fromkeys(row.recipient for row in digest.sent[:NAMED]))
        lines.append(f"{_count(len(digest.sent), 'auto-reply', 'auto-replies')} sent, to {who}")
    acted = [f"{row.rule_name} ({row.mails})" for row in digest.ruled if not row.shadow]
    watched = [f"{row.rule_name} ({row.mails})" for row in digest.ruled if row.shadow]
    lines += [f"Rules: {', '.join(acted)}"] if acted else []
    lines += [f"Only watching, would have acted on: {', '.join(watched)}"] if watched else []
    if digest.hidden:
        lines.append(f"Left out: {_categories(digest.hidden)}. /digest hidden lists them with the reasons.")
    lines += [f"I cannot read {address}: {why}" for address, why in digest.trouble]
    return plain("\n".join(lines))


def hidden_in_words(rows: Sequence[Row[Any]], since: datetime, zone: str, at: datetime) -> str:
    """Every mail that nothing was said of, each with its reason, people's mail first."""
    if not rows:
        return f"Nothing was left out since {moment(since, zone)}."
    ordered = in_order(rows)
    lines = [f"{_count(len(rows), 'mail')} left out since {moment(since, zone)}: {_categories(rows)}."]
    lines += [f"{number}. {_mail(row, zone, at)}: {_why(row)}" for number, row in enumerate(ordered[:LISTED], 1)]
    lines += (
        [f"… and {len(rows) - LISTED} more; “/digest hidden 1” lists those of the last day."]
        if len(rows) > LISTED
        else []
    )
    lines.append("If one of them matters, say “/digest mattered NUMBER”.")
    return plain("\n".join(lines))


def in_order(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The order in which they are listed."""
    return sorted(rows, key=lambda row: row.signals.get("sender_kind", "person") != "person")


def _waits(digest: Digest) -> str:
    if not digest.waiting:
        return "No mail waits for you."
    return f"{_count(len(digest.waiting), 'mail waits', 'mails wait')} for you:"


def _mail(row: Row[Any], zone: str, at: datetime) -> str:
    who = row.sender_name or row.sender_address or "(no sender)"
    return f"{who}: {row.subject or '(no subject)'}, {day(row.sent_at, zone, at)}"


def _why(row: Row[Any]) -> str:
    reasons = "; ".join((row.reasons or [])[:2])
    return f"{row.category} ({row.confidence or 0:.0%}){f', {reasons}' if reasons else ''}"


def _categories(rows: Sequence[Row[Any]]) -> str:
    counts = Counter(str(row.category) for row in rows)
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def _reasons(rows: Sequence[Row[Any]]) -> str:
    return "; ".join(f"{row.recipient} ({row.reason})" for row in rows[:3])


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"
