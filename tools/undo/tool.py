"""What the agent can do about the past: undo the last thing, a numbered one, or everything since a time."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.engine import Row

from storage.transaction import Transaction
from storage.values.access import Permission
from storage.values.clock import now
from storage.values.errors import Refused
from tools.followups import undo as follow_up
from tools.followups.when import find_when
from tools.inbox import relabel
from tools.memory import undo as memory
from tools.tool import Ask, Result, tool
from tools.toolbox import Toolbox

UNDO: dict[str, Callable[[Toolbox, Ask, dict[str, Any]], Awaitable[str]]] = {
    relabel.ACTION: relabel.undo,
    follow_up.ACTION: follow_up.undo,
    memory.REMEMBERED: memory.undo_remember,
}
"""Action of a receipt -> what takes it back. A send is not here: what has left cannot be called back."""


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def undo(
    box: Toolbox,
    ask: Ask,
    which: Annotated[
        str, Field(description="'last', a number of things to take back such as '3', or 'since 9:00'.")
    ] = "last",
) -> Result:
    """Takes back what was done for the person: the last thing, the last few, or everything since a time."""
    async with box.database.acting_as(ask.caller) as tx:
        chosen = await _chosen(tx, ask, which.strip().casefold())
        latest = await tx.receipts.latest(ask.caller.person, 1)
    if not chosen:
        return Result(_nothing(latest))
    done = [await _take_back(box, ask, receipt) for receipt in chosen]
    return Result("\n".join(filter(None, done)))


async def _chosen(tx: Transaction, ask: Ask, which: str) -> Sequence[Row[Any]]:
    person = ask.caller.person
    if which in {"", "last", "it", "that", "the last one"}:
        return await tx.receipts.undoable(person, last=1)
    number = re.fullmatch(r"(?:the )?(?:last )?(\d{1,3})", which)
    if number:
        return await tx.receipts.undoable(person, last=int(number[1]))
    if which in {"all", "everything"}:
        raise Refused("Say from when on, for example “undo everything since 9”.")
    return await tx.receipts.undoable(person, since=_since(which, ask.caller.zone))


def _since(which: str, zone: str) -> datetime:
    """`since 9` is nine this morning: the time is read as somebody would have said it at midnight."""
    local = now().astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    found = find_when(which.removeprefix("everything").strip().removeprefix("since").strip(), midnight, zone)
    if found is None or found.at > now():
        raise Refused(f"I do not understand “{which}”. Say “undo”, “undo 3”, or “undo everything since 9”.")
    return found.at


async def _take_back(box: Toolbox, ask: Ask, receipt: Row[Any]) -> str:
    """Claims the receipt first, so that two who undo at once undo it once."""
    async with box.database.acting_as(ask.caller) as tx:
        if not await tx.receipts.undo(receipt.id):
            return ""
        await tx.audit.sign(
            ask.caller.person, "undone", f"receipt:{receipt.number}", {"words": receipt.words}, origin=ask.request
        )
    try:
        return await UNDO[receipt.action](box, ask, receipt.before)
    except BaseException:
        async with box.database.acting_as(ask.caller) as tx:
            await tx.receipts.redo(receipt.id)
        raise


def _nothing(latest: Sequence[Row[Any]]) -> str:
    if latest and not latest[0].reversible:
        return f"{latest[0].words} That cannot be taken back, and nothing else is left to undo."
    return "There is nothing to undo."
