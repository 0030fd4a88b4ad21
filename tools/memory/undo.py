"""Taking back a remembered fact. Forgetting is not taken back: what is forgotten is gone, vectors included."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tools.tool import Ask
from tools.toolbox import Toolbox

REMEMBERED = "remember"
FORGOTTEN = "forget"


async def undo_remember(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """The fact is gone."""
    async with box.database.acting_as(ask.caller) as tx:
        await tx.memories.forget([UUID(before["memory"])])
    return "Forgotten again."
