"""The audit chain: written with the action, never changed by the program, and any change by others is found by its number."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from storage.database import Database
from storage.tables.audit import _link
from tests.storage.conftest import Household


async def sign(memory: Database, who: Household, *actions: str) -> None:
    for action in actions:
        async with memory.acting_as(who.tenant) as tx:
            await tx.audit.sign(who.person, action, "test:1", {"what": action}, origin="test")


async def first_bad(memory: Database, who: Household) -> int | None:
    async with memory.acting_as(who.tenant) as tx:
        return await tx.audit.first_bad()


async def test_rows_are_numbered_and_the_chain_holds(memory: Database, ana: Household, bo: Household) -> None:
    await sign(memory, ana, "one", "two")
    await sign(memory, bo, "other")
    await sign(memory, ana, "three")
    async with memory.acting_as(ana.tenant) as tx:
        rows = await tx.audit.list(10)
        assert [(row.number, row.action) for row in rows] == [(3, "three"), (2, "two"), (1, "one")]
        assert await tx.audit.details(rows[0]) == {"what": "three"}
    assert await first_bad(memory, ana) is None
    assert await first_bad(memory, bo) is None


async def test_many_that_sign_at_once_make_one_chain(memory: Database, ana: Household) -> None:
    await asyncio.gather(*(sign(memory, ana, f"action {number}") for number in range(20)))
    async with memory.acting_as(ana.tenant) as tx:
        assert [row.number for row in await tx.audit.list(100)] == list(range(20, 0, -1))
    assert await first_bad(memory, ana) is None


async def test_an_action_that_fails_is_not_in_the_audit(memory: Database, ana: Household) -> None:
    with pytest.raises(ProgrammingError):
        async with memory.acting_as(ana.tenant) as tx:
            await tx.audit.sign(ana.person, "failed", "test:1", {}, origin="test")
            await tx.run(text("SELECT nonsense"))
    await sign(memory, ana, "done")
    async with memory.acting_as(ana.tenant) as tx:
        assert [row.action for row in await tx.audit.list(10)] == ["done"]


async def test_details_are_sealed(memory: Database, ana: Household, owner: psycopg.AsyncConnection) -> None:
    await sign(memory, ana, "confidential")
    ((details,),) = await (await owner.execute("SELECT details FROM audit")).fetchall()
    assert b"confidential" not in bytes(details)


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_program_cannot_change_the_audit(memory: Database, ana: Household, statement: str) -> None:
    await sign(memory, ana, "one")
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with memory.acting_as(ana.tenant) as tx:
            await tx.run(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_its_owner_cannot_change_the_audit_by_mistake(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection, statement: str
) -> None:
    await sign(memory, ana, "one")
    with pytest.raises(psycopg.errors.RaiseException, match="only be added to"):
        await owner.execute(statement)  # type: ignore[arg-type]


TAMPERING = {
    "UPDATE audit SET action = 'approved' WHERE number = 3": 3,
    "UPDATE audit SET person = gen_random_uuid() WHERE number = 3": 3,
    "UPDATE audit SET resource = 'test:2' WHERE number = 3": 3,
    "UPDATE audit SET origin = 'elsewhere' WHERE number = 3": 3,
    "UPDATE audit SET at = at + interval '1 microsecond' WHERE number = 3": 3,
    "UPDATE audit SET details = details || '\\x00' WHERE number = 3": 3,
    "UPDATE audit SET details = (SELECT details FROM audit WHERE number = 2) WHERE number = 3": 3,
    "UPDATE audit SET entry = gen_random_uuid() WHERE number = 3": 3,
    "UPDATE audit SET hash = sha256('x') WHERE number = 3": 3,
    "UPDATE audit SET tenant = gen_random_uuid() WHERE number = 3": 3,
    "DELETE FROM audit WHERE number = 1": 1,
    "DELETE FROM audit WHERE number = 3": 3,
    "DELETE FROM audit WHERE number BETWEEN 2 AND 4": 2,
    "UPDATE audit SET number = number + 10 WHERE number >= 3": 3,
    "UPDATE audit SET number = -number WHERE number IN (2, 4)": 1,
    "WITH gone AS (DELETE FROM audit WHERE number = 2) UPDATE audit SET number = number - 1 WHERE number > 2": 2,
}


@pytest.mark.parametrize(("statement", "number"), TAMPERING.items())
async def test_whoever_gets_past_the_guards_is_found_by_the_number(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection, statement: str, number: int
) -> None:
    await sign(memory, ana, "one", "two", "three", "four", "five")
    await owner.execute("ALTER TABLE audit DISABLE TRIGGER ALL")
    await owner.execute("ALTER TABLE audit DROP CONSTRAINT pk_audit")
    await owner.execute(statement)  # type: ignore[arg-type]
    assert await first_bad(memory, ana) == number


async def test_a_chain_that_was_made_anew_around_a_gap_is_found(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    await sign(memory, ana, "one", "two", "three")
    await owner.execute("ALTER TABLE audit DISABLE TRIGGER ALL")
    await owner.execute("DELETE FROM audit WHERE number = 2")
    async with memory.acting_as(ana.tenant) as tx:
        last, first = await tx.audit.list(10)
    await owner.execute("UPDATE audit SET hash = %s WHERE number = 3", [_link(first.hash, last._asdict())])
    assert await first_bad(memory, ana) == 2


async def test_a_row_that_was_written_anew_with_its_own_hash_is_found_at_the_next(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    await sign(memory, ana, "one", "two", "three")
    await owner.execute("ALTER TABLE audit DISABLE TRIGGER ALL")
    async with memory.acting_as(ana.tenant) as tx:
        _third, second, first = await tx.audit.list(10)
    forged = _link(first.hash, second._asdict() | {"action": "nothing"})
    await owner.execute("UPDATE audit SET action = 'nothing', hash = %s WHERE number = 2", [forged])
    assert await first_bad(memory, ana) == 3


async def test_two_rows_that_changed_places_are_found(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    await sign(memory, ana, "one", "two", "three", "four")
    await owner.execute("ALTER TABLE audit DISABLE TRIGGER ALL")
    await owner.execute("ALTER TABLE audit DROP CONSTRAINT pk_audit")
    await owner.execute("UPDATE audit SET number = 5 - number WHERE number IN (2, 3)")
    assert await first_bad(memory, ana) == 2


async def test_a_chain_that_was_copied_to_another_tenant_is_found(
    memory: Database, ana: Household, bo: Household, owner: psycopg.AsyncConnection
) -> None:
    await sign(memory, ana, "one", "two")
    copied = "SELECT %s, number, entry, person, action, resource, origin, details, at, hash FROM audit"
    await owner.execute(f"INSERT INTO audit {copied}", [bo.tenant])  # type: ignore[arg-type]
    assert await first_bad(memory, bo) == 1


async def test_a_second_row_of_the_same_number_cannot_be_slipped_in(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    await sign(memory, ana, "one")
    with pytest.raises(psycopg.errors.UniqueViolation):
        await owner.execute("INSERT INTO audit SELECT * FROM audit")


async def test_signing_needs_the_database(memory: Database, ana: Household, owner: psycopg.AsyncConnection) -> None:
    """The action and its audit are one: when the audit cannot be written, the action is not done."""
    await owner.execute("REVOKE INSERT ON audit FROM deskhand_app")
    with pytest.raises(DBAPIError):
        async with memory.acting_as(ana.tenant) as tx:
            await tx.conversations.open(ana.person, "console", "new")
            await tx.audit.sign(ana.person, "opened", "test:1", {}, origin="test")
    async with memory.acting_as(ana.tenant) as tx:
        assert len(await tx.all(text("SELECT 1 FROM conversations"))) == 1
