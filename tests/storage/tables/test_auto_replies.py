"""Auto-replies: one decides about a person's at a time, so that the second mail of a sender sees the first."""

from __future__ import annotations

import asyncio
from datetime import date

import psycopg

from storage.database import Database
from tests.storage.conftest import Household, somebody_waits

TODAY = date(2026, 11, 22)


async def decides(memory: Database, who: Household) -> None:
    async with memory.acting_as(who.tenant) as tx:
        await tx.auto_replies.alone(who.person)


async def test_whoever_decides_keeps_everybody_else_waiting(
    memory: Database, ana: Household, bo: Household, owner: psycopg.AsyncConnection
) -> None:
    async with memory.acting_as(ana.tenant) as tx:
        await tx.auto_replies.alone(ana.person)
        await decides(memory, bo)  # another person's are decided about meanwhile
        second = asyncio.create_task(decides(memory, ana))
        async with asyncio.timeout(20):
            while not second.done() and not await somebody_waits(owner):
                continue
        assert not second.done()
    await second


async def test_the_day_s_replies_are_taken_to_the_last_and_given_back(memory: Database, ana: Household) -> None:
    taken = []
    for _ in range(3):
        async with memory.acting_as(ana.tenant) as tx:
            taken.append(await tx.auto_replies.count_up(ana.person, TODAY, 2))
    assert taken == [True, True, False]
    async with memory.acting_as(ana.tenant) as tx:
        await tx.auto_replies.count_down(ana.person, TODAY)
        assert await tx.auto_replies.used(ana.person, TODAY) == 1
        assert not await tx.auto_replies.count_up(ana.person, TODAY, 0)
