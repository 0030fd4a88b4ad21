"""Delivery: carries waiting words from the outbox to the right channel, in order, and again when a channel was down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.engine import Row

from agent.chat import from_row
from bot.channel import Channel
from bot.showing import Showing
from storage.database import Database
from storage.values.errors import Unavailable

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
"""How long words are in our hands before another process may carry them."""

LOOKS_EVERY = 2.0
"""Seconds between two looks, should the database's sign of new words be lost."""

AT_ONCE = 50
FIRST_WAIT = 2.0
LONGEST_WAIT = 300.0


class Delivery:
    """Carries words for the channels of this process, or for one address only (a terminal shows its own)."""

    def __init__(self, database: Database, channels: Mapping[str, Channel], address: str | None = None) -> None:
        self.database = database
        self.channels = channels
        self.address = address
        self._arrived: list[int] = []
        self._showing = Showing(database)

    def arrived(self, numbers: Sequence[int]) -> None:
        """These words were shown directly. They are marked with the next flush, many at once; a crash before that shows
        them again rather than never."""
        self._arrived += numbers

    async def flush(self) -> int:
        """Carries what waits now; gives how many words arrived."""
        numbers, self._arrived = self._arrived, []
        async with self.database.as_system() as tx:
            if numbers:
                await tx.outbox.delivered(numbers)
            rows = await tx.outbox.take(list(self.channels), LEASE, AT_ONCE, self.address)
        arrived: list[int] = []
        left: list[int] = []
        silent: set[UUID] = set()
        for row in rows:
            if row.conversation in silent:
                left.append(row.number)
            elif await self._carry(row, silent):
                arrived.append(row.number)
        if rows:
            async with self.database.as_system() as tx:
                await tx.outbox.delivered(arrived)
                await tx.outbox.give_back(left)
        return len(arrived)

    async def _carry(self, row: Row[Any], silent: set[UUID]) -> bool:
        """Whether it arrived. A conversation that cannot be reached is silent: what follows there must not overtake."""
        try:
            word = from_row(row.kind, row.body)
            await self._showing.show(self.channels[row.channel], row.address, row.tenant, row.conversation, word)
        except Unavailable as error:
            wait = error.retry_after or timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2**row.attempts))
            silent.add(row.conversation)
            await self._failed(row, wait, str(error))
            return False
        except Exception as error:
            log.exception("delivery.bug", number=row.number)
            await self._failed(row, timedelta(seconds=LONGEST_WAIT), type(error).__name__, aside=True)
            return False
        return True

    async def _failed(self, row: Row[Any], wait: timedelta, error: str, *, aside: bool = False) -> None:
        async with self.database.as_system() as tx:
            await tx.outbox.failed(row.number, wait, error, aside=aside)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carries in the background until the block ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with self.database.driver() as connection:
                    await connection.execute("LISTEN outbox")
                    try:
                        while True:
                            while await self.flush():
                                pass
                            await _news(connection)
                    finally:
                        await connection.execute("UNLISTEN outbox")
            except Unavailable as error:
                log.warning("delivery.waits", error=str(error))
                await asyncio.sleep(LOOKS_EVERY)


async def _news(connection: Any) -> None:
    async for _notice in connection.notifies(timeout=LOOKS_EVERY, stop_after=1):
        return
