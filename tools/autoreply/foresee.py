"""Foreseeing: which mails of the past would have been answered, by the gates as far as stored facts tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Row

from storage.tables.habits import Habit
from storage.tables.templates import TemplateState
from storage.values.access import Caller
from storage.values.errors import Refused
from tools.autoreply.gates import FLOOR, UNANSWERED
from tools.autoreply.sensitive import sensitive_topic
from tools.autoreply.situation import day_of
from tools.inbox.signals import Signals
from tools.mail.email import Address, Email
from tools.templates.render import render


@dataclass(frozen=True)
class Foreseen:
    """What would have become of one mail."""

    row: Row[Any]
    leaves: bool
    reason: str
    body: str = ""

    @property
    def first_line(self) -> str:
        """How the answer begins."""
        return next((line for line in self.body.splitlines() if line.strip()), "")[:80]


def foresee(rows: Sequence[Row[Any]], template: Row[Any] | None, habit: Habit, caller: Caller) -> list[Foreseen]:
    """The fate of each mail, the given order kept. The past is walked through from its beginning, since limits count."""
    used: Counter[date] = Counter()
    last: dict[str, datetime] = {}
    threads: set[str] = set()
    fates: dict[Any, Foreseen] = {}
    for row in sorted(rows, key=lambda one: one.sent_at):
        try:
            reason = _closed(row, template, habit)
            body = "" if reason or template is None else _body(row, template, caller)
        except Refused as error:
            reason, body = str(error), ""
        day, lately = day_of(row.sent_at, caller.zone), row.sent_at - timedelta(days=habit.days_between)
        if not reason and (row.thread in threads or last.get(row.sender_address, lately) > lately):
            reason = "the sender or the thread had an auto-reply lately"
        elif not reason and used[day] >= habit.max_daily_replies:
            reason = "the daily limit"
        if not reason:
            used[day] += 1
            last[row.sender_address] = row.sent_at
            threads.add(row.thread)
        fates[row.id] = Foreseen(row, not reason, reason, body)
    return [fates[row.id] for row in rows]


def _closed(row: Row[Any], template: Row[Any] | None, habit: Habit) -> str:
    told = Signals.from_json(row.signals)
    if row.outgoing or told.from_me:
        return "your own mail"
    if (
        told.auto_submitted
        or told.report
        or told.list_kind
        or told.noreply
        or told.sender_kind in ("machine", "promotional")
    ):
        return "no person wrote it to you"
    if not row.category or row.category in UNANSWERED:
        return f"sorted as {row.category or 'nothing yet'}"
    if template is None:
        return "there is no template of that name"
    if template.state != TemplateState.APPROVED:
        return f"template {template.name} v{template.version} is not approved"
    if (row.confidence or 0.0) < max(FLOOR, habit.threshold, template.threshold or 0.0):
        return "the sorting is not sure enough"
    if told.unproven or row.reply_to not in ("", row.sender_address):
        return "it is not certain that the answer would go to who wrote"
    topic = sensitive_topic(
        (row.subject, row.body, *(one["name"] for one in row.attachments)),
        habit.sensitive_added,
        habit.sensitive_removed,
    )
    return f"a sensitive topic: {topic.name}" if topic else ""


def _body(row: Row[Any], template: Row[Any], caller: Caller) -> str:
    headers = Email(
        "", "", (), row.subject, Address(row.sender_name, row.sender_address), None, (), (), row.sent_at, "", "", (), {}
    )
    return render(template.subject, template.body, headers, Address(caller.name, ""), caller.zone).body
