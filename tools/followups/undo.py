"""Taking back a follow-up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from storage.tables.followups import FollowUpState
from tools.tool import Ask
from tools.toolbox import Toolbox

ACTION = "follow_up"


async def undo(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """The follow-up will not come."""
    async with box.database.acting_as(ask.caller) as tx:
        await tx.follow_ups.become(
            UUID(before["follow_up"]), FollowUpState.CANCELLED, only_from=[FollowUpState.WAITING, FollowUpState.NUDGED]
        )
    return "The follow-up is cancelled."
