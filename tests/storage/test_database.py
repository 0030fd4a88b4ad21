"""The way in: it heals when the server drops its lines, says when it is down, and rings only after the commit."""

from __future__ import annotations

import asyncio
import os
import resource

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, open_database
from storage.turns import open_turn
from storage.values.errors import Unavailable
from storage.values.ids import new_id
from tests.storage.conftest import Bells, Household
from tests.storage.test_turns import received

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def warm(memory: Database, who: Household, lines: int) -> None:
    """Opens this many connections at once, which then lie idle in the pool."""

    async def use() -> None:
        async with memory.acting_as(who.tenant) as tx:
            await tx.run(text("SELECT pg_sleep(0.01)"))

    await asyncio.gather(*(use() for _ in range(lines)))


async def all_gone(owner: psycopg.AsyncConnection) -> None:
    await owner.execute(KILL)
    async with asyncio.timeout(10):
        while await (
            await owner.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).fetchall():
            continue


async def test_the_pool_heals_when_the_server_drops_every_idle_line(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    await warm(memory, ana, 5)
    await all_gone(owner)
    for _ in range(6):
        async with memory.acting_as(ana.tenant) as tx:
            assert len(await tx.people.list()) == 1
    await warm(memory, ana, 5)


async def test_a_turn_is_opened_on_a_pool_of_dead_lines(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    await warm(memory, ana, 5)
    await all_gone(owner)
    assert all([(await open_turn(memory, received(ana, str(number)))).fresh for number in range(6)])


async def test_a_line_that_breaks_in_the_middle_is_unavailable_and_the_next_works(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    with pytest.raises(Unavailable, match="try again"):
        async with memory.acting_as(ana.tenant) as tx:
            await owner.execute(KILL)
            await tx.people.list()
    with pytest.raises(Unavailable, match="try again"):
        async with memory.driver() as connection:
            await owner.execute(KILL)
            await connection.execute("SELECT 1")
    async with memory.acting_as(ana.tenant) as tx:
        assert len(await tx.people.list()) == 1


async def test_a_server_that_is_not_there_is_unavailable(memory: Database) -> None:
    away = open_database("postgresql://nobody@127.0.0.1:1/nothing", memory.keyring, Bells())
    with pytest.raises(Unavailable, match="did not answer"):
        async with away.as_system():
            raise AssertionError
    with pytest.raises(Unavailable, match="did not answer"):
        async with away.driver():
            raise AssertionError
    await away.aclose()


async def test_a_process_with_very_many_files_open_still_checks_its_lines(memory: Database, ana: Household) -> None:
    """`select` takes no number above 1,023."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 2_048), hard), hard))
    nulls = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_030)]
    try:
        for _ in range(2):
            await warm(memory, ana, 3)
    finally:
        for one in nulls:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_what_is_too_big_for_the_database_is_not_tried_again(memory: Database, ana: Household) -> None:
    with pytest.raises(DBAPIError):
        async with memory.acting_as(ana.tenant) as tx:
            await tx.run(text(f"SELECT {'(' * 100_000}1{')' * 100_000}"))


async def test_the_bell_rings_after_the_commit_and_not_without_one(memory: Database, ana: Household) -> None:
    assert isinstance(memory.bell, Bells)
    async with memory.acting_as(ana.tenant) as tx:
        job = await tx.jobs.add("work", "queue", {}, person=ana.person)
        assert memory.bell.rung == []
    assert memory.bell.rung == [("queue", job)]
    with pytest.raises(ZeroDivisionError):
        await _adds_and_fails(memory, ana)
    assert memory.bell.rung == [("queue", job)]


async def _adds_and_fails(memory: Database, who: Household) -> None:
    async with memory.acting_as(who.tenant) as tx:
        await tx.jobs.add("work", "queue", {}, person=who.person)
        raise ZeroDivisionError


async def test_a_tenant_that_is_not_known_opens_no_secret(memory: Database) -> None:
    async with memory.acting_as(new_id()) as tx:
        with pytest.raises(Exception, match="not known here"):
            await tx.seal(new_id(), "test", "secret")


async def test_a_secret_of_one_tenant_does_not_open_for_another(
    memory: Database, ana: Household, bo: Household
) -> None:
    row = new_id()
    async with memory.acting_as(ana.tenant) as tx:
        sealed = await tx.seal(row, "test", "secret")
        assert await tx.open(row, "test", sealed) == b"secret"
    async with memory.acting_as(bo.tenant) as tx:
        with pytest.raises(Exception, match="does not open"):
            await tx.open(row, "test", sealed)


async def test_nothing_waits_for_a_line_for_ever(database_url: str, memory: Database) -> None:
    """A pool whose lines are all in use says so."""
    small = open_database(database_url, memory.keyring, Bells(), pool_size=2)
    small.engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    async with small.as_system(), small.as_system():
        with pytest.raises(Unavailable, match="did not answer"):
            async with small.as_system():
                raise AssertionError
    await small.aclose()


async def test_what_people_write_stands_in_no_error(memory: Database, ana: Household) -> None:
    """Errors go to the log."""
    with pytest.raises(DBAPIError) as error:
        async with memory.acting_as(ana.tenant) as tx:
            await tx.run(text("SELECT nonsense, :words"), {"words": "the vault is behind the kiln"})
    assert "vault" not in str(error.value)
