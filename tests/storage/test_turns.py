"""A turn's two round trips: an event is stored once, and the outcome is stored whole and once, or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from storage.database import Database
from storage.turns import WINDOW, Received, close_turn, open_turn, reopen_turn
from tests.storage.conftest import Household


def received(who: Household, external: str = "event-1", text: str = "hello") -> Received:
    return Received(who.tenant, who.person, who.conversation, "console", external, {"text": text})


def word(text: str) -> dict[str, Any]:
    return {"kind": "reply", "body": {"text": text}}


async def turn(memory: Database, who: Household, number: int) -> list[int]:
    came = received(who, f"event-{number}")
    await open_turn(memory, came)
    said = [{"role": "user", "content": f"question {number}"}, {"role": "assistant", "content": f"answer {number}"}]
    return await close_turn(memory, came, messages=said, state=b"%d" % number, words=[word(str(number))])


async def rows(owner: psycopg.AsyncConnection, statement: str) -> list[Any]:
    return list(await (await owner.execute(statement)).fetchall())  # type: ignore[arg-type]


async def test_an_event_is_new_once(memory: Database, ana: Household, bo: Household) -> None:
    assert (await open_turn(memory, received(ana))).fresh
    assert not (await open_turn(memory, received(ana))).fresh
    assert (await open_turn(memory, received(bo))).fresh
    assert (await open_turn(memory, received(ana, "event-2"))).fresh


async def test_of_many_that_come_with_the_same_event_one_is_first(memory: Database, ana: Household) -> None:
    opened = await asyncio.gather(*(open_turn(memory, received(ana)) for _ in range(20)))
    assert [one.fresh for one in opened].count(True) == 1


async def test_what_was_closed_is_what_the_next_turn_opens(memory: Database, ana: Household) -> None:
    await turn(memory, ana, 1)
    opened = await open_turn(memory, received(ana, "event-2"))
    assert opened.state == b"1"
    assert [one["content"] for one in opened.messages] == ["question 1", "answer 1"]
    assert (opened.waiting, opened.remembers, opened.stopped) == (0, False, False)


async def test_the_window_holds_the_latest_messages_in_order(memory: Database, ana: Household, bo: Household) -> None:
    await turn(memory, bo, 99)
    for number in range(WINDOW):
        await turn(memory, ana, number)
    opened = await open_turn(memory, received(ana, "last"))
    half = WINDOW // 2
    expected = [f"{kind} {number}" for number in range(half, WINDOW) for kind in ("question", "answer")]
    assert [one["content"] for one in opened.messages] == expected


async def test_words_are_numbered_in_order_and_left_to_whoever_shows_them_first(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection
) -> None:
    came = received(ana)
    await open_turn(memory, came)
    numbers = await close_turn(memory, came, messages=[], state=b"", words=[word("a"), word("b"), word("c")])
    assert numbers == sorted(numbers)
    stored = await rows(owner, "SELECT number, body->>'text', due_at > now() FROM outbox ORDER BY number")
    assert stored == list(zip(numbers, "abc", [True] * 3, strict=True))


async def test_a_turn_is_closed_once(memory: Database, ana: Household, owner: psycopg.AsyncConnection) -> None:
    came = received(ana)
    await open_turn(memory, came)
    closing = [
        close_turn(memory, came, messages=[{"n": number}], state=b"%d" % number, words=[word("x")])
        for number in range(9)
    ]
    assert sorted(len(numbers) for numbers in await asyncio.gather(*closing)) == [0] * 8 + [1]
    ((said, state),) = await rows(owner, "SELECT m.body->>'n', c.state FROM messages m JOIN conversations c ON true")
    assert said.encode() == state


@pytest.mark.parametrize("table", ["messages", "outbox", "conversations", "events"])
async def test_a_failure_while_closing_stores_nothing_and_the_next_turn_works(
    memory: Database, ana: Household, owner: psycopg.AsyncConnection, table: str
) -> None:
    came = received(ana)
    await open_turn(memory, came)
    await owner.execute(
        f"""CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''broken''; END';
        CREATE TRIGGER breaks BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION breaks()"""  # type: ignore[arg-type]
    )
    with pytest.raises(psycopg.Error, match="broken"):
        await close_turn(memory, came, messages=[{"content": "x"}], state=b"1", words=[word("x")])
    await owner.execute("DROP FUNCTION breaks CASCADE")
    for empty in ("messages", "outbox", "conversations WHERE state IS NOT NULL", "events WHERE done_at IS NOT NULL"):
        assert await rows(owner, f"SELECT 1 FROM {empty}") == []  # noqa: S608
    assert await close_turn(memory, came, messages=[{"content": "x"}], state=b"1", words=[word("x")])


async def test_what_cannot_be_stored_breaks_no_connection(memory: Database, ana: Household) -> None:
    for number in range(8):
        with pytest.raises(psycopg.Error):
            await open_turn(memory, received(ana, f"event-{number}", "\x00"))
    assert (await open_turn(memory, received(ana))).fresh


async def test_without_a_new_state_the_old_one_stays(memory: Database, ana: Household) -> None:
    await turn(memory, ana, 1)
    came = received(ana, "event-2")
    await open_turn(memory, came)
    await close_turn(memory, came, messages=[], state=None, words=[word("x")])
    assert (await open_turn(memory, received(ana, "event-3"))).state == b"1"


async def test_a_stop_is_seen_by_what_came_before_it_only(memory: Database, ana: Household) -> None:
    early, late = received(ana, "early"), received(ana, "late")
    await open_turn(memory, early)
    async with memory.acting_as(ana.tenant) as tx:
        await tx.conversations.stop(ana.conversation)
    await open_turn(memory, late)
    assert (await reopen_turn(memory, early)).stopped
    assert not (await reopen_turn(memory, late)).stopped
    async with memory.acting_as(ana.tenant) as tx:
        assert (await tx.events.stopped_since(early.event), await tx.events.stopped_since(late.event)) == (True, False)


async def test_open_events_come_back_in_the_order_of_arrival(memory: Database, ana: Household, bo: Household) -> None:
    waiting = [received(who, f"event-{number}") for number in range(5) for who in (ana, bo)]
    for one in reversed(waiting):
        await open_turn(memory, one)
    await close_turn(memory, waiting[0], messages=[], state=b"", words=[word("x")])
    async with memory.as_system() as tx:
        assert [row.id for row in await tx.events.open("console")] == [one.event for one in waiting[1:]]
        assert {row.address for row in await tx.events.open("console", "bo")} == {"bo"}
        assert await tx.events.open("slack") == []


async def test_a_turn_of_somebody_else_is_not_to_be_opened(memory: Database, ana: Household, bo: Household) -> None:
    """The tenant that is named, not the conversation, decides what is seen."""
    await turn(memory, ana, 1)
    stranger = Received(bo.tenant, bo.person, ana.conversation, "console", "event-9", {"text": "hello"})
    opened = await open_turn(memory, stranger)
    assert (list(opened.messages), opened.state) == ([], None)
