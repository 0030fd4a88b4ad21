"""From a platform's name for somebody to the person and their conversation, in one look."""

from __future__ import annotations

import asyncio

import pytest

from bot.household import CHANNEL
from storage.doors import Door, who_is
from storage.values.access import Role
from storage.values.errors import Refused
from tests.fakes.program import House


async def test_a_new_place_becomes_a_conversation_once(house: House) -> None:
    looks = [who_is(house.database, Door(CHANNEL, house.who.external, "a new place")) for _ in range(4)]
    found = {known for known in await asyncio.gather(*looks)}
    assert len(found) == 1
    assert next(iter(found))[0] == house.caller
    assert await house.one("SELECT count(*) FROM conversations WHERE address = 'a new place'") == 1


async def test_the_suspended_open_no_conversation(house: House) -> None:
    await house.sql("UPDATE people SET suspended = 'Left.'")
    with pytest.raises(Refused, match="Left"):
        await who_is(house.database, Door(CHANNEL, house.who.external, "a new place"))
    assert await house.one("SELECT count(*) FROM conversations WHERE address = 'a new place'") == 0


async def test_the_same_place_in_another_workspace_is_another_conversation(house: House) -> None:
    async with house.database.as_system() as tx:
        tenant = await tx.people.found("elsewhere")
    async with house.database.acting_as(tenant) as tx:
        person = await tx.people.add("Bo", Role.USER, "UTC")
        await tx.people.name_on(CHANNEL, "bo", person)
    ours = await who_is(house.database, Door(CHANNEL, house.who.external, "place"))
    theirs = await who_is(house.database, Door(CHANNEL, "bo", "place"))
    assert ours is not None
    assert theirs is not None
    assert theirs[0].tenant == tenant
    assert ours[1] != theirs[1]


async def test_a_look_leaves_the_connection_nobodys(house: House) -> None:
    for external in (house.who.external, "nobody"):
        await who_is(house.database, Door(CHANNEL, external, "place"))
        async with house.database.driver() as connection:
            row = await (await connection.execute("SELECT count(*) FROM people")).fetchone()
        assert row == (0,)
