"""SendingHouse: what every house with a mailbox of its own kind shares where mail is sent, killed and sent again."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from agent.chat import Card, Word
from tests.fakes.program import House, shown_card

CHECKOUT = Path(__file__).resolve().parents[2]
WORK = (sys.executable, "-c", "from bot.cli import main; main()", "work")

PATIENCE = 180
"""Seconds for a worker to come to the point at which it is killed, on a machine that is busy."""


@dataclass
class SendingHouse:
    """The house. Bo's mail about the kiln is there."""

    house: House

    @property
    def environment(self) -> dict[str, str]:
        """What a worker beside this one needs."""
        return self.house.environment

    async def approved(self, text: str = "Thursday works.") -> Card:
        """A draft that is approved and not yet sent; nothing else is due."""
        card = await self.house.draft(text)
        await self.house.press(card, "Approve & send")
        await self.house.sql("UPDATE jobs SET state = 'cancelled' WHERE kind <> 'resume_approval'")
        return card

    async def send(self) -> str:
        """How far the latest send is."""
        return str(await self.house.one("SELECT state FROM sends ORDER BY created_at DESC LIMIT 1"))

    async def next_attempt(self) -> list[Word]:
        """What another worker shows that takes the job up now, without waiting for the clock."""
        await self.house.sql("UPDATE jobs SET run_at = now() WHERE state = 'pending'")
        await self.house.sql("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE state = 'running'")
        return await self.house.work()

    async def outcome(self) -> Card:
        """The card that the next attempt shows."""
        return shown_card(await self.next_attempt())

    async def killed(self, when: Callable[[], Awaitable[object]]) -> None:
        """`deskhand work`, in a process of its own, works until then, and is gone."""
        environment = {**os.environ, **self.environment, "PYTHONPATH": str(CHECKOUT)}
        worker = await asyncio.create_subprocess_exec(*WORK, env=environment, cwd=CHECKOUT)
        try:
            async with asyncio.timeout(PATIENCE):
                await when()
        finally:
            worker.kill()
            await worker.wait()


class Lock:
    """A lock on the send's row, by which a worker is stopped where it wants to change it."""

    def __init__(self, holder: psycopg.AsyncConnection, watcher: psycopg.AsyncConnection) -> None:
        self._holder, self._watcher = holder, watcher

    async def take(self) -> None:
        """From now on nobody else can change the row."""
        await self._holder.execute("SELECT FROM sends FOR UPDATE")

    async def release(self) -> None:
        """Everybody can."""
        await self._holder.rollback()

    async def wanted(self) -> None:
        """Waits until somebody wants to."""
        waiting = """
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE sends%'
        """
        while not await (await self._watcher.execute(waiting)).fetchone():
            pass


@asynccontextmanager
async def lock_in(house: House) -> AsyncIterator[Lock]:
    """A lock in the house's database, not taken yet."""
    url = house.servers.admin_url.replace("+psycopg", "")
    async with (
        await psycopg.AsyncConnection.connect(url) as holder,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
    ):
        yield Lock(holder, watcher)
