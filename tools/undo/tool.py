"""What the agent can do about the past: undo the last thing, a numbered one, or everything since a time."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.engine import Row

from storage.transaction import Transaction
from storage.values.access import Permission
from storage.values.clock import now
from storage.values.errors import Refused, Trouble
from tools.autoreply import offer
from tools.autoreply import undo as auto_reply
from tools.commitments import settle as promise
from tools.followups import undo as follow_up
from tools.followups.stretch import period
from tools.followups.when import find_when
from tools.inbox import correct, relabel, tidy
from tools.memory import undo as memory
from tools.tool import Ask, Result, tool
from tools.toolbox import Toolbox
from tools.trust.ledger import fallen

UNDO: dict[str, Callable[[Toolbox, Ask, dict[str, Any]], Awaitable[str]]] = {
    relabel.ACTION: relabel.undo,
    correct.ACTION: correct.undo,
    tidy.MOVED: tidy.undo_move,
    tidy.MARKED: tidy.undo_mark,
    follow_up.ACTION: follow_up.undo,
    memory.REMEMBERED: memory.undo_remember,
    offer.ACTION: auto_reply.undo,
    promise.ACTION: promise.undo,
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
        chosen = await _claimed(tx, ask, which.strip().casefold())
    if not chosen:
        return Result("There is nothing to undo.")
    lines = await _taken_back(box, ask, chosen)
    if not any(receipt.reversible for receipt in chosen):
        lines.append(f"“undo {len(chosen) + 1}” goes one step further back.")
    return Result("\n".join(lines))


async def _claimed(tx: Transaction, ask: Ask, which: str) -> list[Row[Any]]:
    """What is to be taken back, newest first, marked before it is done: whoever undoes at the same time takes other things,
    and this request, taken up again after a crash, takes the same."""
    mine = list(await tx.receipts.undone_by(ask.caller.person, ask.request))
    last, since = _asked(which, ask.caller.zone)
    if last is not None and len(mine) >= last:
        return mine
    more = await tx.receipts.standing(ask.caller.person, last=last and last - len(mine), since=since)
    await _mark(tx, ask, more)
    return [*mine, *more]


async def undo_these(box: Toolbox, ask: Ask, requests: Sequence[str]) -> list[str]:
    """Takes back what these requests did, as far as it still stands, and says of each what became of it."""
    async with box.database.acting_as(ask.caller) as tx:
        mine = list(await tx.receipts.undone_by(ask.caller.person, ask.request))
        more = await tx.receipts.of(ask.caller.person, requests)
        await _mark(tx, ask, more)
    return await _taken_back(box, ask, [*mine, *more])


async def _mark(tx: Transaction, ask: Ask, chosen: Sequence[Row[Any]]) -> None:
    for receipt in chosen:
        if receipt.reversible:
            await tx.receipts.undo(receipt.id, ask.request)
            words = {"words": receipt.words}
            await tx.audit.sign(ask.caller.person, "undone", f"receipt:{receipt.number}", words, origin=ask.request)


def _asked(which: str, zone: str) -> tuple[int | None, datetime | None]:
    """How many of the last things, or since when."""
    if which in {"", "last", "it", "that", "the last one"}:
        return 1, None
    number = re.fullmatch(r"(?:the )?(?:last )?(\d{1,3})", which)
    if number and int(number[1]):
        return int(number[1]), None
    if number or which in {"all", "everything"}:
        raise Refused("Say how many, or from when on, for example “undo 3” or “undo everything since 9”.")
    return None, _since(which, zone)


def _since(which: str, zone: str) -> datetime:
    """Never earlier than what was said: an hour of this day, a stretch until now, or the beginning of a day."""
    text = re.sub(r"^(?:everything )?(?:since )?", "", which)
    found = _hour(text, zone) or _stretch(text, zone) or _day(text, zone)
    if found is None or found > now():
        raise Refused(f"I do not understand “{which}”. Say “undo”, “undo 3”, or “undo everything since 9”.")
    return found


def _hour(text: str, zone: str) -> datetime | None:
    """`9` is nine this morning: the time is read as somebody would have said it just before midnight."""
    found = find_when(text, _midnight(now().astimezone(ZoneInfo(zone)).date(), zone) - timedelta(seconds=1), zone)
    return found.at if found and found.precise else None


def _stretch(text: str, zone: str) -> datetime | None:
    """`10 minutes ago`, `the last hour`: as long before now as the same words with “in” are ahead."""
    lately = re.fullmatch(r"(?:in )?(?:the )?(?:last|past) (.+)|(.+) ago", text)
    if lately is None:
        return None
    at = now()
    length = lately[1] or lately[2]
    ahead = find_when(f"in {length}", at, zone) or find_when(f"in 1 {length}", at, zone)
    return at - (ahead.at - at) if ahead else None


def _day(text: str, zone: str) -> datetime | None:
    """`yesterday`, `Monday`; nothing when more was said than a day."""
    found = period(f"since {text}", now(), zone)
    if found is None or found.since is None or found.until is not None or found.end < len(f"since {text}"):
        return None
    return _midnight(found.since, zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


async def _taken_back(box: Toolbox, ask: Ask, chosen: Sequence[Row[Any]]) -> list[str]:
    """Takes back one after the other, newest first. At the first that fails the rest stands as it was, and that is said."""
    lines: list[str] = []
    for place, receipt in enumerate(chosen):
        try:
            lines.append(await _take_back(box, ask, receipt))
        except Trouble as trouble:
            await _stand_again(box, ask, chosen[place:])
            return [*lines, f"Not taken back: {receipt.words} {trouble}"]
        except BaseException:
            await _stand_again(box, ask, chosen[place:])
            raise
    return lines


async def _take_back(box: Toolbox, ask: Ask, receipt: Row[Any]) -> str:
    if not receipt.reversible:
        return f"{receipt.words} That cannot be taken back."
    words = await UNDO[receipt.action](box, ask, receipt.before)
    async with box.database.acting_as(ask.caller) as tx:
        return f"{words} {await fallen(tx, receipt)}".rstrip()


async def _stand_again(box: Toolbox, ask: Ask, rest: Sequence[Row[Any]]) -> None:
    async with box.database.acting_as(ask.caller) as tx:
        await tx.receipts.redo([receipt.id for receipt in rest if receipt.reversible])
