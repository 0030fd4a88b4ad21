"""The ledger: where an act stands, read from what became of its deeds. Nothing is counted twice: receipts are the count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.receipts import By
from storage.tables.trust_rungs import Record
from storage.transaction import Transaction
from tools.trust.act import EVERY, in_words, kind_of, rule_scope, scopes_of
from tools.trust.floor import always_asks
from tools.trust.ladder import FIRST, Rung, lowest, of_category, of_sender, raised, standing


@dataclass(frozen=True)
class Standing:
    """An act of a rule: what the person ratified, what became of it since, and where it stands by that."""

    rule: Row[Any]
    act: str
    ratified: Rung
    record: Record
    declined: int

    @property
    def rung(self) -> Rung:
        """Where it stands."""
        return standing(self.ratified, self.record.against)

    @property
    def proposed(self) -> Rung | None:
        """The higher rung that its record speaks for."""
        return raised(self.rung, self.record, self.declined)


@dataclass(frozen=True)
class Word:
    """How one deed may be done, and why so."""

    rung: Rung
    because: str


async def stands(tx: Transaction, person: UUID, rule: Row[Any], act: str) -> Standing:
    """Where an act of a rule stands."""
    known = (await tx.trust.ratified(person, [act], [rule_scope(rule.id)])).get((act, rule_scope(rule.id)))
    ratified, since = _begun(rule, known)
    record = await tx.trust.record(person, act, since, rule=rule.id)
    return Standing(rule, act, ratified, record, await tx.trust_cards.declined(person, rule.id, act))


async def words_on(tx: Transaction, person: UUID, deeds: Sequence[tuple[By, Row[Any]]]) -> list[Word]:
    """How each of these deeds on its mail may be done: the floor first, then the most careful of rule, sender and category.
    Four questions, however many deeds."""
    if not deeds:
        return []
    acts = sorted({by.act for by, _ in deeds})
    scopes = sorted({scope for by, _ in deeds for scope in scopes_of(by)})
    rules = {row.id: row for row in await tx.rules.list(person)}
    ratified = await tx.trust.ratified(person, [EVERY, *acts], scopes)
    against = await tx.trust.against(person, acts)
    approved = await tx.trust.approvals(person, acts) if against else ()
    return [_word(by, mail, rules.get(by.rule), ratified, against, approved) for by, mail in deeds]


def _word(
    by: By,
    mail: Row[Any],
    rule: Row[Any] | None,
    ratified: Mapping[tuple[str, str], Row[Any]],
    against: Sequence[Row[Any]],
    approved: Sequence[Row[Any]],
) -> Word:
    floor = always_asks(kind_of(by.act), mail)
    if floor or rule is None:
        return Word(Rung.ASK, floor or "the rule is gone")
    mine = [one for one in against if one.act == by.act]
    start, since = _begun(rule, ratified.get((by.act, rule_scope(rule.id))))
    words = [
        Word(standing(start, sum(one.rule == rule.id and one.at >= since for one in mine)), "its record, see /trust")
    ]
    held = [(scope, ratified.get((EVERY, scope))) for scope in scopes_of(by)]
    words += [
        Word(Rung(row.rung), f"you set so for {scope.partition(':')[2]}") for scope, row in held if row is not None
    ]
    for name, judge in (("sender", of_sender), ("category", of_category)):
        whose = getattr(by, name)
        times = [one.at for one in mine if getattr(one, name) == whose]
        yes = max((one.at for one in approved if one.act == by.act and getattr(one, name) == whose), default=None)
        if whose:
            words.append(Word(judge(times, yes), f"you took it back on mail of {whose}"))
    rung = lowest([one.rung for one in words])
    return next(one for one in words if one.rung == rung)


def _begun(rule: Row[Any], known: Row[Any] | None) -> tuple[Rung, datetime]:
    """What the person ratified last, and when. Saving the rule anew, or switching it on, begins the record anew: that is a
    press of its own, for what the rule says then."""
    if known is not None and known.since >= rule.active_since:
        return Rung(known.rung), known.since
    return FIRST, rule.active_since


async def fallen(tx: Transaction, receipt: Row[Any]) -> str:
    """What an undo changed, for a person; empty when it changed nothing. Asked after the undo."""
    if receipt.rule is None:
        return ""
    rule = await tx.rules.find(receipt.rule)
    if rule is None:
        return ""
    now_ = await stands(tx, receipt.person, rule, receipt.act)
    before = standing(now_.ratified, now_.record.against - 1)
    if now_.rung == before:
        return ""
    return f"From now on, when rule {rule.name} wants to {in_words(receipt.act)}: {now_.rung.words}. /trust says why."
