"""Receipts: numbered per person, kept once per request, and taken back by one at a time."""

from __future__ import annotations

import asyncio

import psycopg

from storage.database import Database
from tests.storage.conftest import Household, somebody_waits


async def done(memory: Database, who: Household, words: str) -> int:
    async with memory.acting_as(who.tenant) as tx:
        return await tx.receipts.add(
            person=who.person,
            conversation=who.conversation,
            request=words,
            action="label",
            words=words,
            before={},
            reversible=True,
        )


async def last(memory: Database, who: Household) -> list[str]:
    async with memory.acting_as(who.tenant) as tx:
        return [row.words for row in await tx.receipts.standing(who.person, last=1)]


async def test_the_same_request_has_one_receipt(memory: Database, ana: Household) -> None:
    assert [await done(memory, ana, one) for one in ("first", "second", "first")] == [1, 2, 1]


async def test_who_undoes_at_the_same_time_takes_another_thing(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    """The second waits until the first has said which it takes."""
    await done(memory, ana, "first")
    await done(memory, ana, "second")
    async with memory.acting_as(ana.tenant) as tx:
        (chosen,) = await tx.receipts.standing(ana.person, last=1)
        second = asyncio.create_task(last(memory, ana))
        async with asyncio.timeout(20):
            while not second.done() and not await somebody_waits(owner):
                continue
        await tx.receipts.undo(chosen.id, "undo")
    assert chosen.words == "second"
    assert await second == ["first"]
