"""Planning a follow-up: the row, the job that rings at its time, and the receipt by which it can be undone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from storage.transaction import Transaction
from storage.values.ids import FollowUpId
from tools.followups.undo import ACTION
from tools.tool import Ask
from tools.work import FOLLOW_UP


async def plan(
    tx: Transaction, ask: Ask, due_at: datetime, words: str, *, email: UUID | None, note: str, unless_answered: bool
) -> FollowUpId:
    """Comes back to a mail, or to a note, at a time. `words`: what the receipt says was done. The same request plans one."""
    follow_up = await tx.follow_ups.add(
        person=ask.caller.person,
        conversation=ask.conversation,
        email=email,
        request=ask.request,
        note=note,
        unless_answered=unless_answered,
        due_at=due_at,
    )
    await tx.jobs.add(
        FOLLOW_UP.kind,
        FOLLOW_UP.queue.name,
        {"follow_up": str(follow_up), "due": due_at.isoformat()},
        person=ask.caller.person,
        conversation=ask.conversation,
        run_at=due_at,
        once=f"follow_up:{follow_up}:{due_at.isoformat()}",
    )
    await tx.receipts.add(
        person=ask.caller.person,
        conversation=ask.conversation,
        request=ask.request,
        action=ACTION,
        words=words,
        before={"follow_up": str(follow_up)},
        reversible=True,
        by=ask.by,
    )
    return follow_up
