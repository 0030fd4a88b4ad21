"""Who starts, who uses, who stops: the rules, on a server that only counts."""

from __future__ import annotations

import asyncio
import fcntl
import threading
from pathlib import Path

import pytest

from storage.embedded.sharing import Share, held
from storage.values.errors import Refused, Unavailable


class Counter:
    """A server without a process."""

    name = "counter"

    def __init__(self) -> None:
        self.up = False
        self.starts = 0
        self.started = asyncio.Event()
        self.failures = 0

    def answers(self) -> bool:
        return self.up

    def alive(self) -> bool:
        return self.up

    def start(self) -> None:
        self.starts += 1
        if self.failures:
            self.failures -= 1
            raise Unavailable("not today")
        self.up = True

    def stop(self) -> None:
        self.up = False


async def test_the_first_starts_it_and_the_last_stops_it(tmp_path):
    server = Counter()
    async with held(server, tmp_path):
        async with held(server, tmp_path):
            assert server.starts == 1
        assert server.up
    assert not server.up


async def test_an_earlier_user_may_leave_first(tmp_path):
    server = Counter()
    first, second = Share(server, tmp_path), Share(server, tmp_path)
    first.enter()
    second.enter()
    first.leave()
    assert server.up
    second.leave()
    assert not server.up


async def test_fifty_at_once_start_it_once(tmp_path):
    server = Counter()
    shares = [Share(server, tmp_path) for _ in range(50)]
    await asyncio.gather(*(asyncio.to_thread(share.enter) for share in shares))
    assert server.starts == 1
    await asyncio.gather(*(asyncio.to_thread(share.leave) for share in shares))
    assert not server.up


async def test_a_start_that_fails_leaves_nothing_held(tmp_path):
    server = Counter()
    server.failures = 1
    with pytest.raises(Unavailable, match="not today"):
        async with held(server, tmp_path):
            pass
    async with held(server, tmp_path):
        assert server.up
    assert not server.up


async def test_cancelled_in_mid_start_it_is_stopped_again(tmp_path):
    server, starting, go_on = Counter(), threading.Event(), threading.Event()
    begin = server.start

    def slow_start() -> None:
        starting.set()
        go_on.wait()
        begin()

    server.start = slow_start

    async def use() -> None:
        async with held(server, tmp_path):
            pytest.fail("the cancellation was lost")

    task = asyncio.create_task(use())
    await asyncio.to_thread(starting.wait)
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server.starts == 1
    assert not server.up


async def test_cancelled_while_in_use_it_is_stopped(tmp_path):
    server, inside = Counter(), asyncio.Event()

    async def use() -> None:
        async with held(server, tmp_path):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(use())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not server.up


async def test_killed_while_in_use_it_is_started_again(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.embedded.sharing.PULSE", 0)
    server, loop = Counter(), asyncio.get_running_loop()
    back = asyncio.Event()
    begin = server.start

    def start() -> None:
        begin()
        if server.starts == 4:
            loop.call_soon_threadsafe(back.set)

    server.start = start
    async with held(server, tmp_path):
        server.failures = 2
        server.up = False
        await asyncio.wait_for(back.wait(), 30)
        assert server.up


async def test_somebody_who_never_ends_starting_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.embedded.sharing.PATIENCE", 0)
    lock = tmp_path / "counter.changing"
    lock.write_text("4711")
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="running already, pid 4711"):
            Share(Counter(), tmp_path).enter()


def test_the_locks_are_ours_alone(tmp_path: Path):
    share = Share(Counter(), tmp_path)
    share.enter()
    share.leave()
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
