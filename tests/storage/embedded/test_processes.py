"""Several real processes on one home: they share, and whatever way they end, nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.embedded import open_services
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey

PID_FILES = {Postgres: "postgres/data/postmaster.pid", Valkey: "valkey/valkey.pid"}


def pid_in(name: str, home: Path) -> int:
    return int((home / "services" / name).read_text().split("\n")[0])


LEFT_OPEN = """
import sys
from pathlib import Path
from storage.embedded.postgres import Postgres
from storage.embedded.sharing import Share

folder = Path(sys.argv[1]) / "services"
Share(Postgres(folder, durable=False), folder).enter()
assert Postgres(folder).alive()
"""


async def test_a_second_process_uses_what_the_first_started(home, spawn, query, running):
    first = await spawn(home)
    async with open_services(home, durable=False) as services:
        first.send_signal(signal.SIGINT)
        await first.communicate()
        assert query(services.database_url, "SELECT 1") == [(1,)]
    assert not running(home)


async def test_the_one_who_started_it_may_be_the_last(home, spawn, running):
    async with open_services(home, durable=False):
        second = await spawn(home)
        second.send_signal(signal.SIGINT)
        await second.communicate()
        assert running(home)
    assert not running(home)


async def test_interrupted_a_process_leaves_nothing_running(home, spawn, running):
    only = await spawn(home)
    only.send_signal(signal.SIGINT)
    await only.communicate()
    assert not running(home)


async def test_after_an_owner_was_killed_the_next_finds_the_server_and_stops_it(home, spawn, query, running):
    owner = await spawn(home)
    server = Postgres(home.resolve() / "services")
    owner.kill()
    await owner.communicate()
    assert server.alive()
    async with open_services(home, durable=False) as services:
        assert query(services.database_url, "SELECT 1") == [(1,)]
    assert not running(home)


async def test_owner_and_servers_killed_together_the_next_starts_anew(home, spawn, query, running):
    owner = await spawn(home)
    for victim in (owner.pid, *map(pid_in, PID_FILES.values(), [home] * 2)):
        os.kill(victim, signal.SIGKILL)
    await owner.communicate()
    async with open_services(home, durable=False) as services:
        assert query(services.database_url, "SELECT 1") == [(1,)]
    assert not running(home)


def test_an_interpreter_that_ends_without_leaving_stops_the_server(home, running):
    done = subprocess.run([sys.executable, "-c", LEFT_OPEN, str(home)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not running(home)


def test_a_forked_child_does_not_leave_for_its_parent(home, running):
    program = (
        LEFT_OPEN + "\nimport os\nif os.fork() == 0:\n    sys.exit()\nos.wait()\nassert Postgres(folder).alive()\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not running(home)


@pytest.mark.parametrize("server", [Postgres, Valkey])
async def test_a_killed_server_comes_back_under_its_users(home, server, monkeypatch):
    monkeypatch.setattr("storage.embedded.sharing.PULSE", 0.01)
    async with open_services(home, durable=False), asyncio.timeout(60):
        killed = pid_in(PID_FILES[server], home)
        os.kill(killed, signal.SIGKILL)
        while not await asyncio.to_thread(server(home / "services").answers):
            pass
        assert pid_in(PID_FILES[server], home) != killed
