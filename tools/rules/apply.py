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
from storage.values.errors import NeedsPerson, Refused
from storage.values.ids import ConversationId, EventId
from tools.autoreply.offer import Wish
from tools.followups.tool import schedule_follow_up
from tools.inbox.relabel import relabel
from tools.inbox.show import shown
from tools.rules.facts import facts
from tools.rules.flags import LABELS
from tools.rules.language import read_rules
from tools.rules.match import RuleBook
from tools.rules.rule import Action, ApplyLabel, AutoReply, CreateTask, Flag
from tools.rules.similarity import compared_with, similarities
from tools.tool import Ask, Focus
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
    kinds = {ApplyLabel: "apply_label", Flag: "flag", AutoReply: "auto_reply", CreateTask: "create_task"}
    return {"type": kinds[type(action)], **asdict(action)}


async def carry_out(box: Toolbox, round_: Round, wishes: list[tuple[UUID, list[dict[str, Any]], Wish]]) -> int:
    """Does what the matches of this round ask for, but for answers: those are added to `wishes`, each with its match and
    what was done before. Gives how many matches there were."""
    async with box.database.acting_as(round_.caller) as tx:
        matches = await tx.rule_matches.undone(round_.id)
    for match in matches:
        outcomes: list[dict[str, Any]] = []
        wish = None
        for number, action in enumerate(match.actions):
            if action["type"] == "auto_reply":
                wish = Wish(match.email, match.rule, match.rule_name, _auto_reply(action))
            else:
                words = await _done(box, round_, match, number, action)
                outcomes.append({"type": action["type"], "words": words})
        if wish is not None:
            wishes.append((match.id, outcomes, wish))
        else:
            async with box.database.acting_as(round_.caller) as tx:
                await tx.rule_matches.finish(match.id, outcomes)
    return len(matches)


def _auto_reply(action: dict[str, Any]) -> AutoReply:
    return AutoReply(action["template"], action["requires_approval"])


async def _done(box: Toolbox, round_: Round, match: Row[Any], number: int, action: dict[str, Any]) -> str:
    """Does one action and says what was done. What cannot be done is said too, and the rest goes on."""
    try:
        async with box.database.acting_as(round_.caller) as tx:
            row = await tx.emails.get(match.email)  # as the action before left it
        seen = shown(row)
        where, because = ConversationId(round_.conversation), f"rule {match.rule_name}"
        ask = Ask(round_.caller, where, EventId(match.id), Focus((seen,), seen), call=str(number))
        if action["type"] == "create_task":
            words = {"when": action["due"], "note": action["title"]}
            return (await schedule_follow_up(box, ask, email="it", unless_answered=False, **words)).text
        label = action["label"] if action["type"] == "apply_label" else LABELS[action["priority"]]
        return await relabel(box, ask, [row], label, remove=False, because=because)
    except (Refused, NeedsPerson) as error:
        return f"not done: {error}"
