"""Glancing: a mailbox in which nothing happened is passed over; only where something did is there a job, with its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Row

from jobs.timetable import ask_for_poll
from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.mail.mailbox import Glancing
from tools.toolbox import Toolbox

AT_ONCE = 4
"""Mailboxes that are looked at side by side."""
PATIENCE = 30.0
"""Seconds for one look. What takes longer is left to a job, which may take minutes and is tried again."""


async def look_around(box: Toolbox) -> None:
    """Asks for a poll of every mailbox but those in which surely nothing happened."""
    async with box.database.as_system() as tx:
        rows: Sequence[Row[Any]] = await tx.accounts.everywhere()
    turn = asyncio.Semaphore(AT_ONCE)

    async def look(row: Row[Any]) -> bool:
        async with turn:
            return await _quiet(box, row)

    found = await asyncio.gather(*map(look, rows), return_exceptions=True)
    for row, quiet in zip(rows, found, strict=True):
        if quiet is not True:  # an error is the job's, which records it
            await ask_for_poll(box.database, row)


async def _quiet(box: Toolbox, row: Row[Any]) -> bool:
    """Whether there is nothing to do in the mailbox. Nothing is written."""
    async with box.database.acting_as(row.tenant) as tx:
        account = await tx.accounts.get(row.id)
        if account.cursor is None or account.trouble or await tx.set_aside.to_try(row.id, 1):
            return False
    try:
        async with asyncio.timeout(PATIENCE):
            mailbox = await box.mailboxes.get(row.tenant, row.id)
            return isinstance(mailbox, Glancing) and await mailbox.unchanged(account.cursor)
    except (Refused, Unavailable, NeedsPerson, TimeoutError):  # a poll tells the person, or tries again
        return False
