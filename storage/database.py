"""Database: the way in. Every transaction acts as somebody, and row-level security shows it that tenant's rows only."""

from __future__ import annotations

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection as Driver
from psycopg import OperationalError
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.crypto import Keyring
from storage.queue import Bell
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.errors import Unavailable

APP_ROLE = "deskhand_app"
"""The role that the program works as: it owns nothing and cannot bypass row-level security."""

_ACT = text("SELECT set_config('app.tenant', :tenant, true), set_config('app.system', :system, true)")


class Database:
    """The pool of connections and the keys. Opened once per process, closed with `aclose`."""

    def __init__(self, engine: AsyncEngine, keyring: Keyring, bell: Bell) -> None:
        self.engine = engine
        self.keyring = keyring
        self.bell = bell

    @asynccontextmanager
    async def acting_as(self, caller: Caller | UUID) -> AsyncIterator[Transaction]:
        """A transaction that sees and writes one tenant's rows; committed at the end, rolled back on an error."""
        tenant = caller.tenant if isinstance(caller, Caller) else caller
        async with self._connected() as connection, connection.begin():
            await connection.execute(_ACT, {"tenant": str(tenant), "system": ""})
            transaction = Transaction(connection, self.keyring, tenant)
            yield transaction
        for queue, job in transaction.due:
            await self.bell.ring(queue, job)

    @asynccontextmanager
    async def as_system(self) -> AsyncIterator[Transaction]:
        """A transaction that sees the routing tables of all tenants (who is who, due jobs, waiting words, accounts to
        poll) and nothing of what people wrote or were sent."""
        async with self._connected() as connection, connection.begin():
            await connection.execute(_ACT, {"tenant": "", "system": "yes"})
            yield Transaction(connection, self.keyring, None)

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[Driver[Any]]:
        """A bare psycopg connection in autocommit mode, for what needs a pipeline or LISTEN."""
        async with self._connected() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            yield raw.driver_connection

    @asynccontextmanager
    async def driver_as(self, tenant: UUID) -> AsyncIterator[Driver[Any]]:
        """A bare connection that acts for one tenant until it is given back."""
        async with self.driver() as connection:
            await connection.execute("SELECT set_config('app.tenant', %s, false)", (str(tenant),))
            try:
                yield connection
            finally:
                await connection.execute("SELECT set_config('app.tenant', '', false)")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            if error.connection_invalidated or _away(error.orig):
                raise Unavailable("The database did not answer; please try again in a moment.") from error
            raise
        except (TimeoutError, OperationalError) as error:
            raise Unavailable("The database did not answer; please try again in a moment.") from error

    async def aclose(self) -> None:
        """Closes the pool."""
        await self.engine.dispose()


def open_database(url: str, keyring: Keyring, bell: Bell, *, pool_size: int = 20) -> Database:
    """Connects lazily. `url` is a `postgresql+psycopg://` address; `postgresql://` is understood as the same."""
    engine = create_async_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,  # what overflows is closed when it is given back: in a rush everybody would wait for connecting
        pool_timeout=30,
        hide_parameters=True,  # what people write does not belong into logs
        connect_args={"options": f"-c role={APP_ROLE} -c timezone=UTC", "connect_timeout": 10},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead_connection)
    return Database(engine, keyring, bell)


def _away(error: object) -> bool:
    """Whether the database is away or busy, and the same may work later. What is too big for it (class 54) never will."""
    return isinstance(error, OperationalError) and not (error.sqlstate or "").startswith("54")


def driver_url(url: str) -> str:
    """The address with the driver that we use."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)


def _refuse_dead_connection(connection: Any, record: Any, proxy: Any) -> None:
    """An idle connection with something to read has been closed by the server: the pool then makes a new one. This asks
    the socket, not the server, so that a check costs no round trip."""
    driver = connection.driver_connection
    if driver.closed or _has_news(driver.fileno()):
        raise DisconnectionError


def _has_news(line: int) -> bool:
    news = select.poll()  # `select` takes no number above 1,023, and a busy process has such
    news.register(line, select.POLLIN)
    return bool(news.poll(0))
