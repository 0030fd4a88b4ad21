"""Fixtures of the memory: a database that is open, with two tenants in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import pytest

from storage.crypto import keyring_from_text
from storage.database import Database, open_database
from storage.values.access import Role
from storage.values.ids import ConversationId, PersonId, TenantId

KEY = "1:" + "ab" * 32


@dataclass
class Bells:
    """A bell that writes down what it rang for."""

    rung: list[tuple[str, UUID]] = field(default_factory=list)

    async def ring(self, queue: str, job: UUID) -> None:
        self.rung.append((queue, job))


@dataclass(frozen=True)
class Household:
    """A tenant with one person and one conversation."""

    tenant: TenantId
    person: PersonId
    conversation: ConversationId


@pytest.fixture
async def memory(database_url: str) -> AsyncIterator[Database]:
    """The memory, as the program opens it."""
    memory = open_database(database_url, keyring_from_text(KEY), Bells(), pool_size=5)
    yield memory
    await memory.aclose()


async def settle(memory: Database, name: str) -> Household:
    """A new tenant."""
    async with memory.as_system() as tx:
        tenant = await tx.people.found(name)
    async with memory.acting_as(tenant) as tx:
        person = await tx.people.add(name, Role.USER, "UTC")
        await tx.people.name_on("console", name, person)
        return Household(tenant, person, await tx.conversations.open(person, "console", name))


@pytest.fixture
async def ana(memory: Database) -> Household:
    """One tenant."""
    return await settle(memory, "ana")


@pytest.fixture
async def bo(memory: Database) -> Household:
    """Another, who must not see the first."""
    return await settle(memory, "bo")


@pytest.fixture
async def owner(admin_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Behind the curtain: the database's superuser."""
    url = admin_url.replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


async def somebody_waits(owner: psycopg.AsyncConnection) -> bool:
    """Whether a transaction of this database waits for another one."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    ((count,),) = await (await owner.execute(waiting)).fetchall()
    return bool(count)
