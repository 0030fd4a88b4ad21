"""What the agent can do about promises: list them both ways, and note that one is kept, is none, or stands again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.engine import Row

from storage.tables.commitments import CommitmentState
from storage.values.access import Caller, Permission
from storage.values.clock import now
from storage.values.errors import Refused
from tools.commitments import settle as settling
from tools.commitments.find import LOOKED_BACK
from tools.commitments.words import listing
from tools.tool import Ask, Result, tool
from tools.toolbox import Toolbox

Whose = Literal["both", "mine", "theirs"]
Outcome = Literal["done", "not a promise"]

_STATES: dict[Outcome, CommitmentState] = {
    "done": CommitmentState.DONE,
    "not a promise": CommitmentState.DISMISSED,
}


@tool(Permission.VIEW_OWN_EMAILS)
async def list_promises(
    box: Toolbox,
    ask: Ask,
    whose: Annotated[
        Whose, Field(description="'mine': what the person promised; 'theirs': what others promised them; or 'both'.")
    ] = "both",
) -> Result:
    """Lists the open promises found in mail, the person's own and those of others, with quote and day, late ones first."""
    rows = await standing(box, ask.caller)
    chosen = [row for row in rows if whose == "both" or row.mine is (whose == "mine")]
    if not rows and await _still_reading(box, ask.caller):
        return Result("I am still looking through your mail for promises; please ask again in a moment.")
    if not chosen and rows:
        side = "You have promised nothing" if whose == "mine" else "Nobody has promised you anything"
        return Result(f"{side} that is still open, as far as your mail says.")
    return Result(listing(chosen, ask.caller.zone, now(), [rows.index(row) + 1 for row in chosen]))


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def settle_promise(
    box: Toolbox,
    ask: Ask,
    number: Annotated[int, Field(description="The number of the promise in the list of open promises.", ge=1)],
    outcome: Annotated[Outcome, Field(description="'done', or 'not a promise' when it was taken for one wrongly.")],
) -> Result:
    """Takes a promise off the list because it is done or was none; the person can undo it."""
    rows = await standing(box, ask.caller)
    row = await settling.settle(box, ask, numbered(rows, number).id, _STATES[outcome])
    return Result(f"{settling.in_words(row)}. Say “undo” to take it back.")


async def standing(box: Toolbox, caller: Caller) -> Sequence[Row[Any]]:
    """The open promises of the person's accounts, in the order in which they are numbered."""
    async with box.database.acting_as(caller) as tx:
        return await tx.commitments.open([row.id for row in await tx.accounts.of(caller.person)])


async def _still_reading(box: Toolbox, caller: Caller) -> bool:
    """Whether there is mail that nobody has looked through yet."""
    since = now() - LOOKED_BACK
    async with box.database.acting_as(caller) as tx:
        accounts = await tx.accounts.of(caller.person)
        return any([await tx.commitments.unread(row.id, since, 1) for row in accounts])


def numbered(rows: Sequence[Row[Any]], number: int) -> Row[Any]:
    """The promise of that number. Refused when there is none."""
    if not 1 <= number <= len(rows):
        there = f"there are {len(rows)}" if rows else "nothing is open"
        raise Refused(f"There is no promise {number}: {there}. /promises lists them.")
    return rows[number - 1]
