"""News of mail that was just sorted: only what is urgent is told at once, unless the person wants all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent.chat import Reply
from agent.telling import tell
from jobs.job import Job
from storage.tables.ties import Tie
from storage.transaction import Transaction
from storage.values.clock import now
from tools.digest.telling import ALL, NOTHING, how_told
from tools.digest.urgent import LATELY, why_urgent
from tools.inbox import show
from tools.toolbox import Toolbox

NAMED = 5
"""How many mails are named in one notice; more are counted."""


async def tell_news(box: Toolbox, job: Job, account: UUID, found: Sequence[UUID]) -> int:
    """Tells what cannot wait of the unread mails that were found to need the person, and gives how many that are. What was
    written before the mailbox was linked is no news, so that the first reading of a mailbox is silent."""
    if not found:
        return 0
    async with box.database.acting_as(job.caller) as tx:
        how = how_told(await tx.people.settings(job.caller.person))
        linked = (await tx.accounts.get(account)).created_at
        rows = [row for row in await tx.emails.many(found) if row.needs_me and row.sent_at > linked]
        where = await tx.conversations.latest(job.caller.person)
        told = [] if how == NOTHING else await _pressing(tx, account, rows, job.caller.zone, everything=how == ALL)
        if not told or where is None or not await tx.jobs.hold(job.id, job.attempt):
            return 0
        await tell(tx, where.id, Reply(_words(told, job.caller.zone, everything=how == ALL)))
    return len(told)


async def _pressing(
    tx: Transaction, account: UUID, rows: Sequence[Row[Any]], zone: str, *, everything: bool
) -> list[tuple[Row[Any], str]]:
    at = now()
    if everything:
        return [(row, "") for row in rows]
    ties = await tx.ties.of(account, {row.sender_address for row in rows}, at - LATELY)
    reasons = [(row, why_urgent(row, ties.get(row.sender_address, Tie()), at, zone)) for row in rows]
    return [(row, why) for row, why in reasons if why]


def _words(told: Sequence[tuple[Row[Any], str]], zone: str, *, everything: bool) -> str:
    one = len(told) == 1
    if everything:
        head = "A new mail waits for you:" if one else f"{len(told)} new mails wait for you:"
    else:
        head = "1 mail cannot wait:" if one else f"{len(told)} mails cannot wait:"
    lines = [
        show.line(number, row, zone, now()) + (f"\n   because {why}" if why else "")
        for number, (row, why) in enumerate(told[:NAMED], 1)
    ]
    more = [f"… and {len(told) - NAMED} more: say “what needs me?”"] if len(told) > NAMED else []
    return "\n".join([head, *lines, *more])
