"""Rehearsal: what a rule would have done with the mail of the last months, before it does anything with the next."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.values.access import Caller
from storage.values.clock import now
from tools.autoreply.foresee import Foreseen, foresee
from tools.inbox.show import line, plain
from tools.rules.facts import facts
from tools.rules.match import RuleBook, describe, holds
from tools.rules.rule import All, AutoReply, Rule, tests
from tools.rules.similarity import MOST, compared_with, similarities
from tools.toolbox import Toolbox

DAYS = 90
MOST_MAILS = 20_000
"""Mails that are looked at, the latest first."""

MOST_ANSWERED = 2_000
"""Hits for which it is foreseen what would have been sent, the latest first."""

SHOWN = 5

_COLUMN = {"to": "recipients", "attachment": "attachments", "label": "labels"}
"""Field of a rule -> the column that it reads, where that has another name."""


@dataclass(frozen=True)
class NearMiss:
    """A mail to which all conditions fit but one."""

    row: Row[Any]
    missing: str


@dataclass(frozen=True)
class Rehearsal:
    """What came of it. Mails are the latest first."""

    days: int
    looked: int
    fit: int
    nearly: int
    hits: tuple[Row[Any], ...]
    near: tuple[NearMiss, ...]
    """The first few of each."""
    answers: tuple[Foreseen, ...]
    """For a rule that answers: what would have become of the hits."""

    def words(self, zone: str, at: datetime) -> str:
        """The outcome for a person."""
        counts = f"{self.fit} fit, {self.nearly} nearly, {self.looked - self.fit - self.nearly} do not"
        mails = "1 mail" if self.looked == 1 else f"{self.looked:,} mails"
        lines = [f"Of {mails} of the last {self.days} days {counts}."]
        lines += [line(number, row, zone, at) for number, row in enumerate(self.hits, 1)]
        lines += [f"… and {self.fit - len(self.hits)} more"] if self.fit > len(self.hits) else []
        if self.near:
            lines.append("Nearly:")
            lines += [f"- {who_and_what(one.row)} (but not: {one.missing})" for one in self.near]
        return plain("\n".join([*lines, *self._answers()]))

    def _answers(self) -> list[str]:
        if not self.answers:
            return []
        sent = [one for one in self.answers if one.leaves]
        held = Counter(one.reason for one in self.answers if not one.leaves)
        lines = [f"{len(sent)} auto-repl{'y' if len(sent) == 1 else 'ies'} would have left without a click:"]
        lines += [f"- to {one.row.sender_address}: {one.first_line}" for one in sent[:SHOWN]] or ["- none"]
        return [*lines, *(f"{count} would not: {reason}" for reason, count in held.most_common(SHOWN))]


def who_and_what(row: Row[Any]) -> str:
    """`Bo Lind: Kiln parts`."""
    return f"{row.sender_name or row.sender_address or '(no sender)'}: {row.subject or '(no subject)'}"


async def rehearse(box: Toolbox, caller: Caller, rule: Rule, days: int = DAYS) -> Rehearsal:
    """Matches a rule with the stored mail of the last days; changes nothing. A rule that compares mails with each other is
    tried on fewer of them."""
    at = now()
    asked = {_COLUMN.get(one.field, one.field) for one in tests(rule.conditions)}
    compared = compared_with([rule])
    async with box.database.acting_as(caller) as tx:
        accounts = [row.id for row in await tx.accounts.of(caller.person)]
        most = MOST if "" in compared else MOST_MAILS
        rows = await tx.rule_matches.history(accounts, at - timedelta(days=days), most, asked)
    similar = await similarities(box, caller, compared, rows)
    hits, near = await asyncio.to_thread(_matched, rule, rows, similar, at)
    wanted = next((one.template for one in rule.actions if isinstance(one, AutoReply)), None)
    async with box.database.acting_as(caller) as tx:
        whole = await tx.emails.many(hits[: MOST_ANSWERED if wanted else SHOWN])
        nearly = {row.id: row for row in await tx.emails.many([one for one, _ in near[:SHOWN]])}
        habit = await tx.habits.of(caller.person)
        template = await tx.templates.named(caller.person, wanted) if wanted else None
    answers = await asyncio.to_thread(foresee, whole, template, habit, caller) if wanted else []
    misses = tuple(NearMiss(nearly[one], missing) for one, missing in near[:SHOWN] if one in nearly)
    return Rehearsal(days, len(rows), len(hits), len(near), tuple(whole[:SHOWN]), misses, tuple(answers))


def _matched(
    rule: Rule, rows: Sequence[Row[Any]], similar: dict[UUID, dict[str, float]], at: datetime
) -> tuple[list[UUID], list[tuple[UUID, str]]]:
    """The ids of the mails that fit, and of those to which all but one condition fit, with that one in words."""
    book = RuleBook([rule])
    parts = rule.conditions.parts if isinstance(rule.conditions, All) else (rule.conditions,)
    hits: list[UUID] = []
    near: list[tuple[UUID, str]] = []
    for row in rows:
        mail = facts(row, at, similar[row.id])
        found = book.found(mail)
        missing = [one for one in parts if not holds(one, mail, found)]
        if not missing:
            hits.append(row.id)
        elif len(missing) == 1 and len(parts) > 1:
            near.append((row.id, describe(missing[0])))
    return hits, near
