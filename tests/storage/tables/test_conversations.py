"""Conversations: one for each address, and the one where the person spoke last."""

from __future__ import annotations

import asyncio

from storage.database import Database
from tests.storage.conftest import Household


async def test_an_address_is_one_conversation_however_many_open_it(memory: Database, ana: Household) -> None:
    async def opened() -> object:
        async with memory.acting_as(ana.tenant) as tx:
            return await tx.conversations.open(ana.person, "slack", "C1")

    assert len(set(await asyncio.gather(*(opened() for _ in range(8))))) == 1


async def test_the_same_address_of_two_tenants_is_two_conversations(
    memory: Database, ana: Household, bo: Household
) -> None:
    found = []
    for who in (ana, bo):
        async with memory.acting_as(who.tenant) as tx:
            found.append(await tx.conversations.open(who.person, "slack", "C1"))
    assert found[0] != found[1]


async def test_the_latest_is_where_the_person_spoke_last(memory: Database, ana: Household) -> None:
    async with memory.acting_as(ana.tenant) as tx:
        newer = await tx.conversations.open(ana.person, "slack", "C1")
        silent = await tx.conversations.latest(ana.person)
        assert silent is not None
        assert silent.id == newer
        await tx.conversations.say(newer, {"content": "first"})
        await tx.conversations.say(ana.conversation, {"content": "second"})
        spoken = await tx.conversations.latest(ana.person)
        assert spoken is not None
        assert spoken.id == ana.conversation


async def test_whoever_never_spoke_has_no_latest(memory: Database, ana: Household, bo: Household) -> None:
    async with memory.acting_as(ana.tenant) as tx:
        assert await tx.conversations.latest(bo.person) is None


async def test_what_was_said_comes_in_order(memory: Database, ana: Household) -> None:
    async with memory.acting_as(ana.tenant) as tx:
        for number in range(5):
            await tx.conversations.say(ana.conversation, {"n": number})
        assert [row.body["n"] for row in await tx.conversations.said(ana.conversation, 3)] == [2, 3, 4]
