"""Rules are applied to new mail: what they say is done, and a person hears of what is about to leave or was held back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent import approval, auto_reply_cards
from agent.approval import Case
from agent.auto_reply_cards import BUTTONS_FOR
from agent.chat import Reply
from agent.press import FRESH_FOR, card_of
from agent.telling import tell
from jobs.deeds_told import tell_deeds
from jobs.job import Job
from storage.tables.auto_replies import AutoReplyState
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.ids import ConversationId
from tools.autoreply.offer import Offered, Wish, offer
from tools.rules.apply import Round, carry_out, look
from tools.toolbox import Toolbox
from tools.work import APPLY_RULES

HELD_SHOWN = 3
"""Cards of held replies that one round shows; the others are counted, since a storm of mail shall be no storm of cards."""

LATER = 60
"""Seconds after which mail is looked at again that had not got its meaning yet."""


async def apply_rules(box: Toolbox, job: Job) -> dict[str, Any]:
    """Looks at the account's new mail until none is left. A round that was broken off goes on where it was."""
    account = job.uuid("account")
    async with box.database.acting_as(job.caller) as tx:
        where = await tx.conversations.latest(job.caller.person)
    round_ = Round(job.id, job.caller, account, where.id if where else account)
    shown = Counter[str]()
    matched = await _carry_out(box, round_, shown)
    while await look(box, round_):
        matched += await _carry_out(box, round_, shown)
    more = shown[AutoReplyState.HELD] - HELD_SHOWN
    async with box.database.acting_as(job.caller) as tx:
        if more > 0:
            said = f"{more} more replies are held for you; /why says of each mail what for, and /digest counts them."
            await tell(tx, round_.conversation, Reply(said))
    await tell_deeds(box, round_)
    await _come_back(box, job, account)
    return {"matched": matched}


async def _carry_out(box: Toolbox, round_: Round, shown: Counter[str]) -> int:
    wishes: list[tuple[UUID, list[dict[str, Any]], Wish]] = []
    matched = await carry_out(box, round_, wishes)
    for match, outcomes, wish in wishes:
        offered = await offer(box, round_.caller, wish, round_.conversation)
        if offered.row is not None and offered.row.state == AutoReplyState.DRAFTED:
            await _draft(box, round_, offered)
        async with box.database.acting_as(round_.caller) as tx:
            await tx.rule_matches.finish(match, [*outcomes, {"type": "auto_reply", "words": offered.words}])
            if offered.row is not None:
                shown[offered.row.state] += 1
                if offered.row.state == AutoReplyState.WAITING or shown[AutoReplyState.HELD] <= HELD_SHOWN:
                    await _show(tx, round_, offered.row)
    return matched


async def _show(tx: Transaction, round_: Round, row: Row[Any]) -> None:
    actions = BUTTONS_FOR.get(AutoReplyState(row.state))
    if actions:
        tokens = await tx.buttons.make(round_.caller.person, row.id, actions, now() + FRESH_FOR)
        await tell(tx, round_.conversation, auto_reply_cards.of(row, round_.caller.zone, tokens))


async def _draft(box: Toolbox, round_: Round, offered: Offered) -> None:
    """The rule wants a click: the answer becomes a draft like any other."""
    assert offered.row is not None
    case = Case(box, round_.caller, ConversationId(round_.conversation))
    made = await approval.open_case(
        case,
        account=offered.row.account,
        email=offered.row.email,
        wish=f"Answer with the template {offered.row.template_name}.",
        body=offered.body,
        request=f"auto-reply-draft:{offered.row.id}",
    )
    async with box.database.acting_as(round_.caller) as tx:
        card = await card_of(tx, await tx.approvals.get(made), round_.caller.zone)
        await tell(tx, round_.conversation, card)


async def _come_back(box: Toolbox, job: Job, account: UUID) -> None:
    """For mail whose meaning is still being measured."""
    async with box.database.acting_as(job.caller) as tx:
        rules = await tx.rules.watching(job.caller.person)
        if rules and await tx.rule_matches.any_unready(account, min(row.active_since for row in rules)):
            await ask(tx, job.caller.person, account, later=True)


async def ask(tx: Transaction, person: UUID, account: UUID, *, later: bool = False) -> None:
    """Asks for a look at the account's new mail, now or in a minute, if the person has rules."""
    if not await tx.rules.watching(person):
        return
    await tx.jobs.add(
        APPLY_RULES.kind,
        APPLY_RULES.queue.name,
        {"account": str(account)},
        person=person,
        run_at=now() + timedelta(seconds=LATER) if later else None,
        once=f"{APPLY_RULES.kind}:{account}:later" if later else None,
    )
