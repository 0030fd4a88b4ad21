"""Taking back an auto-reply while its window is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.auto_replies import AutoReplyState
from storage.transaction import Transaction
from tools.tool import Ask
from tools.toolbox import Toolbox


async def undo(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """It will not leave; or it has left, and then that is said."""
    async with box.database.acting_as(ask.caller) as tx:
        row = await tx.auto_replies.get(UUID(before["auto_reply"]))
        if row is None:
            return "That auto-reply is not there any more."
        if row.state == AutoReplyState.CANCELLED or await cancel(tx, row, str(ask.conversation)):
            return f"The auto-reply to {row.recipient} will not be sent."
        left = row.state in (AutoReplyState.LEAVING, AutoReplyState.SENT)
    return (
        f"The auto-reply to {row.recipient} {'has left' if left else 'was not going to be sent'}; nothing was changed."
    )


async def cancel(tx: Transaction, row: Row[Any], origin: str) -> bool:
    """It will not leave. False when it has left, or was decided about."""
    waiting = [AutoReplyState.WAITING]
    reason = "you took it back"
    gone = await tx.auto_replies.become(row.id, AutoReplyState.CANCELLED, only_from=waiting, reason=reason)
    if gone is None:
        return False
    if row.day is not None:
        await tx.auto_replies.count_down(row.person, row.day)
    await tx.audit.sign(row.person, "auto_reply_cancelled", f"auto_reply:{row.id}", {}, origin=origin)
    return True


async def call_off(tx: Transaction, person: UUID, origin: str) -> int:
    """None of those in their window will leave; gives how many there were."""
    waiting = await tx.auto_replies.waiting(person)
    return sum([await cancel(tx, row, origin) for row in waiting])
