"""The memory's shape: up, down and up again, and what the code believes is what the database has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import storage.transaction  # noqa: F401 - knows every table
from storage import migrations
from storage.base import metadata
from storage.database import driver_url
from storage.values.errors import Unavailable
from tests.conftest import TestServer

FOLDER = Path(migrations.__file__).parent


@pytest.fixture
async def empty(postgres: TestServer) -> AsyncIterator[str]:
    """A database that nobody has migrated."""
    name = f"empty_{postgres.worker}"
    await postgres.connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
    await postgres.connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")  # type: ignore[arg-type]
    yield postgres.named(name).admin_url
    await postgres.connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


async def shape(url: str) -> list[Any]:
    """Tables with their columns, indexes, policies, triggers and functions, as the database tells them."""
    statements = (
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        "SELECT tablename, policyname, qual FROM pg_policies",
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname FROM pg_proc WHERE proname IN ('audit_is_append_only', 'outbox_has_words')",
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'deskhand_app'",
    )
    async with await psycopg.AsyncConnection.connect(url.replace("+psycopg", "")) as connection:
        return [sorted(map(str, await (await connection.execute(one)).fetchall())) for one in statements]


async def test_up_and_down_and_up_again_is_the_same_shape(empty: str) -> None:
    await migrations.upgrade(empty)
    first = await shape(empty)
    await migrations.downgrade(empty, "base")
    assert await migrations.current(empty) is None
    assert not any(one for one in (await shape(empty))[:5])
    await migrations.upgrade(empty)
    assert await shape(empty) == first
    assert await migrations.current(empty) == migrations.HEAD


async def test_upgrading_what_is_up_to_date_does_nothing(empty: str) -> None:
    await migrations.upgrade(empty)
    before = await shape(empty)
    await migrations.upgrade(empty)
    assert await shape(empty) == before


def test_the_newest_step_that_the_code_names_is_the_newest_file() -> None:
    assert ScriptDirectory(str(FOLDER)).get_heads() == [migrations.HEAD]


def test_what_the_code_believes_is_what_the_database_has(admin_url: str) -> None:
    def ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
        return not (kind == "table" and reflected and str(name).startswith("checkpoint"))

    engine = create_engine(driver_url(admin_url))
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_a_database_that_is_down_is_told_in_words() -> None:
    with pytest.raises(Unavailable, match="check DATABASE_URL"):
        await migrations.upgrade("postgresql://nobody@127.0.0.1:1/nothing")
