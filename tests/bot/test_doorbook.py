"""Who speaks is remembered for a breath in a running talk, and looked up afresh for everything that is pressed."""

from __future__ import annotations

import asyncio

import pytest

from bot import doorbook
from bot.doorbook import Doorbook
from storage.doors import Door
from storage.values.errors import Refused
from tests.fakes.program import House

THERE = "here"


async def test_a_running_talk_looks_once(house: House) -> None:
    book = Doorbook(house.database)
    known = await book.who(Door(house.channel.name, house.who.external, THERE))
    await house.sql("UPDATE people SET name = 'Another'")
    assert await book.who(Door(house.channel.name, house.who.external, THERE)) == known


async def test_buttons_always_look(house: House) -> None:
    book = Doorbook(house.database)
    await book.who(Door(house.channel.name, house.who.external, THERE))
    await house.sql("UPDATE people SET suspended = 'Left.'")
    with pytest.raises(Refused, match="Left"):
        await book.who(Door(house.channel.name, house.who.external, THERE), look=True)
    with pytest.raises(Refused, match="Left"):  # and what was seen then holds for talk too
        await book.who(Door(house.channel.name, house.who.external, THERE))


async def test_whoever_is_suspended_is_out_after_a_breath(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Doorbook(house.database)
    await book.who(Door(house.channel.name, house.who.external, THERE))
    await house.sql("UPDATE people SET suspended = 'Left.'")
    monkeypatch.setattr(doorbook, "FRESH", 0.0)
    with pytest.raises(Refused, match="Left"):
        await book.who(Door(house.channel.name, house.who.external, THERE))


async def test_a_stranger_stays_one_until_they_are_let_in(house: House) -> None:
    book = Doorbook(house.database)
    assert await book.who(Door(house.channel.name, "nobody", THERE)) is None
    await house.sql("UPDATE identities SET external = 'nobody'")
    assert await book.who(Door(house.channel.name, "nobody", THERE)) is not None


async def test_the_book_does_not_grow_without_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbook, "ENTRIES", 3)
    book = Doorbook(house.database)
    for number in range(10):
        await book.who(Door(house.channel.name, house.who.external, f"place {number}"))
    assert len(book._seen) <= 3


async def test_nobody_overtakes_at_a_door(house: House) -> None:
    book, told = Doorbook(house.database), []

    async def ask(number: int) -> None:
        await book.who(Door(house.channel.name, house.who.external, THERE), look=number == 1)
        told.append(number)

    await asyncio.gather(*map(ask, range(8)))
    assert told == list(range(8))
