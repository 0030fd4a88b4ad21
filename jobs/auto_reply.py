"""An auto-reply's window is over: it leaves, if every gate still lets it, and the person sees what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent import auto_reply_cards, cards
from agent.auto_reply_cards import BUTTONS_FOR
from agent.chat import Update
from agent.press import FRESH_FOR
from agent.telling import tell
from jobs.job import Job
from storage.tables.auto_replies import AutoReplyState
from storage.tables.sends import SendState
from storage.transaction import Transaction
from storage.values.clock import now
from tools.autoreply.leave import leave
from tools.inbox import send
from tools.inbox.send import Outcome
from tools.read_on import read_on
from tools.toolbox import Toolbox


async def auto_reply(box: Toolbox, job: Job) -> dict[str, Any]:
    """Sends it once, or holds it."""
    identity = job.uuid("auto_reply")
    conversation = job.conversation or identity
    outcome = await leave(box, job.caller, identity, conversation)
    async with box.database.acting_as(job.caller) as tx:
        row = await tx.auto_replies.get(identity)
        if row is None:
            return {"state": "gone"}
        if outcome is not None:
            await _tell(tx, job.id, row, outcome, conversation)
        elif row.state == AutoReplyState.HELD and await tx.jobs.hold(job.id, job.attempt):
            await _show(tx, row, conversation)
    return {"state": row.state}


async def given_up(tx: Transaction, job: Row[Any], error: str) -> bool:
    """Nobody tries on: what has surely not left is held, and what may have left is for the person to decide."""
    row = await tx.auto_replies.get(UUID(job.params["auto_reply"]))
    if row is None or row.state not in (AutoReplyState.WAITING, AutoReplyState.LEAVING):
        return False
    outcome = await send.give_up(tx, row.approval, error) if row.approval else None
    await _tell(tx, job.id, row, outcome or Outcome(SendState.REFUSED, error), job.conversation or row.id)
    return True


async def _tell(tx: Transaction, job: UUID, row: Row[Any], outcome: Outcome, conversation: UUID) -> None:
    """Writes down what came of it and shows it, once, however often the job is run."""
    mail = await tx.sends.of(row.approval) if row.approval else None
    if mail is not None and not await tx.sends.tell(mail.id, outcome.state):
        return
    if row.approval:
        await tx.approvals.conclude(row.approval, outcome.words)
    if outcome.state == SendState.SENT:
        await _record(tx, job, row, outcome, conversation)
    elif outcome.state == SendState.REFUSED:
        await tx.auto_replies.become(
            row.id,
            AutoReplyState.HELD,
            only_from=[AutoReplyState.WAITING, AutoReplyState.LEAVING],
            reason=outcome.words,
        )
        if row.day is not None:
            await tx.auto_replies.count_down(row.person, row.day)
    else:
        approved = await tx.approvals.get(row.approval)
        tokens = await tx.buttons.make(row.person, row.approval, (cards.ARRIVED, cards.AGAIN), now() + FRESH_FOR)
        await tell(tx, conversation, cards.doubt(approved, outcome.words, tokens))
    after = await tx.auto_replies.get(row.id)
    assert after is not None
    await _show(tx, after, conversation)


async def _show(tx: Transaction, row: Row[Any], conversation: UUID) -> None:
    actions = BUTTONS_FOR.get(AutoReplyState(row.state), ())
    tokens = await tx.buttons.make(row.person, row.id, actions, now() + FRESH_FOR) if actions else {}
    zone = next(one.zone for one in await tx.people.list() if one.id == row.person)  # suspended or not
    await tell(tx, conversation, Update(auto_reply_cards.of(row, zone, tokens)))


async def _record(tx: Transaction, job: UUID, row: Row[Any], outcome: Outcome, conversation: UUID) -> None:
    """The reply is sent: state, receipt and audit row in one transaction."""
    approved, mail = await tx.approvals.get(row.approval), await tx.sends.of(row.approval)
    await tx.auto_replies.become(row.id, AutoReplyState.SENT, only_from=[AutoReplyState.LEAVING], reason=outcome.words)
    words = f"Sent an auto-reply to {row.recipient} (rule {row.rule_name}, template {row.template_name})."
    await tx.receipts.rewrite({"auto_reply": str(row.id)}, words)
    await tx.audit.sign(
        row.person,
        "auto_reply_sent",
        f"auto_reply:{row.id}",
        {
            "approver": approved.settled_by,
            "confidence": row.confidence,
            "recipient": row.recipient,
            "template": row.template_name,
            "template_id": row.template,
            "template_version": row.template_version,
            "message_id": mail.message_id if mail else "",
        },
        origin=f"job:{job}",
    )
    await read_on(tx, row.account, row.person, conversation)
