"""What every test may ask for: a database and a Valkey of its own, and the folder of shared data.

One Postgres serves the whole run: the workers of pytest-xdist share it as the processes of Deskhand share theirs, and the
last to finish stops it. A test gets a copy of the migrated database (20 ms); a worker has its own Valkey, emptied per test.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
import redis.asyncio
import structlog
from sqlalchemy.engine import make_url

from storage import migrations
from storage.embedded import Database, open_postgres, open_valkey

pytest_plugins = [
    "tests.fakes.mail",
    "tests.fakes.program",
    "tests.fakes.mail_house",
    "tests.fakes.openai",
    "tests.fakes.google_house",
    "tests.fakes.tally",
]

structlog.configure([structlog.processors.format_exc_info, structlog.dev.ConsoleRenderer(colors=False)])
"""Plain tracebacks, as the program writes them: structlog's own, with the values of all names, take seconds each."""

_TEMPLATE = "migrated"
_numbers = count()


@dataclass(frozen=True)
class TestServer:
    """The run's Postgres, with a connection that makes and drops databases."""

    __test__ = False

    database: Database
    connection: psycopg.AsyncConnection
    worker: str

    def named(self, name: str) -> Database:
        """The addresses of another database on this server."""
        return Database(_renamed(self.database.database_url, name), _renamed(self.database.admin_url, name))


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> AsyncIterator[TestServer]:
    """The Postgres of this run, with a migrated database to copy from."""
    own = tmp_path_factory.getbasetemp()
    run = own if worker_id == "master" else own.parent
    async with open_postgres(run / "services", durable=False) as database:
        maintenance = make_url(_renamed(database.admin_url, "postgres")).set(drivername="postgresql")
        async with await psycopg.AsyncConnection.connect(
            maintenance.render_as_string(hide_password=False), autocommit=True
        ) as connection:
            server = TestServer(database, connection, worker_id)
            await _make_template(server)
            yield server


@pytest.fixture
async def database(postgres: TestServer) -> AsyncIterator[Database]:
    """A migrated and empty database that nobody else uses."""
    name = f"test_{postgres.worker}_{next(_numbers)}"
    await postgres.connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
    yield postgres.named(name)
    await postgres.connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(database: Database) -> str:
    """The test's database for the program: row-level security binds."""
    return database.database_url


@pytest.fixture
def admin_url(database: Database) -> str:
    """The same database for its owner: for migrations and for looking behind the curtain."""
    return database.admin_url


@pytest.fixture(scope="session")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The Valkey of this worker."""
    async with open_valkey(tmp_path_factory.getbasetemp() / "valkey") as url:
        yield url


@pytest.fixture
async def redis_url(valkey: str) -> str:
    """An empty Valkey that no other worker uses."""
    async with redis.asyncio.Redis.from_url(valkey) as client:
        await client.flushall()
    return valkey


@pytest.fixture(scope="session")
def data() -> Path:
    """The shared data: $DESKHAND_DATA, or ../shared/data beside the checkout. Needs the marker `needs_data`."""
    checkout = Path(__file__).resolve().parent.parent
    folder = Path(os.environ.get("DESKHAND_DATA") or checkout.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"there is no shared data in {folder}; set DESKHAND_DATA to the folder that has it")
    return folder


async def _make_template(server: TestServer) -> None:
    """By the first worker; the others wait for its lock and find it done."""
    run = server.connection.execute
    await run("SELECT pg_advisory_lock(1)")
    if not await (await run("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE])).fetchone():
        await run("DROP DATABASE IF EXISTS migrating")
        await run(f"CREATE DATABASE migrating TEMPLATE {make_url(server.database.admin_url).database}")
        await migrations.upgrade(server.named("migrating").admin_url)
        await run(f"ALTER DATABASE migrating RENAME TO {_TEMPLATE}")
    await run("SELECT pg_advisory_unlock(1)")


def _renamed(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
