"""Rotating the key: every workspace is sealed anew, what it sealed opens as before, and nobody who reads meanwhile fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.crypto import add_key, keyring_from_file, sealed_version
from storage.database import Database, open_database
from storage.queue import ArqBell
from storage.values.access import Role
from storage.values.errors import NeedsPerson
from storage.values.ids import TenantId

SECRET = "the refresh token"


@pytest.fixture
async def memory(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A memory whose keys are in a file."""
    bell = ArqBell(redis_url)
    database = open_database(database_url, keyring_from_file(tmp_path / "keys"), bell)
    yield database
    await database.aclose()
    await bell.aclose()


async def _household(memory: Database) -> TenantId:
    async with memory.as_system() as tx:
        tenant = await tx.people.found("home")
    async with memory.acting_as(tenant) as tx:
        person = await tx.people.add("Ana", Role.ADMIN, "UTC")
        await tx.accounts.link(person, "imap", "ana@example.org", {}, SECRET)
    return tenant


async def _read(memory: Database, tenant: TenantId) -> str:
    async with memory.acting_as(tenant) as tx:
        (person,) = await tx.people.list()
        (account,) = await tx.accounts.of(person.id)
        return await tx.accounts.secret(account)


async def _rewrap(memory: Database, tenant: TenantId, path: Path) -> None:
    ring = add_key(path)
    async with memory.as_system() as tx:
        old = await tx.people.data_key(tenant)
        assert await tx.people.rewrap(tenant, old, ring.rewrapped(tenant, old))


async def test_readers_that_started_before_go_on_through_ten_rotations(memory: Database, tmp_path: Path) -> None:
    tenant = await _household(memory)
    ended = asyncio.Event()

    async def reader() -> int:
        reads = 0
        while not ended.is_set():
            assert await _read(memory, tenant) == SECRET
            reads += 1
        return reads

    readers = [asyncio.create_task(reader()) for _ in range(5)]
    for _ in range(10):
        await _rewrap(memory, tenant, tmp_path / "keys")
        assert await _read(memory, tenant) == SECRET
    ended.set()
    assert all(await asyncio.gather(*readers))
    async with memory.as_system() as tx:
        assert sealed_version(await tx.people.data_key(tenant)) == 11


async def test_two_who_rotate_at_once_do_not_lose_the_key(memory: Database, tmp_path: Path) -> None:
    tenant = await _household(memory)
    async with memory.as_system() as tx:
        old = await tx.people.data_key(tenant)
    rings = [add_key(tmp_path / "keys"), add_key(tmp_path / "keys")]
    done = []
    for ring in rings:
        async with memory.as_system() as tx:
            done.append(await tx.people.rewrap(tenant, old, ring.rewrapped(tenant, old)))
    assert done == [True, False]
    assert await _read(memory, tenant) == SECRET


async def test_without_its_key_a_workspace_says_which_is_missing(memory: Database, tmp_path: Path) -> None:
    tenant = await _household(memory)
    first = (tmp_path / "keys").read_text()
    await _rewrap(memory, tenant, tmp_path / "keys")
    (tmp_path / "keys").write_text(first)
    with pytest.raises(NeedsPerson, match="version 2 is missing"):
        await _read(memory, tenant)


def test_the_file_of_keys_stays_private(tmp_path: Path) -> None:
    keyring_from_file(tmp_path / "keys")
    add_key(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert [one.split(":")[0] for one in (tmp_path / "keys").read_text().split(",")] == ["1", "2"]
