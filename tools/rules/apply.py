"""Applying rules: new mail is matched, what matched is written down, and then done: at the provider, with a receipt."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.rules import RuleState
from storage.values.access import Caller
from storage.values.clock import now
from tools.autoreply.offer import Wish
from tools.inbox.label_all import LabelWish, label_all
from tools.rules.deeds import GONE, NOT_DONE, Deeds, do, may, outcome, trusted, waiting
from tools.rules.facts import facts
from tools.rules.flags import LABELS
from tools.rules.language import read_rules
from tools.rules.match import RuleBook
from tools.rules.rule import Action, ApplyLabel, Archive, AutoReply, CreateTask, Flag
from tools.rules.similarity import compared_with, similarities
from tools.toolbox import Toolbox

BATCH = 200


@dataclass(frozen=True)
class Round:
    """One run of the rules over an account's new mail. Its id stays the same when it is taken up again after a crash."""

    id: UUID
    caller: Caller
    account: UUID
    conversation: UUID


async def look(box: Toolbox, round_: Round) -> bool:
    """Matches the next batch of new mail and writes down what was found. False when there was no new mail."""
    async with box.database.acting_as(round_.caller) as tx:
        rules = await tx.rules.watching(round_.caller.person)
        if not rules:
            return False
        since = min(row.active_since for row in rules)
        mails = await tx.rule_matches.waiting(round_.account, since, BATCH)
    if not mails:
        return False
    book = await asyncio.to_thread(book_of, tuple(row.source for row in rules))
    near = await similarities(box, round_.caller, compared_with(book.rules), mails)
    matches = await asyncio.to_thread(_matches, book, rules, mails, near, round_)
    async with box.database.acting_as(round_.caller) as tx:
        await tx.rule_matches.record([mail.id for mail in mails], matches)
    return True


@lru_cache(maxsize=4)
def book_of(sources: tuple[str, ...]) -> RuleBook:
    """The rules, ready to match. Kept for the next round: a set of patterns gets quicker with every mail that it sees."""
    return RuleBook([read_rules(one)[0] for one in sources])


def _matches(
    book: RuleBook,
    rules: Sequence[Row[Any]],
    mails: Sequence[Row[Any]],
    near: dict[UUID, dict[str, float]],
    round_: Round,
) -> list[dict[str, Any]]:
    at = now()
    return [
        {
            "person": round_.caller.person,
            "email": mail.id,
            "rule": rules[match.place].id,
            "rule_name": rules[match.place].name,
            "rule_version": rules[match.place].version,
            "because": list(match.because),
            "actions": [written(one) for one in book.rules[match.place].actions],
            "shadow": rules[match.place].state == RuleState.SHADOW,
            "done": rules[match.place].state == RuleState.SHADOW,
            "round": round_.id,
        }
        for mail in mails
        for match in book.matches(facts(mail, at, near[mail.id]))
        if mail.stored_at >= rules[match.place].active_since
    ]


def written(action: Action) -> dict[str, Any]:
    """An action as it is kept beside a match."""
    kinds = {
        ApplyLabel: "apply_label",
        Flag: "flag",
        Archive: "archive",
        AutoReply: "auto_reply",
        CreateTask: "create_task",
    }
    return {"type": kinds[type(action)], **asdict(action)}


async def carry_out(box: Toolbox, round_: Round, wishes: list[tuple[UUID, list[dict[str, Any]], Wish]]) -> int:
    """Does what the matches of this round ask for, but for answers: those are added to `wishes`, each with its match and
    what was done before. Gives how many matches there were."""
    async with box.database.acting_as(round_.caller) as tx:
        matches = await tx.rule_matches.undone(round_.id)
    for begin in range(0, len(matches), BATCH):
        await _carry_out(box, round_, matches[begin : begin + BATCH], wishes)
    return len(matches)


async def _carry_out(
    box: Toolbox,
    round_: Round,
    matches: Sequence[Row[Any]],
    wishes: list[tuple[UUID, list[dict[str, Any]], Wish]],
) -> None:
    deeds = await trusted(box, round_.caller, matches)
    said = await _labelled(box, round_, matches, deeds)
    finished: dict[UUID, list[dict[str, Any]]] = {}
    for match in matches:
        outcomes: list[dict[str, Any]] = []
        wish = None
        for number, action in enumerate(match.actions):
            if action["type"] == "auto_reply":
                wish = Wish(match.email, match.rule, match.rule_name, _auto_reply(action))
            else:
                words = said.get((match.id, number)) or await _other(box, round_, match, number, deeds)
                outcomes.append(outcome(match, number, deeds.get((match.id, number)), words))
        if wish is not None:
            wishes.append((match.id, outcomes, wish))
        else:
            finished[match.id] = outcomes
    async with box.database.acting_as(round_.caller) as tx:
        await tx.rule_matches.finish_all(finished)


def _auto_reply(action: dict[str, Any]) -> AutoReply:
    return AutoReply(action["template"], action["requires_approval"])


async def _labelled(
    box: Toolbox, round_: Round, matches: Sequence[Row[Any]], deeds: Deeds
) -> dict[tuple[UUID, int], str]:
    """Puts all labels and flags on that may be, and says what came of each: by match and the place of its action."""
    asked = [
        (match, number, action["label"] if action["type"] == "apply_label" else LABELS[action["priority"]])
        for match in matches
        for number, action in enumerate(match.actions)
        if action["type"] in ("apply_label", "flag") and may(deeds, match.id, number)
    ]
    wishes = [
        LabelWish(f"{match.id}/{number}", match.email, label, f"rule {match.rule_name}", deeds[match.id, number].by)
        for match, number, label in asked
    ]
    words = await label_all(box, round_.caller, round_.conversation, wishes)
    return {(match.id, number): said for (match, number, _), said in zip(asked, words, strict=True)}


async def _other(box: Toolbox, round_: Round, match: Row[Any], number: int, deeds: Deeds) -> str:
    """Does one action that is no label, or leaves it for the person's word."""
    deed = deeds.get((match.id, number))
    if deed is None:
        return f"{NOT_DONE}{GONE}"
    if not may(deeds, match.id, number):
        return waiting(deed)
    return await do(box, round_.caller, round_.conversation, match, number)
