"""Listening: mailboxes that say by themselves when something happened are heard at once, beside the polling, by one process."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.engine import Row

from jobs.runner import backoff
from jobs.timetable import ask_for_poll
from storage.values.errors import NeedsPerson, Refused, Unavailable
from storage.values.ids import new_id
from tools.mail.mailbox import Pushing
from tools.toolbox import Toolbox

log = structlog.get_logger()

ROUNDS_EVERY = 30.0
SEEN_TO = 3600.0
"""Seconds until a mailbox that a person must see to is listened to again."""
HELD = timedelta(seconds=100)
"""How long nobody else takes over after the last round: three rounds and a bit."""


class Listening:
    """The mailboxes that this process listens to. A round takes up what nobody listens to, and says that we are still
    there."""

    def __init__(self, box: Toolbox) -> None:
        self.box = box
        self.holder = str(new_id())
        self._ears: dict[UUID, asyncio.Task[None]] = {}
        self._tenants: dict[UUID, UUID] = {}
        self._silent: set[UUID] = set()
        """Mailboxes that say nothing by themselves: they are polled."""

    async def round(self) -> None:
        """Takes up what is free, holds on to what is ours, and lets go of what was unlinked or taken over."""
        async with self.box.database.as_system() as tx:
            rows = {row.id: row for row in await tx.accounts.everywhere()}
        for account in [one for one in self._ears if one not in rows]:
            await self._stop(account)
        for account, row in rows.items():
            if account not in self._silent:
                await self._hold(row)

    async def aclose(self) -> None:
        """Stops, so that another may listen at once."""
        for account in list(self._ears):
            await self._stop(account)
            with suppress(Unavailable):
                async with self.box.database.acting_as(self._tenants[account]) as tx:
                    await tx.listeners.let_go(account, self.holder)

    async def _hold(self, row: Row[Any]) -> None:
        async with self.box.database.acting_as(row.tenant) as tx:
            ours = await tx.listeners.hold(row.id, self.holder, HELD)
        if not ours:
            await self._stop(row.id)
        elif row.id not in self._ears or self._ears[row.id].done():
            self._tenants[row.id] = row.tenant
            self._ears[row.id] = asyncio.create_task(self._listen(row))

    async def _stop(self, account: UUID) -> None:
        ear = self._ears.pop(account, None)
        if ear is not None:
            ear.cancel()
            await asyncio.gather(ear, return_exceptions=True)

    async def _listen(self, row: Row[Any]) -> None:
        """Asks for a poll whenever something is heard. A line that breaks is made anew, later and later."""
        broken = 0
        while True:
            try:
                mailbox = await self.box.mailboxes.get(row.tenant, row.id)
                if not (mailbox.abilities.pushes and isinstance(mailbox, Pushing)):
                    self._silent.add(row.id)
                    return
                async for _ in mailbox.news():
                    broken = 0
                    await ask_for_poll(self.box.database, row)
            except Unavailable as error:
                broken += 1
                log.info("listening.broken", account=str(row.id), times=broken, error=str(error))
            except (NeedsPerson, Refused):  # the next poll tells the person
                broken = 0
                await asyncio.sleep(SEEN_TO)
            await asyncio.sleep(backoff(broken).total_seconds())
