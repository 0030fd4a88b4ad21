"""A postponed draft comes back: its card is shown again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.chat import to_row
from agent.decisions import card_of
from jobs.job import Job
from storage.tables.approvals import State
from tools.toolbox import Toolbox


async def show_approval(box: Toolbox, job: Job) -> dict[str, Any]:
    """Shows the card again, if it still waits."""
    async with box.database.acting_as(job.caller) as tx:
        row = await tx.approvals.get(job.uuid("approval"))
        moved = row.later_until != datetime.fromisoformat(job.params["until"])
        if row.state != State.PENDING or moved or not await tx.jobs.hold(job.id, job.attempt):
            return {"shown": False}
        await tx.outbox.post(row.conversation, **to_row(await card_of(tx, row, job.caller.zone)))
    return {"shown": True}
