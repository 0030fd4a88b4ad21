"""Decisions: what a pressed button does. The atomic row decides; only then is work asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from agent import (
    approval,
    cards,
    job_cards,
    own_mailboxes,
    promises,
    relinking,
    review,
    rules,
    shadow,
    sorting,
    trust,
    unattended,
    verdicts,
)
from agent.chat import Click, Reply, Update, Word
from agent.manners import learn
from agent.press import FRESH_FOR as FRESH_FOR
from agent.press import Press as Press
from agent.press import card_of as card_of
from agent.press import waiting_draft
from agent.telling import redraw
from storage.tables.approvals import State
from storage.tables.followups import FollowUpState
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import ConversationId, EventId
from tools.inbox import reply
from tools.inbox.show import moment, plain
from tools.toolbox import Toolbox
from tools.work import FOLLOW_UP, RESUME_APPROVAL, SHOW_APPROVAL


async def decide(
    box: Toolbox, caller: Caller, conversation: ConversationId, event: EventId, origin: str, click: Click
) -> list[Word]:
    """Does what the pressed button says, once, and gives the words for the person. Refused: nothing was done."""
    if (verdict := verdicts.read(click.token)) is not None:
        await verdicts.give(box, caller, verdict[0], good=verdict[1])
        return []
    async with box.database.acting_as(caller) as tx:
        button = await tx.buttons.press(click.token, caller.person, now())
    press = Press(box, caller, conversation, event, origin, button.subject, click)
    return await ACTIONS[button.action](press)


async def _approve(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.approvals.get(press.subject)
        news = await _news(tx, row) if row.state == State.PENDING else None
    if news is not None:
        return await _fresh_offer(press, row, news)
    async with press.box.database.acting_as(press.caller) as tx:
        settled = await tx.approvals.settle(
            row.id, State.APPROVED, by=press.caller.person, on=press.origin, digest=row.digest
        )
        if settled is None:
            raise Refused(await _too_late(tx, row.id, press.caller))
        if reply.digest(bytes(settled.message), settled.action) != bytes(settled.digest):
            raise Refused("The stored draft is not what the card showed, so nothing was sent. Ask me for a new draft.")
        await tx.accounts.get(row.account)
        await tx.sends.freeze(
            row.id,
            row.account,
            row.action["message_id"],
            row.action["sender"],
            row.action["recipients"],
            reply.dated(bytes(row.message), now()),
        )
        await _ask_for_send(tx, press, row.id)
        await learn(tx, row)
        await tx.audit.sign(
            press.caller.person,
            "reply_approved",
            f"approval:{row.id}",
            {"recipients": row.action["recipients"], "digest": bytes(row.digest).hex()},
            origin=press.origin,
        )
    return [Update(cards.settled(settled, f"Approved by {press.caller.name}, sending …", row.action["body"]))]


async def _news(tx: Transaction, row: Row[Any]) -> Row[Any] | None:
    """The newest mail that came into the thread after the draft was made: the draft may be wrong now."""
    thread = await tx.emails.thread([row.account], row.action["thread"])
    unseen = [one for one in thread if not one.outgoing and str(one.id) not in row.action["thread_seen"]]
    return unseen[-1] if unseen else None


async def _fresh_offer(press: Press, row: Row[Any], news: Row[Any]) -> list[Word]:
    """The same text on a new card, which knows of the new mail."""
    changed = await approval.change(press.case, row.id, body=row.action["body"], request=f"{press.event}/fresh")
    words = (
        f"{news.sender_name or news.sender_address} wrote again in this thread (“{news.subject}”) after the draft was made, "
        "so it was not sent. Read the new mail first; here is the draft again, should it still be right."
    )
    return [Reply(plain(words)), *await replaced(press.box, press.caller, row.id, changed)]


async def _reject(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.approvals.settle(press.subject, State.REJECTED, by=press.caller.person, on=press.origin)
        if row is None:
            raise Refused(await _too_late(tx, press.subject, press.caller))
        await tx.audit.sign(press.caller.person, "reply_rejected", f"approval:{row.id}", {}, origin=press.origin)
    await approval.close_case(press.case, row.case)
    return [Update(cards.settled(row, f"Rejected by {press.caller.name}: not sent", row.action["body"]))]


async def _edit(press: Press) -> list[Word]:
    body = press.click.fields.get("body", "")
    if not body.strip():
        return [
            Reply("Write the new text: type “edit:” and then the whole text, or tell me the change in your own words.")
        ]
    async with press.box.database.acting_as(press.caller) as tx:
        old = await tx.approvals.get(press.subject)
    if body.strip() == old.action["body"].strip():
        return [Reply("That is the same text, so nothing was changed.")]
    changed = await approval.change(press.case, press.subject, body=body, request=f"{press.event}/edit")
    return await replaced(press.box, press.caller, press.subject, changed)


async def replaced(box: Toolbox, caller: Caller, old: UUID, new: UUID) -> list[Word]:
    """The old card as history, and the new one."""
    async with box.database.acting_as(caller) as tx:
        before, after = await tx.approvals.get(old), await tx.approvals.get(new)
        card = await card_of(tx, after, caller.zone)
    return [approval.history(before), card]


async def _later(press: Press) -> list[Word]:
    local = now().astimezone(ZoneInfo(press.caller.zone))
    until = (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0).astimezone(UTC)
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.approvals.postpone(press.subject, until)
        if row is None:
            raise Refused(await _too_late_to_wait(tx, press.subject, press.caller))
        await tx.jobs.add(
            SHOW_APPROVAL.kind,
            SHOW_APPROVAL.queue.name,
            {"approval": str(row.id), "until": until.isoformat()},
            person=row.person,
            conversation=row.conversation,
            run_at=until,
            once=f"show:{row.id}:{until.isoformat()}",
        )
    return [Reply(f"I will show it again on {moment(until, press.caller.zone)}. Until then nothing is sent.")]


async def _arrived(press: Press) -> list[Word]:
    return await _doubt_settled(press, arrived=True)


async def _again(press: Press) -> list[Word]:
    return await _doubt_settled(press, arrived=False)


async def _doubt_settled(press: Press, *, arrived: bool) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.approvals.get(press.subject)
        news = None if arrived else await _news(tx, row)
        if news is not None:
            raise Refused(
                f"{plain(news.sender_name or news.sender_address)} wrote in this thread meanwhile, so it was not sent again. "
                "Read the new mail, then ask me to draft the reply again."
            )
        if not await (tx.sends.arrived(row.id) if arrived else tx.sends.again(row.id)):
            raise Refused("That was decided already; nothing more was done.")
        if not arrived:
            await _ask_for_send(tx, press, row.id)
        await tx.audit.sign(
            press.caller.person,
            "send_doubt_settled",
            f"approval:{row.id}",
            {"arrived": arrived},
            origin=press.origin,
        )
    title = "It arrived, you say" if arrived else "Sending it again …"
    return [Update(cards.settled(row, title, row.action["body"]))]


async def _review(press: Press) -> list[Word]:
    """Each ticked draft is decided by its own row, as if its own button had been pressed."""
    async with press.box.database.acting_as(press.caller) as tx:
        listed = await tx.reviews.approvals(press.subject)
    words: list[Word] = []
    told: list[str] = []
    for number, identity in review.chosen(press.click.fields.get(review.CHOSEN), listed):
        try:
            done = await _approve(replace(press, subject=identity, event=EventId(uuid5(press.event, str(number)))))
            words += await _told_where_shown(press, done)
        except Refused as refused:
            told.append(f"{number}: {refused}")
    async with press.box.database.acting_as(press.caller) as tx:
        return [await review.outcome(tx, press.subject, told), *words]


async def _told_where_shown(press: Press, words: list[Word]) -> list[Word]:
    """Cards of their own that show a draft of the review are redrawn where they are; the rest is said here."""
    async with press.box.database.acting_as(press.caller) as tx:
        for word in words:
            if isinstance(word, Update):
                await redraw(tx, word)
    return [word for word in words if not isinstance(word, Update)]


async def _leave(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        return [await review.outcome(tx, press.subject, ["Nothing was sent."])]


async def _snooze(press: Press) -> list[Word]:
    local = now().astimezone(ZoneInfo(press.caller.zone))
    due = (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0).astimezone(UTC)
    async with press.box.database.acting_as(press.caller) as tx:
        if not await tx.follow_ups.move(press.subject, due):
            raise Refused("That follow-up is done already.")
        await tx.jobs.add(
            FOLLOW_UP.kind,
            FOLLOW_UP.queue.name,
            {"follow_up": str(press.subject), "due": due.isoformat()},
            person=press.caller.person,
            conversation=press.conversation,
            run_at=due,
            once=f"follow_up:{press.subject}:{due.isoformat()}",
        )
    return [Reply(f"I will come back to it on {moment(due, press.caller.zone)}.")]


async def _done(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        if not await tx.follow_ups.become(
            press.subject, FollowUpState.DONE, only_from=[FollowUpState.NUDGED, FollowUpState.WAITING]
        ):
            raise Refused("That follow-up is done already.")
    return [Reply("Done; I will not bring it up again.")]


async def _nudge(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        one = await tx.follow_ups.get(press.subject)
        if one is None or one.email is None:
            raise Refused("That follow-up is not about a mail, so there is nobody to nudge.")
        mail = await tx.emails.get(one.email)
    request = f"nudge:{one.id}:{one.due_at.isoformat()}"  # however often it is pressed, it is one draft
    waiting = await waiting_draft(press, mail.id, request)
    if waiting:
        return waiting
    wish = "I wanted to ask whether there is any news on this. A short answer would help me."
    made = await approval.open_case(press.case, account=mail.account, email=mail.id, wish=wish, request=request)
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.approvals.get(made)
        if row.state != State.PENDING:
            raise Refused(await _too_late(tx, made, press.caller))
        return [await card_of(tx, row, press.caller.zone)]


async def _ask_for_send(tx: Transaction, press: Press, row: UUID) -> None:
    await tx.jobs.add(
        RESUME_APPROVAL.kind,
        RESUME_APPROVAL.queue.name,
        {"approval": str(row)},
        person=press.caller.person,
        conversation=press.conversation,
    )


async def _too_late_to_wait(tx: Transaction, identity: UUID, caller: Caller) -> str:
    row = await tx.approvals.get(identity)
    if row.state != State.PENDING:
        return await _too_late(tx, identity, caller)
    return f"That draft can be approved until {moment(row.expires_at, caller.zone)} only, so it cannot wait longer."


async def _too_late(tx: Transaction, identity: UUID, caller: Caller) -> str:
    row = await tx.approvals.get(identity)
    when = moment(row.settled_at, caller.zone) if row.settled_at else ""
    if row.state == State.PENDING:
        return "That draft has expired, so nothing was sent. Ask me to write it again."
    who = "you" if row.settled_by == caller.person else "somebody else" if row.settled_by else "nobody in time"
    return f"That was {row.state} already, by {who}{f' on {when}' if when else ''}; nothing more was done. {row.outcome}".strip()


ACTIONS: dict[str, Callable[[Press], Awaitable[list[Word]]]] = {
    cards.APPROVE: _approve,
    cards.EDIT: _edit,
    cards.REJECT: _reject,
    cards.LATER: _later,
    cards.ARRIVED: _arrived,
    cards.AGAIN: _again,
    cards.REVIEW: _review,
    cards.LEAVE: _leave,
    cards.NUDGE: _nudge,
    cards.SNOOZE: _snooze,
    cards.DONE: _done,
    **job_cards.ACTIONS,
    **unattended.ACTIONS,
    **rules.ACTIONS,
    **trust.ACTIONS,
    **sorting.ACTIONS,
    **shadow.ACTIONS,
    **relinking.ACTIONS,
    **own_mailboxes.ACTIONS,
    **promises.ACTIONS,
}
"""A button's action -> what it does: one line each."""
