"""After an approval: the action is done, once, and the person is told what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent import approval, cards
from agent.approval import Case
from agent.chat import Card, Update
from agent.decisions import FRESH_FOR
from agent.telling import tell
from jobs.job import Job
from storage.tables.sends import SendState
from storage.transaction import Transaction
from storage.values.clock import now
from tools.inbox import send
from tools.inbox.send import Outcome
from tools.read_on import read_on
from tools.toolbox import Toolbox


async def resume_approval(box: Toolbox, job: Job) -> dict[str, Any]:
    """Carries out what was approved and shows the card in its final state."""
    assert job.conversation is not None
    case = Case(box, job.caller, job.conversation)
    outcome = await approval.carry_out(case, job.uuid("approval"))
    async with box.database.acting_as(job.caller) as tx:
        row = await tx.approvals.get(job.uuid("approval"))
        await _tell(tx, job.id, row, outcome)
    await approval.close_case(case, row.case)
    return {"state": outcome.state, "words": outcome.words}


async def given_up(tx: Transaction, job: Row[Any], error: str) -> bool:
    """Nobody tries on: the card says what that means for the mail. False when there is no mail that could have left."""
    outcome = await send.give_up(tx, UUID(job.params["approval"]), error)
    if outcome is None:
        return False
    await _tell(tx, job.id, await tx.approvals.get(UUID(job.params["approval"])), outcome)
    return True


async def _tell(tx: Transaction, job: UUID, row: Row[Any], outcome: Outcome) -> None:
    """Says what came of it, once, however often the job is run."""
    mail = await tx.sends.of(row.id)
    if mail is None or not await tx.sends.tell(mail.id, outcome.state):
        return
    await tx.approvals.conclude(row.id, outcome.words)
    if outcome.state == SendState.SENT:
        await _record(tx, job, row, outcome)
    await tell(tx, row.conversation, Update(await _card(tx, row, outcome)))


async def _card(tx: Transaction, row: Row[Any], outcome: Outcome) -> Card:
    if outcome.state == SendState.SENT:
        return cards.settled(row, "Sent", outcome.words)
    unsent = outcome.state == SendState.REFUSED
    actions = (cards.AGAIN,) if unsent else (cards.ARRIVED, cards.AGAIN)
    tokens = await tx.buttons.make(row.person, row.id, actions, now() + FRESH_FOR)
    return cards.unsent(row, outcome.words, tokens) if unsent else cards.doubt(row, outcome.words, tokens)


async def _record(tx: Transaction, job: UUID, row: Row[Any], outcome: Outcome) -> None:
    await tx.receipts.add(
        person=row.person,
        conversation=row.conversation,
        request=f"send:{row.id}",
        action="send",
        words=outcome.words,
        before={},
        reversible=False,
    )
    await tx.audit.sign(
        row.person,
        "reply_sent",
        f"approval:{row.id}",
        {"recipients": row.action["recipients"], "message_id": row.action["message_id"]},
        origin=f"job:{job}",
    )
    await read_on(tx, row.account, row.person, row.conversation)
