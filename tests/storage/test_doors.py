"""From a platform's name for somebody to the person and their conversation, in one look."""

from __future__ import annotations

import asyncio

import pytest

from bot.household import CHANNEL
from storage.doors import Door, take, who_is
from storage.values.access import Role
from storage.values.errors import Refused
from storage.values.ids import EventId, new_id
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


async def test_what_somebody_brings_is_stored_once_as_theirs(house: House) -> None:
    door = Door(CHANNEL, house.who.external, "a new place")
    taken = await asyncio.gather(
        *(take(house.database, door, EventId(new_id()), "event-1", {"text": "/inbox"}) for _ in range(4))
    )
    assert sorted(one is not None and one.fresh for one in taken) == [False, False, False, True]
    assert await house.one("SELECT count(*) FROM events") == 1
    assert await house.one("SELECT body->>'text' FROM events") == "/inbox"
    assert await house.one("SELECT person FROM events") == house.caller.person


async def test_what_strangers_and_the_suspended_bring_is_not_stored(house: House) -> None:
    event = EventId(new_id())
    assert await take(house.database, Door(CHANNEL, "nobody", "place"), event, "event-1", {"text": "x"}) is None
    await house.sql("UPDATE people SET suspended = 'Left.'")
    with pytest.raises(Refused, match="Left"):
        await take(house.database, Door(CHANNEL, house.who.external, "place"), event, "event-1", {"text": "x"})
    assert await house.one("SELECT count(*) FROM events") == 0
