"""Events: known for ever, so that nothing is answered twice; their words until they are answered; and not taken up for ever."""

from __future__ import annotations

import psycopg
import pytest

from storage.database import Database
from storage.tables.events import TRIES
from storage.turns import Received, close_turn, open_turn
from storage.values.errors import Refused
from storage.values.ids import EventId, new_id
from tests.storage.conftest import Household

FORM = {"click": "token", "fields": {"password": "correct horse"}}


async def received(memory: Database, who: Household, external: str = "e1") -> EventId:
    event = EventId(new_id())
    async with memory.acting_as(who.tenant) as tx:
        assert await tx.events.receive(event, who.person, who.conversation, "console", external, FORM)
    return event


async def take_up(memory: Database, who: Household, event: EventId) -> None:
    async with memory.acting_as(who.tenant) as tx:
        await tx.events.take_up(event)


async def test_what_was_filled_in_is_kept_until_it_is_answered_and_no_longer(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    event = await received(memory, ana)
    async with memory.as_system() as tx:
        assert [row.body for row in await tx.events.open("console")] == [FORM]
    async with memory.acting_as(ana.tenant) as tx:
        await tx.events.done(event)
    found = await (await owner.execute("SELECT * FROM events")).fetchall()
    assert "horse" not in str(found)
    async with memory.acting_as(ana.tenant) as tx:
        assert not await tx.events.receive(event, ana.person, ana.conversation, "console", "e1", FORM)


async def test_nor_are_the_words_of_a_turn(memory: Database, ana: Household, owner: psycopg.AsyncConnection) -> None:
    said = Received(ana.tenant, ana.person, ana.conversation, "console", "e1", {"text": "the vault is behind the kiln"})
    await open_turn(memory, said)
    await close_turn(memory, said, messages=[], state=None, words=[{"kind": "reply", "body": {"text": "I see."}}])
    ((body,),) = await (await owner.execute("SELECT body FROM events")).fetchall()
    assert body == {}


async def test_an_event_that_ends_the_program_each_time_is_set_aside_in_words(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    event = await received(memory, ana)
    for _ in range(TRIES):
        await take_up(memory, ana, event)
        await owner.execute("UPDATE events SET tried_at = tried_at - interval '1 minute'")
    with pytest.raises(Refused, match="say it again in other words"):
        await take_up(memory, ana, event)


async def test_processes_that_start_together_make_one_try(memory: Database, ana: Household) -> None:
    event = await received(memory, ana)
    for _ in range(TRIES + 5):
        await take_up(memory, ana, event)
