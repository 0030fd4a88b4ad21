"""Showing: a card is redrawn in every chat that shows it, wherever it is decided; one that is gone is shown anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.chat import Card, Click, Message, Update, Word
from bot.channel import GoneError
from bot.delivery import Delivery
from bot.desk import Visitor
from tests.bot.test_strangers import code_of
from tests.fakes.program import House, Recorder, shown_card, token


@dataclass
class Room(Recorder):
    """A channel whose messages have names, and can be deleted."""

    name: str = "slack"
    deleted: bool = False
    edits: list[tuple[str, Card]] = field(default_factory=list)

    async def send(self, address: str, word: Word) -> str:
        await super().send(address, word)
        return f"message {len(self.words)}"

    async def edit(self, address: str, shown: str, card: Card) -> None:
        if self.deleted:
            raise GoneError
        self.edits.append((shown, card))


async def _elsewhere(house: House) -> tuple[Room, Visitor, Delivery]:
    room = Room()
    visitor = Visitor(room, "T1:U7", "T1:D7")
    await house.desk.receive(visitor, Message(await code_of(house)))
    return room, visitor, Delivery(house.database, {"slack": room})


async def _carried(delivery: Delivery) -> None:
    while await delivery.flush():
        pass


async def test_a_card_that_is_decided_on_one_channel_settles_on_all(house: House) -> None:
    room, visitor, delivery = await _elsewhere(house)
    card = await house.draft()
    await house.desk.receive(visitor, Message("/approvals"))
    there = shown_card(room.words)
    assert there.id == card.id
    await house.desk.receive(visitor, Click(token(there, "Approve & send")))
    here = await house.work()
    assert [type(word) for word in here] == [Update, Update]
    await _carried(delivery)
    assert shown_card(here).title == "Sent"
    assert [(shown, one.title) for shown, one in room.edits] == [
        ("message 2", "Approved by Ana Sousa, sending …"),
        ("message 2", "Sent"),
    ]
    assert len(house.sent()) == 1


async def test_who_presses_on_the_other_channel_is_told_that_it_was_decided(house: House) -> None:
    room, visitor, _ = await _elsewhere(house)
    card = await house.draft()
    await house.press(card, "Reject")
    await house.desk.receive(visitor, Click(token(card, "Approve & send")))
    assert "rejected already, by you" in room.words[-1].text
    assert house.sent() == []


async def test_a_card_whose_message_was_deleted_is_shown_anew(house: House) -> None:
    room, visitor, _ = await _elsewhere(house)
    await house.draft()
    await house.desk.receive(visitor, Message("/approvals"))
    room.deleted = True
    await house.desk.receive(visitor, Click(token(shown_card(room.words), "Reject")))
    assert shown_card(room.words).title.startswith("Rejected by")
    room.deleted = False
    assert await house.one(
        "SELECT external FROM shown JOIN conversations c ON c.id = conversation WHERE c.channel = 'slack'"
    )


async def test_what_happens_by_itself_is_told_on_the_channel_that_was_chosen(house: House) -> None:
    await _elsewhere(house)
    await house.say("/settings notify slack")
    await house.say("hello")
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.latest(house.caller.person)
    assert where is not None
    assert where.channel == "slack"
    await house.say("/settings notify last")
    await house.say("hello")
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.latest(house.caller.person)
    assert where is not None
    assert where.channel == "console"
