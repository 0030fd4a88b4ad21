"""Sweeping: drafts that nobody decided in time expire to the safe side, and the audit's head is left in the log."""

from __future__ import annotations

from typing import Any

import structlog

from agent import cards
from agent.approval import Case, close_case
from agent.chat import Update
from agent.telling import tell
from jobs.job import Job
from storage.values.clock import now
from storage.values.ids import ConversationId
from tools.toolbox import Toolbox

log = structlog.get_logger()


async def sweep(box: Toolbox, job: Job) -> dict[str, Any]:
    """Expires what is too old. The log is kept apart from the database, so the head in it shows later that the chain was
    not cut off or written anew (`deskhand audit verify --head`)."""
    async with box.database.acting_as(job.caller) as tx:
        log.info("audit.head", tenant=str(job.caller.tenant), head=await tx.audit.head())
        expired = await tx.approvals.expire(now())
        for row in expired:
            card = cards.settled(row, "Expired: not sent", row.action["body"])
            await tell(tx, row.conversation, Update(card))
    for row in expired:
        await close_case(Case(box, job.caller, ConversationId(row.conversation)), row.case)
    return {"expired": len(expired)}
