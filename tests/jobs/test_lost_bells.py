"""Redis only rings the bell: emptied, down or back again, everything that is due is done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis.asyncio

from jobs.job import Job
from jobs.runner import Runner
from jobs.timetable import reconcile
from jobs.worker import working
from storage.queue import ArqBell
from tests.fakes.program import House, Servers, letter, maildir, open_house, shown_card
from tools.toolbox import Toolbox
from tools.work import QUICK, Work

FAR = 3600.0
"""Seconds between polls: none comes while a test runs."""


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """A test that hangs says so."""
    async with asyncio.timeout(60):
        yield


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    while not await done():  # noqa: ASYNC110 - what we wait for happens in another process's database
        await asyncio.sleep(0)


async def _ask(house: House, number: int, kind: str = "touch") -> None:
    async with house.database.acting_as(house.caller) as tx:
        await tx.jobs.add(kind, QUICK.name, {"number": number}, person=house.caller.person)


class Touched:
    """A runner whose one kind of job writes down that it ran."""

    def __init__(self, house: House) -> None:
        self.numbers: list[int] = []
        self.runner = Runner(house.box, {"touch": (Work("touch", QUICK), self._touch)})

    async def _touch(self, _box: Toolbox, job: Job) -> dict[str, object]:
        self.numbers.append(job.params["number"])
        return {}


async def test_a_flushed_redis_loses_none_of_50_due_jobs(house: House) -> None:
    for number in range(50):
        await _ask(house, number)
    async with redis.asyncio.Redis.from_url(house.servers.redis_url) as client:
        assert await client.zcard(QUICK.name) >= 50
        await client.flushall()
    touched = Touched(house)
    async with _in_time(), working(touched.runner, house.servers.redis_url, FAR):
        await _until(lambda: _all_done(house))
    assert sorted(touched.numbers) == list(range(50))


async def _all_done(house: House) -> bool:
    return bool(await house.one("SELECT count(*) = 0 FROM jobs WHERE kind = 'touch' AND state <> 'completed'"))


async def test_the_reconciler_rings_for_what_is_due_and_for_the_jobs_of_the_dead(house: House) -> None:
    await house.sql("UPDATE jobs SET state = 'cancelled'")
    for number in range(3):
        await _ask(house, number)
    await house.sql("UPDATE jobs SET run_at = now() + interval '1 hour' WHERE params->>'number' = '0'")
    await house.sql(
        "UPDATE jobs SET state = 'running', lease_until = now() + interval '1 hour' WHERE params->>'number' = '1'"
    )
    assert await reconcile(house.database) == 1
    await house.sql("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE params->>'number' = '1'")
    assert await reconcile(house.database) == 2


async def test_an_action_succeeds_while_redis_is_down(servers: Servers) -> None:
    nowhere = replace(servers, redis_url="redis://127.0.0.1:1")
    async with open_house(nowhere, "maildir", maildir(servers.home / "mail", [letter()])) as house:
        answer = await house.press(await house.draft(), "Approve & send")
        assert shown_card(answer).title == "Approved by Ana Sousa, sending …"
        assert shown_card(await house.work()).title == "Sent"


async def test_a_bell_that_was_silent_rings_again(house: House, redis_line: RedisLine) -> None:
    bell = ArqBell(redis_line.url)
    await redis_line.close()
    await bell.ring(QUICK.name, house.account)
    bell._silent_until = 0.0
    await redis_line.open()
    await bell.ring(QUICK.name, house.account)
    await bell.aclose()
    async with redis.asyncio.Redis.from_url(house.servers.redis_url) as client:
        assert await client.zcard(QUICK.name) >= 1


async def test_a_worker_whose_redis_dies_comes_back_and_a_running_job_is_not_hurt(
    house: House, redis_line: RedisLine
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    outcomes: list[int] = []

    async def slow(_box: Toolbox, job: Job) -> dict[str, object]:
        begun.set()
        await go_on.wait()
        outcomes.append(job.params["number"])
        return {}

    runner = Runner(house.box, {"touch": (Work("touch", QUICK), slow)})
    async with _in_time(), working(runner, redis_line.url, FAR):
        await _ask(house, 1)
        await begun.wait()
        await redis_line.close()
        await _until(lambda: _refused(redis_line))
        go_on.set()
        await _until(lambda: _all_done(house))
        await redis_line.open()
        await _ask(house, 2)
        await _until(lambda: _all_done(house))
    assert outcomes == [1, 2]
    assert await house.one("SELECT max(attempts) FROM jobs WHERE kind = 'touch'") == 1


async def _refused(line: RedisLine) -> bool:
    return line.refused > 0


async def test_a_worker_that_ends_gives_its_job_back_at_once(house: House) -> None:
    begun = asyncio.Event()

    async def endless(_box: Toolbox, _job: Job) -> dict[str, object]:
        begun.set()
        await asyncio.Event().wait()
        return {}

    long = Work("touch", replace(QUICK, name="deskhand:long"))
    async with _in_time(), house.database.acting_as(house.caller) as tx:
        await tx.jobs.add("touch", "deskhand:long", {"number": 1}, person=house.caller.person)
    async with _in_time(), working(Runner(house.box, {"touch": (long, endless)}), house.servers.redis_url, FAR):
        await begun.wait()
    (row,) = await house.sql("SELECT state, attempts, run_at <= now() AS due FROM jobs WHERE kind = 'touch'")
    assert (row.state, row.attempts, row.due) == ("pending", 0, True)


async def test_a_worker_that_ends_lets_a_mail_on_its_way_arrive(house: House) -> None:
    begun = asyncio.Event()

    async def sending(_box: Toolbox, _job: Job) -> dict[str, object]:
        begun.set()
        while any("_listen" in repr(task.get_coro()) for task in asyncio.all_tasks()):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        return {}

    await _ask(house, 1)
    runner = Runner(house.box, {"touch": (Work("touch", QUICK), sending)})
    async with _in_time(), working(runner, house.servers.redis_url, FAR):
        await begun.wait()
    assert await _all_done(house)


async def test_a_mistake_in_one_round_does_not_end_the_timetable(house: House) -> None:
    await _ask(house, 1)
    await house.sql("ALTER TABLE accounts RENAME TO hidden")
    touched = Touched(house)
    async with _in_time(), working(touched.runner, house.servers.redis_url, 0.5):
        await _until(lambda: _all_done(house))
        await house.sql("ALTER TABLE hidden RENAME TO accounts")
        await house.sql("UPDATE jobs SET state = 'cancelled'")
        (Path(house.credentials.settings["path"]) / "new" / "clay.mail").write_bytes(letter("Clay"))
        await _until(lambda: _polls(house))


async def _polls(house: House) -> bool:
    return bool(await house.one("SELECT count(*) FROM jobs WHERE kind = 'poll_mail' AND state <> 'cancelled'"))


class RedisLine:
    """A line to the test's Valkey that can be taken away and brought back."""

    def __init__(self, target: str) -> None:
        self._path = urlsplit(target).path
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._port = 0
        self.refused = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}"

    async def open(self) -> None:
        self._server = self._server or await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self._there = True

    async def close(self) -> None:
        """Connections break, and new ones break too."""
        self._there = False
        for end in self._ends:
            end.transport.abort()

    async def end(self) -> None:
        await self.close()
        if self._server:
            self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._there:
            self.refused += 1
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_unix_connection(self._path)
        self._ends |= {writer, far_writer}
        await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer), return_exceptions=True)
        self._ends -= {writer, far_writer}
        for end in (writer, far_writer):
            end.transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(64 * 1024):
        writer.write(piece)
    writer.close()


@pytest.fixture
async def redis_line(redis_url: str) -> AsyncIterator[RedisLine]:
    line = RedisLine(redis_url)
    await line.open()
    yield line
    await line.end()
