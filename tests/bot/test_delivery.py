"""Delivery: every word of the outbox arrives, in the order of its conversation, whatever the channel goes through."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.chat import Reply, Word, to_row
from bot.delivery import LEASE, Delivery
from storage.values.errors import Refused, Unavailable
from storage.values.ids import ConversationId
from tests.fakes.program import House, Recorder


async def _room(house: House, address: str = "room") -> ConversationId:
    async with house.database.acting_as(house.caller) as tx:
        return await tx.conversations.open(house.caller.person, house.channel.name, address)


async def _post(house: House, texts: Iterable[object], address: str = "room") -> None:
    where = await _room(house, address)
    async with house.database.acting_as(house.caller) as tx:
        for text in texts:
            await tx.outbox.post(where, **to_row(Reply(str(text))))


def _delivery(house: House, channel: Recorder | None = None) -> Delivery:
    channel = channel or house.channel
    return Delivery(house.database, {channel.name: channel})


def _texts(channel: Recorder) -> list[str]:
    return [word.text for word in channel.words if isinstance(word, Reply)]


async def _later(house: House) -> None:
    """The waits are over, without waiting."""
    await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")


async def test_words_arrive_once_and_in_order(house: House) -> None:
    await _post(house, range(120))
    delivery = _delivery(house)
    while await delivery.flush():
        pass
    assert _texts(house.channel) == [str(number) for number in range(120)]
    assert await house.one("SELECT count(*) FROM outbox WHERE delivered_at IS NULL") == 0


async def test_after_a_failure_of_the_channel_all_arrive_in_order(house: House) -> None:
    await _post(house, range(5))
    house.channel.trouble = Unavailable("The chat is down.")
    delivery = _delivery(house)
    assert await delivery.flush() == 0
    house.channel.trouble = None
    await _post(house, [5])
    assert await delivery.flush() == 0, "nobody overtakes the word that waits"
    await _later(house)
    while await delivery.flush():
        pass
    assert _texts(house.channel) == ["0", "1", "2", "3", "4", "5"]


@dataclass
class Stumbling(Recorder):
    """A channel that takes so many words and then is down."""

    takes: int = 0

    async def send(self, address: str, word: Word) -> None:
        if len(self.words) == self.takes:
            raise Unavailable("The chat is down.")
        await super().send(address, word)


async def test_a_failure_in_the_middle_repeats_nothing(house: House) -> None:
    await _post(house, range(6))
    channel = Stumbling(takes=2)
    delivery = _delivery(house, channel)
    assert await delivery.flush() == 2
    channel.takes = 100
    await _later(house)
    assert await delivery.flush() == 4
    assert _texts(channel) == ["0", "1", "2", "3", "4", "5"]


@dataclass
class Blinking(Recorder):
    """A channel that is away for one word and back for the next."""

    calls: int = 0

    async def send(self, address: str, word: Word) -> None:
        self.calls += 1
        if self.calls == 2:
            raise Unavailable("The chat is down.")
        await super().send(address, word)


async def test_a_blink_of_the_channel_lets_nobody_overtake(house: House) -> None:
    await _post(house, range(4))
    channel = Blinking()
    delivery = _delivery(house, channel)
    assert await delivery.flush() == 1
    await _later(house)
    assert await delivery.flush() == 3
    assert _texts(channel) == ["0", "1", "2", "3"]


async def test_one_conversation_s_trouble_does_not_hold_up_another(house: House) -> None:
    @dataclass
    class Half(Recorder):
        async def send(self, address: str, word: Word) -> None:
            if address == "deaf":
                raise Unavailable("This chat is down.")
            await super().send(address, word)

    await _post(house, ["a", "b"], "deaf")
    await _post(house, ["c"], "open")
    channel = Half()
    await _delivery(house, channel).flush()
    assert _texts(channel) == ["c"]


async def test_a_word_that_the_channel_chokes_on_is_set_aside_and_the_rest_goes_on(house: House) -> None:
    @dataclass
    class Choking(Recorder):
        tried: int = 0

        async def send(self, address: str, word: Word) -> None:
            if word == Reply("poison"):
                self.tried += 1
                raise Refused("That is no message.")
            await super().send(address, word)

    await _post(house, ["poison", "food"])
    channel = Choking()
    delivery = _delivery(house, channel)
    await delivery.flush()
    await _post(house, ["more"])
    await delivery.flush()
    assert _texts(channel) == ["food", "more"]
    for _ in range(20):
        await _later(house)
        await delivery.flush()
    assert channel.tried == 12


async def test_waits_grow_and_the_channel_s_own_wish_is_kept(house: House) -> None:
    await _post(house, ["a"])
    house.channel.trouble = Unavailable("Down.")
    waits = []
    for _ in range(3):
        await _delivery(house).flush()
        waits.append(await house.one("SELECT extract(epoch FROM due_at - now())::int FROM outbox"))
        await _later(house)
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


@dataclass
class Slow(Recorder):
    """A channel that holds a word in its hands until it is told to go on."""

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, address: str, word: Word) -> None:
        self.begun.set()
        await self.go_on.wait()
        await super().send(address, word)


async def test_two_deliveries_carry_each_word_once_and_none_overtakes(house: House) -> None:
    await _post(house, range(60))
    slow = Slow()
    first = asyncio.create_task(_delivery(house, slow).flush())
    await slow.begun.wait()
    assert await _delivery(house).flush() == 0, "ten are left, but they come after those in the other's hands"
    slow.go_on.set()
    assert await first == 50
    assert await _delivery(house).flush() == 10
    assert [*_texts(slow), *_texts(house.channel)] == [str(number) for number in range(60)]


async def test_two_deliveries_at_once_deliver_once(house: House) -> None:
    for room in range(10):
        await _post(house, range(5), f"room {room}")
    async with house.beside() as other:
        one, two = _delivery(house), _delivery(other)
        while any(await asyncio.gather(one.flush(), two.flush())):
            pass
        texts = [*_texts(house.channel), *_texts(other.channel)]
    assert sorted(texts) == sorted(str(number) for number in [*range(5)] * 10)


async def test_the_words_of_a_dead_delivery_come_again(house: House) -> None:
    await _post(house, ["a"])
    async with house.database.as_system() as tx:
        assert len(await tx.outbox.take([house.channel.name], LEASE, 50)) == 1
    assert await _delivery(house).flush() == 0
    await _later(house)
    assert await _delivery(house).flush() == 1


async def test_a_terminal_carries_its_own_words_only(house: House) -> None:
    await _post(house, ["mine"], "here")
    await _post(house, ["theirs"], "there")
    await Delivery(house.database, {house.channel.name: house.channel}, "here").flush()
    assert _texts(house.channel) == ["mine"]


async def test_words_are_carried_as_soon_as_they_are_committed(house: House) -> None:
    arrived = asyncio.Event()

    @dataclass
    class Waiting(Recorder):
        async def send(self, address: str, word: Word) -> None:
            await super().send(address, word)
            arrived.set()

    async with asyncio.timeout(30), _delivery(house, Waiting()).running():
        await _post(house, ["a"])
        await arrived.wait()
