"""A follow-up is due: if nobody answered, its card is shown with a way to nudge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from agent import cards
from agent.chat import Field, Reply, to_row
from agent.decisions import FRESH_FOR
from jobs.job import Job
from storage.tables.followups import FollowUpState
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.errors import Trouble
from tools.inbox.show import moment
from tools.inbox.sync import sync
from tools.toolbox import Toolbox


async def follow_up(box: Toolbox, job: Job) -> dict[str, Any]:
    """Looks whether an answer arrived, and otherwise brings the matter up again, once."""
    async with box.database.acting_as(job.caller) as tx:
        one = await tx.follow_ups.get(job.uuid("follow_up"))
        mail = await _mail(tx, one)
    if one is None or one.state != FollowUpState.WAITING:
        return {"state": "gone"}
    if one.due_at != datetime.fromisoformat(job.params["due"]):
        return {"state": "moved"}  # it has another job at its new time
    if mail is not None:
        await _look_for_news(box, job, mail)
    async with box.database.acting_as(job.caller) as tx:
        answer = await tx.emails.answered_since([mail.account], mail.thread, one.created_at) if mail else None
        if answer is not None and one.unless_answered:
            return await _answered(tx, one, answer)
        if not await tx.follow_ups.become(one.id, FollowUpState.NUDGED, only_from=[FollowUpState.WAITING]):
            return {"state": "gone"}
        actions = (cards.NUDGE, cards.SNOOZE, cards.DONE) if mail else (cards.SNOOZE, cards.DONE)
        tokens = await tx.buttons.make(one.person, one.id, actions, now() + FRESH_FOR)
        card = cards.follow_up(one.id, _words(one, mail), _fields(one, mail, job.caller.zone), tokens)
        await tx.outbox.post(one.conversation, **to_row(card))
    return {"state": FollowUpState.NUDGED}


async def _mail(tx: Transaction, one: Row[Any] | None) -> Row[Any] | None:
    if one is None or one.email is None:
        return None
    found = await tx.emails.many([one.email])
    return found[0] if found else None


async def _look_for_news(box: Toolbox, job: Job, mail: Row[Any]) -> None:
    """A poll may be minutes old; but trouble with the mailbox shall not silence the follow-up."""
    try:
        await sync(box, job.caller.tenant, mail.account)
    except Trouble:
        await box.mailboxes.drop(mail.account)


async def _answered(tx: Transaction, one: Row[Any], answer: Row[Any]) -> dict[str, Any]:
    if not await tx.follow_ups.become(one.id, FollowUpState.ANSWERED, only_from=[FollowUpState.WAITING]):
        return {"state": "gone"}
    who = answer.sender_name or answer.sender_address
    await tx.outbox.post(
        one.conversation, **to_row(Reply(f"{who} has answered “{answer.subject}”, so the follow-up is done."))
    )
    return {"state": FollowUpState.ANSWERED}


def _words(one: Row[Any], mail: Row[Any] | None) -> str:
    if mail is None:
        return one.note or "You wanted to come back to a mail that is not there any more."
    nobody = "Nobody has answered yet. " if one.unless_answered else ""
    return f"{nobody}You wanted to come back to “{mail.subject}”.{f' {one.note}' if one.note else ''}"


def _fields(one: Row[Any], mail: Row[Any] | None, zone: str) -> list[Field]:
    if mail is None:
        return []
    return [
        Field("Mail", f"{mail.sender_name or mail.sender_address}: {mail.subject}"),
        Field("Asked for on", moment(one.created_at, zone)),
    ]
