"""Migrations: the memory's shape over time, applied by Alembic. Each step is a frozen SQL file with a way back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import UndefinedTable
from sqlalchemy.engine import make_url

from storage.database import driver_url
from storage.values.errors import Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0014"
"""The newest step. A test holds it against the files, so that starting up need not import Alembic to know."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Brings the memory at this address to the newest shape; does nothing when it is there already. The role of the
    address must own the tables and may create extensions and roles."""
    if revision == "head" and await current(url) == HEAD:
        return
    from alembic import command  # 1.3 CPU seconds, which a start without news need not pay

    await asyncio.to_thread(command.upgrade, _config(url), revision)


async def downgrade(url: str, revision: str) -> None:
    """Takes the memory back to an older shape. What only the newer one could hold is lost."""
    from alembic import command

    await asyncio.to_thread(command.downgrade, _config(url), revision)


async def current(url: str) -> str | None:
    """The step that the memory is at; None when it is empty. Unavailable when the database does not answer."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        async with await AsyncConnection.connect(address, connect_timeout=10, autocommit=True) as connection:
            row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
    except UndefinedTable:
        return None
    except OperationalError as error:
        raise Unavailable("The database does not answer; check DATABASE_URL and that the server is up.") from error
    return str(row[0]) if row else None


def _config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = driver_url(url)
    return config
