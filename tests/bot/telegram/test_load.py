"""Two hundred presses and a hundred people at once: nothing is lost, nothing is doubled, and everybody is answered."""

from __future__ import annotations

import asyncio
import json

import httpx

from tests.fakes.program import House
from tests.fakes.telegram_driver import SECRET, TelegramTalk

HEAD = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


async def brought(talk: TelegramTalk) -> list[int]:
    """Everything that waits, all at once."""
    waiting = [talk.world.updates.popleft() for _ in range(len(talk.world.updates))]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(talk.app)) as client:  # type: ignore[arg-type]
        posts = (
            client.post("https://deskhand.example/telegram/webhook", content=json.dumps(one), headers=HEAD)
            for one in waiting
        )
        answers = await asyncio.gather(*posts)
    await talk.platform.work.all_done()
    return [one.status_code for one in answers]


async def test_two_hundred_presses_at_once_are_one_decision_and_all_are_answered(
    talk: TelegramTalk, house: House
) -> None:
    talk.world.query_lives = 3_600.0  # its clock leaps by what 200 paced words wait, which here takes no time
    await talk.say("reply to Bo that Thursday works")
    card = talk.posts[-1]
    approve = next(one["callback_data"] for one in card.buttons if one["text"] == "Approve & send")
    for _ in range(200):
        talk.world.press(talk.who, card, approve)
    assert await brought(talk) == [200] * 200
    assert all(one.answer is not None for one in talk.world.queries.values())
    await talk.work()
    assert len(house.sent()) == 1
    assert talk.world.flood.disobeyed == []


async def test_forty_people_at_once_are_each_answered_once(talk: TelegramTalk, house: House) -> None:
    people = [talk.world.person(9_000 + number, f"Person {number}") for number in range(40)]
    async with house.database.acting_as(house.caller) as tx:
        for who in people:
            person = await tx.people.add(who["first_name"], house.caller.role, "UTC")
            await tx.people.name_on("telegram", str(who["id"]), person)
    for who in people:
        talk.world.say(who, "/help")
    assert await brought(talk) == [200] * 40
    assert [len(talk.world.shown(who["id"])) for who in people] == [1] * 40
    assert talk.server.refusals == []
