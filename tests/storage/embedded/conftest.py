"""Homes of embedded services for tests, made quickly, and real child processes that use them."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from storage.embedded import open_postgres
from storage.embedded.accounts import Account, as_account
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey

Query = Callable[..., list[tuple[Any, ...]]]
Spawn = Callable[..., Awaitable[asyncio.subprocess.Process]]

USER = """
import asyncio, sys
from contextlib import ExitStack
from pathlib import Path
from storage.embedded import open_services

async def main():
    async with open_services(Path(sys.argv[1]), durable=False) as services:
        print(services.database_url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(scope="session")
async def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped home to copy: making a cluster takes a second, copying one a tenth."""
    home = tmp_path_factory.mktemp("made") / "home"
    async with open_postgres(home, durable=False):
        pass
    return home


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Iterator[Path]:
    """A home whose cluster is made and whose services are stopped."""
    copy = tmp_path / "home"
    subprocess.run(["/bin/cp", "-a", made_home, copy], check=True)
    yield copy
    shutil.rmtree(copy, ignore_errors=True)  # pytest keeps the folders of three runs


@pytest.fixture
def query() -> Query:
    """Asks a database one thing over a connection of its own."""

    def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    return ask


@pytest.fixture
def running() -> Callable[[Path], bool]:
    """Whether any service of a home is running."""

    def look(home: Path) -> bool:
        folder = home.resolve() / "services"
        return Postgres(folder).alive() or Valkey(folder).alive()

    return look


@pytest.fixture
def stranger() -> Iterator[Callable[[Account | None], subprocess.Popen[bytes]]]:
    """Starts a process that has nothing to do with us, of some account."""
    with ExitStack() as strangers:

        def start(account: Account | None) -> subprocess.Popen[bytes]:
            process = strangers.enter_context(subprocess.Popen(["/bin/sleep", "600"], **as_account(account)))
            strangers.callback(process.kill)
            return process

        yield start


@pytest.fixture
async def spawn() -> AsyncIterator[Spawn]:
    """Starts another process that opens the services of a home; returns when it has them. SIGINT makes it leave."""
    children: list[asyncio.subprocess.Process] = []

    async def start(home: Path, program: str = USER, **how: Any) -> asyncio.subprocess.Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            str(home),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            **how,
        )
        children.append(child)
        assert child.stdout is not None
        if not await child.stdout.readline():
            _, complaint = await child.communicate()
            pytest.fail(complaint.decode())
        return child

    yield start
    for child in children:
        if child.returncode is None:
            child.send_signal(signal.SIGINT)
        await child.communicate()
