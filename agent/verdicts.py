"""Verdicts: what a person thinks of an answer, given with a press that can be changed by another.

The press carries the event that was answered and no secret: whose event it is, is looked up with who presses.
"""

from __future__ import annotations

from uuid import UUID

from storage.values.access import Caller
from storage.values.errors import Refused
from tools.toolbox import Toolbox

GOOD, BAD = "good", "bad"
_PREFIX = "verdict"


def token(verdict: str, about: str) -> str:
    """What a button carries that gives this verdict on the answer to an event."""
    return f"{_PREFIX}:{verdict}:{about}"


def read(pressed: str) -> tuple[UUID, bool] | None:
    """The event and whether its answer is found good; None where the press is no verdict."""
    prefix, _, rest = pressed.partition(":")
    verdict, _, about = rest.partition(":")
    if prefix != _PREFIX or verdict not in (GOOD, BAD):
        return None
    try:
        return UUID(about), verdict == GOOD
    except ValueError:
        return None


async def give(box: Toolbox, caller: Caller, event: UUID, *, good: bool) -> None:
    """Keeps it. Refused where the answer was somebody else's."""
    async with box.database.acting_as(caller) as tx:
        if not await tx.verdicts.give(event, caller.person, good=good):
            raise Refused("I do not know that answer of yours, so nothing was noted.")
