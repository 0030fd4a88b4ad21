"""What a digest tells, gathered in one transaction: what waits for the person first, what was hidden last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Row

from storage.tables.auto_replies import AutoReplyState
from storage.transaction import Transaction
from storage.values.access import Caller
from tools.commitments.words import pressing

FIRST = timedelta(days=1)
"""How far the first digest looks back."""

LOOKED_BACK = timedelta(days=7)
"""How far the list of what was left out reaches."""


@dataclass(frozen=True)
class Digest:
    """Everything that could be told."""

    since: datetime
    waiting: Sequence[Row[Any]]
    """Unread mail that was found to need the person, the latest first."""
    drafts: int
    due: Sequence[Row[Any]]
    """Follow-ups of the next 24 hours."""
    held: Sequence[Row[Any]]
    sent: Sequence[Row[Any]]
    ruled: Sequence[Row[Any]]
    """What each rule took: rule_name, shadow, mails."""
    hidden: Sequence[Row[Any]]
    """New mail of which nothing was said, the latest first."""
    trouble: Sequence[tuple[str, str]]
    """Address and why it cannot be read."""
    promised: Sequence[Row[Any]] = ()
    """Promises, both ways, that are due today or have been late for less than a week."""

    @property
    def empty(self) -> bool:
        """Nothing waits, nothing was done, nothing is wrong: then nothing is said, however much was left out."""
        told = (self.waiting, self.drafts, self.due, self.held, self.sent, self.trouble, self.promised)
        return not any(told)


async def gather(tx: Transaction, caller: Caller, at: datetime, since: datetime | None = None) -> Digest:
    """What happened since the last digest, and what waits whenever it came."""
    begun = since or (await tx.habits.of(caller.person)).digested_at or at - FIRST
    accounts = await tx.accounts.of(caller.person)
    ids = [row.id for row in accounts]
    held = await tx.auto_replies.since(caller.person, at - LOOKED_BACK, [AutoReplyState.HELD])
    return Digest(
        since=begun,
        waiting=await tx.rule_matches.waiting_for(ids),
        drafts=len(await tx.approvals.pending(caller.person)),
        due=[one for one in await tx.follow_ups.waiting(caller.person) if one.due_at < at + timedelta(days=1)],
        held=held,
        sent=await tx.auto_replies.since(caller.person, begun, [AutoReplyState.SENT]),
        ruled=await tx.rule_matches.count(caller.person, begun),
        hidden=await tx.rule_matches.left_out(ids, begun),
        trouble=[(row.address, row.trouble) for row in accounts if row.trouble],
        promised=pressing(await tx.commitments.open(ids), caller.zone, at, LOOKED_BACK),
    )
