"""A turn wakes nobody: only words that are due ring for the delivery."""

from __future__ import annotations

import psycopg

from storage.turns import Received, close_turn, open_turn
from tests.fakes.program import House


async def rings(house: House) -> tuple[int, int]:
    """How often the delivery was rung for: by a turn of talk, and by words of a job."""
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, house.channel.name, "place")
    received = Received(house.caller.tenant, house.caller.person, where, house.channel.name, "1", {"text": "hello"})
    async with await psycopg.AsyncConnection.connect(
        house.servers.admin_url.replace("+psycopg", ""), autocommit=True
    ) as watch:
        await watch.execute("LISTEN outbox")
        await open_turn(house.database, received)
        words = [{"kind": "reply", "body": {"text": "hello"}}]
        await close_turn(house.database, received, messages=[], state=b"", words=words)
        by_turn = len([one async for one in watch.notifies(timeout=0)])
        async with house.database.acting_as(house.caller) as tx:
            await tx.outbox.post(where, **words[0])  # type: ignore[arg-type]
        return by_turn, len([one async for one in watch.notifies(timeout=5, stop_after=1)])


async def test_only_words_that_are_due_ring(house: House) -> None:
    assert await rings(house) == (0, 1)
