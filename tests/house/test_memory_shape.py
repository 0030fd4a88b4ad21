"""The memory's shape: what the migrations make is what the code knows, and every tenant sees its own rows only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import storage.transaction  # noqa: F401 - knows every table
from storage import migrations
from storage.base import metadata
from storage.database import driver_url

VERSIONS = Path(migrations.__file__).parent / "versions"
SYSTEM = {
    "accounts",
    "conversations",
    "events",
    "identities",
    "installations",
    "jobs",
    "link_codes",
    "outbox",
    "tenants",
}
"""The tables that the system's own work sees across tenants: routing, and nothing that people wrote."""

LANGGRAPH = {"checkpoints", "checkpoint_blobs", "checkpoint_writes", "checkpoint_migrations"}


async def _rows(url: str, question: str) -> list[tuple[Any, ...]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(plain) as connection:
        return await (await connection.execute(question)).fetchall()


async def _shape(url: str) -> list[tuple[Any, ...]]:
    columns = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public'"
    policies = "SELECT tablename, policyname, qual, '' FROM pg_policies"
    return sorted([*await _rows(url, columns), *await _rows(url, policies)])


def test_the_newest_step_is_the_newest_file() -> None:
    steps = sorted(path.stem.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))
    assert steps[-1] == migrations.HEAD
    assert len(steps) == len(set(steps))


async def test_the_code_and_the_migrations_know_the_same_tables(admin_url: str) -> None:
    engine = create_async_engine(driver_url(admin_url))
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


def _differences(connection: Any) -> list[Any]:
    def ours(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or (name not in LANGGRAPH and name != "alembic_version")

    context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
    return compare_metadata(context, metadata)


async def test_down_to_nothing_and_up_again_gives_the_same_shape(admin_url: str) -> None:
    before = await _shape(admin_url)
    await migrations.downgrade(admin_url, "base")
    assert await migrations.current(admin_url) is None
    assert {row[0] for row in await _shape(admin_url)} == {"alembic_version"}
    await migrations.upgrade(admin_url)
    assert await _shape(admin_url) == before


async def test_every_table_with_a_tenant_shows_its_own_rows_only(admin_url: str) -> None:
    with_tenant = {
        row[0]
        for row in await _rows(
            admin_url, "SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant'"
        )
    }
    forced = {
        row[0]
        for row in await _rows(admin_url, "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    }
    own = {
        row[0]: row[1]
        for row in await _rows(admin_url, "SELECT tablename, qual FROM pg_policies WHERE policyname = 'own_tenant'")
    }
    assert forced == own.keys() == with_tenant | {"tenants"}
    assert all("app.tenant" in rule for rule in own.values())


async def test_the_system_sees_the_routing_tables_and_nothing_else(admin_url: str) -> None:
    policies = await _rows(admin_url, "SELECT tablename, policyname, cmd, qual FROM pg_policies")
    assert {row[0] for row in policies if "app.system" in row[3]} == SYSTEM
    assert {row[1] for row in policies} == {"own_tenant", "routing"}


async def test_the_program_s_role_cannot_go_round_the_rules(admin_url: str) -> None:
    question = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'deskhand_app'"
    assert await _rows(admin_url, question) == [(False, False, False, False)]
    owned = "SELECT tablename FROM pg_tables WHERE tableowner = 'deskhand_app'"
    assert await _rows(admin_url, owned) == []


async def test_the_audit_can_only_be_added_to(admin_url: str) -> None:
    granted = (
        "SELECT privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = 'deskhand_app' AND table_name = 'audit'"
    )
    assert sorted(await _rows(admin_url, granted)) == [("INSERT",), ("SELECT",)]


def test_langgraph_wants_no_newer_tables_than_we_made() -> None:
    """Its saver is never asked to set up its tables; when it learns a new step, so must a migration of ours."""
    frozen = re.search(r"generate_series\(0, (\d+)\)", (VERSIONS / "0001_foundation.sql").read_text("utf-8"))
    assert frozen is not None
    assert len(AsyncPostgresSaver.MIGRATIONS) == int(frozen[1]) + 1


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_table_of_ours_says_whose_rows_they_are(table: str) -> None:
    assert table == "tenants" or "tenant" in metadata.tables[table].columns
