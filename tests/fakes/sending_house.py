"""SendingHouse: what every house with a mailbox of its own kind shares where mail is sent, killed and sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from agent.chat import Card, Word
from tests.fakes import worker_process
from tests.fakes.program import House, shown_card

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

    @property
    def copies(self) -> int:
        """How many mails left."""
        raise NotImplementedError

    async def killed(self, when: Callable[[], Awaitable[object]]) -> None:
        """`deskhand work`, in a process of its own, works until then, and is gone. What it said and how the rows stand is
        told when it does not come so far."""
        log = self.house.servers.home / "worker.log"
        worker = await worker_process.start(self.environment, log)
        there, ended = asyncio.ensure_future(when()), asyncio.ensure_future(worker_process.ended(worker))
        try:
            await asyncio.wait({there, ended}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if not there.done():
                raise AssertionError(f"The worker never came there.\n{log.read_text()}\n{await self._stand()}")
            there.result()
        finally:
            there.cancel()
            worker.kill()
            await ended

    async def _stand(self) -> str:
        """How the jobs, the sends and the database's sessions stand, for whoever looks for a cause."""
        questions = (
            "SELECT kind, state, attempts, run_at, lease_until FROM jobs",
            "SELECT state, note, changed_at FROM sends",
            "SELECT state, wait_event_type, wait_event, query FROM pg_stat_activity WHERE datname = current_database()",
        )
        return "\n".join([str(row) for question in questions for row in await self.house.sql(question)])


class Gate:
    """Stops whoever wants a send to become what is named, before that is written down. What had a row's lock when its
    program was killed lets go of it when the gate opens."""

    def __init__(self, keeper: psycopg.AsyncConnection, watcher: psycopg.AsyncConnection) -> None:
        self._keeper, self._watcher = keeper, watcher

    async def close(self, state: str) -> None:
        """From now on."""
        await self._keeper.execute("SELECT pg_advisory_lock(7)")
        await self._keeper.execute(
            "CREATE FUNCTION at_the_gate() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END'"
        )
        await self._keeper.execute(
            sql.SQL(
                "CREATE TRIGGER gate BEFORE UPDATE ON sends FOR EACH ROW WHEN (OLD.state <> NEW.state AND NEW.state = {}) "
                "EXECUTE FUNCTION at_the_gate()"
            ).format(state)
        )

    async def open(self) -> None:
        """Everybody gets through again."""
        await self._keeper.execute("SELECT pg_advisory_unlock(7)")

    async def wanted(self) -> None:
        """Waits until somebody stands before it."""
        waiting = (
            "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database() AND locktype = 'advisory' AND objid = 7 AND NOT granted"
        )
        while not await (await self._watcher.execute(waiting)).fetchone():
            await self._watcher.execute("SELECT pg_sleep(0.02)")  # leaves the processor to the worker


@asynccontextmanager
async def gate_of(house: House) -> AsyncIterator[Gate]:
    """A gate in the house's database, open."""
    url = house.servers.admin_url.replace("+psycopg", "")
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as keeper,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
    ):
        yield Gate(keeper, watcher)
