"""Taking back a follow-up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from storage.tables.followups import FollowUpState
from tools.tool import Ask
from tools.toolbox import Toolbox

ACTION = "follow_up"

_UNTIL_OVER = (FollowUpState.WAITING, FollowUpState.NUDGED, FollowUpState.CANCELLED)
"""Cancelled too: an undo that is taken up again after a crash says the same."""


async def undo(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """The follow-up will not come."""
    async with box.database.acting_as(ask.caller) as tx:
        cancelled = await tx.follow_ups.become(
            UUID(before["follow_up"]), FollowUpState.CANCELLED, only_from=_UNTIL_OVER
        )
    return (
        "The follow-up is cancelled."
        if cancelled
        else "That follow-up was over already, so there was nothing to cancel."
    )
