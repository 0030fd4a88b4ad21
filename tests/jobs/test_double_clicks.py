"""Many press at once, in two processes, and two workers do the same jobs at once: one effect each, and everybody is told."""

from __future__ import annotations

import asyncio

from agent.chat import Card, Click, Reply, Update, Word
from bot.desk import Visitor
from tests.fakes.program import House, Recorder, token

CLICKS = 200


async def _pressed(house: House, card: Card) -> Word:
    """What somebody is told who presses in a room of their own."""
    room = Recorder()
    visitor = Visitor(room, house.who.external, f"room {card.id}")
    await house.desk.receive(visitor, Click(token(card, "Approve & send")))
    (word,) = room.words
    return word


async def test_200_simultaneous_double_clicks_are_200_sends_and_every_second_is_told(house: House) -> None:
    cards = [await house.draft(f"Answer {number}.", prepared=True) for number in range(CLICKS)]
    async with house.beside() as other:
        words = await asyncio.gather(*[_pressed(one, card) for card in cards for one in (house, other)])
        await asyncio.gather(house.runner.drain(), other.runner.drain())
    assert sum(isinstance(word, Card | Update) for word in words) == CLICKS
    late = [word.text for word in words if isinstance(word, Reply)]
    assert len(late) == CLICKS
    assert all("approved already, by you" in text for text in late)
    assert len(house.sent()) == CLICKS
    assert await house.one("SELECT count(*) FROM sends WHERE state = 'sent'") == CLICKS
    assert await house.one("SELECT count(*) FROM receipts WHERE action = 'send'") == CLICKS


async def test_of_all_the_buttons_of_a_card_one_is_heard(house: House) -> None:
    card = await house.draft()
    labels = ["Approve & send", "Reject"] * 5
    async with house.beside() as other:
        await asyncio.gather(*[one.press(card, label) for label in labels for one in (house, other)])
        words = [*house.channel.words, *other.channel.words]
    assert sum(isinstance(word, Card | Update) for word in words) == 1
    await house.work()
    state = await house.one("SELECT state FROM approvals")
    assert len(house.sent()) == (state == "approved")


async def test_a_double_click_on_edit_makes_one_new_draft(house: House) -> None:
    card = await house.draft()
    async with house.beside() as other:
        await asyncio.gather(*[one.press(card, "Edit", {"body": "Friday works."}) for one in (house, other) * 3])
    assert await house.one("SELECT count(*) FROM approvals WHERE state = 'pending'") == 1


async def test_two_workers_do_every_due_job_once(house: House) -> None:
    for number in range(20):
        await house.press(await house.draft(f"Answer {number}."), "Approve & send")
    async with house.beside() as other:
        ran = await asyncio.gather(*[one.runner.drain(queues=frozenset({"deskhand:quick"})) for one in (house, other)])
    assert sum(ran) == 20
    assert len(house.sent()) == 20
