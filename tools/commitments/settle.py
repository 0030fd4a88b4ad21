"""What a person says about a promise: done, none at all, or open again; kept with a receipt, so that it can be undone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.commitments import CommitmentState
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.tool import Ask
from tools.toolbox import Toolbox

ACTION = "promise"

_SAID = {
    CommitmentState.DONE: "Done",
    CommitmentState.DISMISSED: "Not a promise, and it does not come back",
    CommitmentState.OPEN: "Open again",
}
LONGEST = 120
"""Characters of a quote that an answer repeats."""


async def settle(box: Toolbox, ask: Ask, commitment: UUID, state: CommitmentState) -> Row[Any]:
    """Closes a promise, or opens it again. Refused when it stands so already, or went with its mail."""
    async with box.database.acting_as(ask.caller) as tx:
        before = await tx.commitments.get(commitment)
        row = (
            await tx.commitments.reopen(commitment)
            if state == CommitmentState.OPEN
            else await tx.commitments.settle(commitment, state)
        )
        if before is None:
            raise Refused("That promise is not there any more: its mail has left the mailbox.")
        if row is None:
            raise Refused(f"That was {_stands(before)} already, so nothing changed. /promises shows how things stand.")
        words = in_words(row)
        await tx.receipts.add(
            person=ask.caller.person,
            conversation=ask.conversation,
            request=ask.request,
            action=ACTION,
            words=words,
            before={"commitment": str(commitment), "state": before.state},
            reversible=True,
        )
        await tx.audit.sign(
            ask.caller.person,
            "promise_settled",
            f"commitment:{commitment}",
            {"from": before.state, "to": row.state},
            origin=str(ask.conversation),
        )
    return row


async def undo(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """The promise stands as it stood."""
    identity = UUID(before["commitment"])
    async with box.database.acting_as(ask.caller) as tx:
        await tx.commitments.reopen(identity)
        if before["state"] != CommitmentState.OPEN:
            await tx.commitments.settle(identity, CommitmentState(before["state"]))
        row = await tx.commitments.get(identity)
    return f"“{plain(_short(row.quote))}” is {_stands(row)}." if row else "That promise went with its mail."


def in_words(row: Row[Any]) -> str:
    """What was done."""
    return plain(f"{_SAID[CommitmentState(row.state)]}: “{_short(row.quote)}”")


def _stands(row: Row[Any]) -> str:
    return {"dismissed": "no promise"}.get(row.state, str(row.state))


def _short(quote: str) -> str:
    return quote if len(quote) <= LONGEST else f"{quote[:LONGEST].rstrip()} …"
