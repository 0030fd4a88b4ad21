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

from storage.tables.habits import Habit
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

SHOWN = 5


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
    hits: tuple[Row[Any], ...]
    near: tuple[NearMiss, ...]
    answers: tuple[Foreseen, ...]
    """For a rule that answers: what would have become of each hit."""

    def words(self, zone: str, at: datetime) -> str:
        """The outcome for a person."""
        misses = self.looked - len(self.hits) - len(self.near)
        counts = f"{len(self.hits)} fit, {len(self.near)} nearly, {misses} do not"
        lines = [f"Of {self.looked:,} mails of the last {self.days} days {counts}."]
        lines += [line(number, row, zone, at) for number, row in enumerate(self.hits[:SHOWN], 1)]
        lines += [f"… and {len(self.hits) - SHOWN} more"] if len(self.hits) > SHOWN else []
        if self.near:
            lines.append("Nearly:")
            lines += [f"- {who_and_what(one.row)} (but not: {one.missing})" for one in self.near[:SHOWN]]
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
    with_body = any(one.field == "body" for one in tests(rule.conditions)) or bool(_answer(rule))
    compared = compared_with([rule])
    async with box.database.acting_as(caller) as tx:
        accounts = [row.id for row in await tx.accounts.of(caller.person)]
        habit = await tx.habits.of(caller.person)
        wanted = _answer(rule)
        template = await tx.templates.named(caller.person, wanted.template) if wanted else None
        most = MOST if "" in compared else MOST_MAILS
        rows = await tx.rule_matches.history(accounts, at - timedelta(days=days), most, with_body=with_body)
    near = await similarities(box, caller, compared, rows)
    return await asyncio.to_thread(_rehearsed, rule, rows, near, at, days, habit, template, caller)


def _answer(rule: Rule) -> AutoReply | None:
    return next((one for one in rule.actions if isinstance(one, AutoReply)), None)


def _rehearsed(
    rule: Rule,
    rows: Sequence[Row[Any]],
    similar: dict[UUID, dict[str, float]],
    at: datetime,
    days: int,
    habit: Habit,
    template: Row[Any] | None,
    caller: Caller,
) -> Rehearsal:
    book = RuleBook([rule])
    parts = rule.conditions.parts if isinstance(rule.conditions, All) else (rule.conditions,)
    hits: list[Row[Any]] = []
    near: list[NearMiss] = []
    for row in rows:
        mail = facts(row, at, similar[row.id])
        found = book.found(mail)
        missing = [one for one in parts if not holds(one, mail, found)]
        if not missing:
            hits.append(row)
        elif len(missing) == 1 and len(parts) > 1:
            near.append(NearMiss(row, describe(missing[0])))
    answers = foresee(hits, template, habit, caller) if _answer(rule) else ()
    return Rehearsal(days, len(rows), tuple(hits), tuple(near), tuple(answers))
