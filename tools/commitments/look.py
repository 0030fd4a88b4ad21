"""Looks through new mail for promises, in batches, and closes those that were kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.transaction import Transaction
from storage.values.clock import now
from tools.commitments.find import LOOKED_BACK, found_in
from tools.commitments.keep import kept
from tools.toolbox import Toolbox

BATCH = 300
"""Mails of one round: three trips to the database, whatever is in them."""


async def look_through(box: Toolbox, tenant: UUID, account: UUID, zone: str) -> int:
    """Every mail of the account that nobody has looked through yet; gives how many promises were found. `zone`: the owner's."""
    found = 0
    since = now() - LOOKED_BACK
    while True:
        async with box.database.acting_as(tenant) as tx:
            rows = await tx.commitments.unread(account, since, BATCH)
        if not rows:
            return found
        promised = await asyncio.to_thread(_promised, rows, tenant, zone)
        async with box.database.acting_as(tenant) as tx:
            await tx.commitments.add(promised, [row.id for row in rows])
            await _close(tx, account, {row.thread for row in rows})
        found += len(promised)


def _promised(rows: Sequence[Row[Any]], tenant: UUID, zone: str) -> list[dict[str, Any]]:
    return [one for row in rows for one in found_in(row, tenant, zone)]


async def _close(tx: Transaction, account: UUID, threads: set[str]) -> None:
    """What is open in these threads and was kept, by a mail that may have been looked through before."""
    standing = await tx.commitments.open_in(account, sorted(threads))
    if not standing:
        return
    since = min(one.counts_from for one in standing)
    mails = await tx.commitments.mails_in(account, sorted({one.thread for one in standing}), since)
    await tx.commitments.keep(kept(standing, mails))
