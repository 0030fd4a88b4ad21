"""Row-level security: raw SQL as the program's role sees one tenant, or nothing, or the system's routing tables."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

import storage.transaction  # noqa: F401 - knows every table
from storage.base import metadata
from storage.database import Database
from storage.values.errors import Refused
from storage.values.ids import new_id
from tests.storage.conftest import Household

CHECKPOINTS = ["checkpoints", "checkpoint_blobs", "checkpoint_writes"]
TABLES = sorted([*metadata.tables, *CHECKPOINTS])
ROUTING = {
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
"""What the system sees of all tenants: who is who, and what is due."""


@pytest.fixture
async def filled(owner: psycopg.AsyncConnection, ana: Household, bo: Household) -> None:
    """One row at least of each tenant in every table, whatever its columns."""
    await owner.execute("SET session_replication_role = replica")  # no foreign keys
    for table in TABLES:
        for tenant in (ana.tenant, bo.tenant):
            columns = await _columns(owner, table)
            if table == "tenants":
                continue
            values = {name: _value(kind) for name, kind in columns.items()} | {"tenant": tenant}
            await owner.execute(
                sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join(sql.Placeholder() for _ in values),
                ),
                list(values.values()),
            )
    await owner.execute("SET session_replication_role = DEFAULT")


async def _columns(owner: psycopg.AsyncConnection, table: str) -> dict[str, str]:
    """The columns that must be given."""
    found = await owner.execute(
        "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' "
        "AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'",
        [table],
    )
    return {name: kind for name, kind in await found.fetchall()}


def _value(kind: str) -> Any:
    values = {
        "uuid": new_id(),
        "varchar": str(new_id()),
        "text": str(new_id()),
        "timestamptz": "2026-01-01T00:00:00Z",
        "jsonb": "{}",
        "bytea": new_id().bytes,
        "bool": False,
        "date": "2026-01-01",
        "_varchar": [],
        "_uuid": [],
        "_int4": [],
        "halfvec": f"[{','.join(['0'] * 384)}]",
    }
    return values.get(kind, 1)


async def seen(memory: Database, table: str, who: Household | None, *, system: bool = False) -> set[Any]:
    """The tenants whose rows raw SQL shows."""
    column = "id" if table == "tenants" else "tenant"
    async with memory.as_system() if system else memory.acting_as(who.tenant if who else new_id()) as tx:
        rows = await tx.run(text(f"SELECT DISTINCT {column} FROM {table}"))  # noqa: S608
        return {row[0] for row in rows}


@pytest.mark.usefixtures("filled")
class TestEveryTable:
    @pytest.mark.parametrize("table", TABLES)
    async def test_shows_a_tenant_its_own_rows_only(
        self, memory: Database, ana: Household, bo: Household, table: str
    ) -> None:
        assert await seen(memory, table, ana) == {ana.tenant}
        assert await seen(memory, table, bo) == {bo.tenant}
        assert await seen(memory, table, None) == set()

    @pytest.mark.parametrize("table", TABLES)
    async def test_shows_the_system_the_routing_tables_only(
        self, memory: Database, ana: Household, bo: Household, table: str
    ) -> None:
        everybody = {ana.tenant, bo.tenant}
        assert await seen(memory, table, None, system=True) == (everybody if table in ROUTING else set())

    @pytest.mark.parametrize("table", [one for one in TABLES if one != "audit"])
    async def test_lets_nobody_change_or_remove_what_is_another_tenants(
        self, memory: Database, owner: psycopg.AsyncConnection, ana: Household, bo: Household, table: str
    ) -> None:
        column = "id" if table == "tenants" else "tenant"
        async with memory.acting_as(ana.tenant) as tx:
            name = await _some_column(owner, table)
            changed = await tx.run(text(f"UPDATE {table} SET {name} = {name} WHERE {column} = '{bo.tenant}'"))  # noqa: S608
            removed = await tx.run(text(f"DELETE FROM {table} WHERE {column} = '{bo.tenant}'"))  # noqa: S608
            assert (changed.rowcount, removed.rowcount) == (0, 0)

    @pytest.mark.parametrize("table", [one for one in TABLES if one not in ("audit", "tenants")])
    async def test_takes_no_row_for_another_tenant(
        self, memory: Database, ana: Household, bo: Household, table: str
    ) -> None:
        with pytest.raises(ProgrammingError, match="row-level security"):
            async with memory.acting_as(ana.tenant) as tx:
                await tx.run(text(f"UPDATE {table} SET tenant = '{bo.tenant}'"))  # noqa: S608


async def _some_column(owner: psycopg.AsyncConnection, table: str) -> str:
    row = await owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' "
        "AND is_identity = 'NO' LIMIT 1",
        [table],
    )
    ((name,),) = await row.fetchall()
    return str(name)


async def test_every_table_of_the_database_is_bound_even_for_its_owner(owner: psycopg.AsyncConnection) -> None:
    """A table that somebody adds and forgets to bind fails here."""
    rows = await owner.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert {name for (name,) in await rows.fetchall()} == {"alembic_version", "checkpoint_migrations"}


async def test_a_connection_without_a_tenant_sees_nothing(memory: Database, ana: Household) -> None:
    async with memory.driver() as connection:
        for table in TABLES:
            found = await connection.execute(f"SELECT 1 FROM {table}")  # type: ignore[arg-type]  # noqa: S608
            assert await found.fetchall() == []


async def test_a_tenant_that_was_named_on_a_connection_is_forgotten_when_it_is_given_back(
    memory: Database, ana: Household
) -> None:
    async with memory.driver_as(ana.tenant) as connection:
        assert await (await connection.execute("SELECT 1 FROM people")).fetchall()
    async with memory.driver() as connection:
        assert not await (await connection.execute("SELECT 1 FROM people")).fetchall()


async def test_the_system_must_name_somebody_to_see_what_is_theirs(memory: Database) -> None:
    async with memory.as_system() as tx:
        with pytest.raises(Refused, match="needs a person"):
            tx.tenant  # noqa: B018


async def test_the_program_cannot_become_the_owner(memory: Database) -> None:
    async with memory.driver() as connection:
        await connection.execute("RESET ROLE")
        found = await connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert await found.fetchone() == (False,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("ALTER TABLE people NO FORCE ROW LEVEL SECURITY")


async def test_an_error_rolls_everything_back(memory: Database, ana: Household) -> None:
    with pytest.raises(ProgrammingError):
        async with memory.acting_as(ana.tenant) as tx:
            await tx.conversations.open(ana.person, "console", "new")
            await tx.run(text("SELECT nonsense"))
    async with memory.acting_as(ana.tenant) as tx:
        assert len(await tx.all(text("SELECT 1 FROM conversations"))) == 1
