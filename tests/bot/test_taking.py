"""What comes in is safe before its work begins: the platform hears so then, and a crash afterwards loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from agent.chat import Click, Message, Reply
from bot.desk import Desk, Visitor
from bot.pace import Pace
from bot.work import Taken, Work
from tests.fakes.openai import Holds, OpenAI, thinking_with
from tests.fakes.program import House, token


@asynccontextmanager
async def busy(house: House) -> AsyncIterator[Desk]:
    """A desk at which no further work can begin."""
    deeds, thoughts = Pace(1, held=60), Pace(1, held=60)
    async with deeds.place(), thoughts.place():
        yield Desk(house.assistant, house.delivery, deeds, thoughts)


def texts(house: House) -> list[str]:
    return [word.text for word in house.channel.words if isinstance(word, Reply)]


async def brought(desk: Desk, visitor: Visitor, said: Message | Click, name: str = "event-1") -> asyncio.Task[None]:
    """Something brought to the desk, once the desk says that it is safe."""
    safe = asyncio.Event()
    task = asyncio.create_task(desk.receive(visitor, said, name, safe.set))
    async with asyncio.timeout(10):
        await safe.wait()
    return task


async def crash(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_press_is_stored_before_it_is_done_and_done_after_a_crash(house: House) -> None:
    card = await house.draft()
    async with busy(house) as desk:
        await crash(await brought(desk, house.visitor, Click(token(card, "Reject"))))
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 1
    assert await house.one("SELECT state FROM approvals") == "pending"
    await house.desk.take_up(house.channel)
    assert await house.one("SELECT state FROM approvals") == "rejected"
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


async def test_a_command_too(house: House) -> None:
    async with busy(house) as desk:
        await crash(await brought(desk, house.visitor, Message("/inbox")))
    assert texts(house) == []
    await house.desk.take_up(house.channel)
    assert "Kiln" in texts(house)[0]


async def test_the_same_press_again_is_safe_and_does_nothing(house: House) -> None:
    card = await house.draft()
    press = Click(token(card, "Reject"))
    async with busy(house) as desk:
        first = await brought(desk, house.visitor, press)
        await (await brought(desk, house.visitor, press))
        await crash(first)
    assert await house.one("SELECT count(*) FROM events") == 1


async def test_talk_is_safe_while_the_mind_still_thinks(house: House, openai: OpenAI) -> None:
    async with AsyncExitStack() as stack:
        thinking = await stack.enter_async_context(thinking_with(house, openai))
        held = Holds()
        openai.says(held)
        first = await brought(thinking.house.desk, house.visitor, Message("first"))
        second = await brought(thinking.house.desk, house.visitor, Message("second"), "event-2")
        assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 2
        assert texts(house) == []
        await crash(first, second)


async def test_stop_waits_for_no_place(house: House) -> None:
    async with busy(house) as desk:
        await (await brought(desk, house.visitor, Message("/stop")))
    assert texts(house) == ["Nothing is running here. Drafts that wait are not sent without you."]


async def test_stop_ends_a_thought_that_waits_for_its_place(house: House) -> None:
    deeds, thoughts = Pace(1, held=60), Pace(1, held=60)
    desk = Desk(house.assistant, house.delivery, deeds, thoughts)
    async with thoughts.place():
        waiting = await brought(desk, house.visitor, Message("label Bo's mail Finance"))
        await (await brought(desk, house.visitor, Message("/stop"), "event-2"))
    await waiting
    assert texts(house) == ["Stopped; nothing was changed."]
    assert (await house.mail("Kiln")).labels == []


@pytest.mark.parametrize("said", [Message("hello"), Message("/inbox"), Message("stop"), Click("x")], ids=str)
async def test_whoever_is_refused_is_not_kept_waiting(house: House, said: Message | Click) -> None:
    await (await brought(house.desk, Visitor(house.channel, "nobody", "there"), said))
    assert len(texts(house)) == 1


async def test_what_ends_the_program_every_time_is_let_be_and_told(house: House) -> None:
    async with busy(house) as desk:
        await crash(await brought(desk, house.visitor, Message("/inbox")))
    await house.sql("UPDATE events SET tries = 3, tried_at = now() - interval '1 day'")
    await house.desk.take_up(house.channel)
    assert "so I let it be" in texts(house)[0]
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


async def test_a_platform_is_answered_in_time_though_the_taking_hangs() -> None:
    work, go_on = Work(soon=0), asyncio.Event()

    async def hanging(taken: Taken) -> None:
        await go_on.wait()
        taken()

    async with asyncio.timeout(10):
        task = await work.taken(hanging)
    assert not task.done()
    go_on.set()
    await work.all_done()
    assert task.done()
