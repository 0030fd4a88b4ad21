"""Pace: Telegram's limits are kept before it has to say so, and when it does, there is silence for exactly that long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram.ext import ExtBot

from bot.telegram.opening import open_bot
from bot.telegram.pace import PATIENCE, Pace
from storage.values.errors import Unavailable
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram.world import TOKEN

GROUP = -100_200


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[ExtBot[None]]:
    """A bot whose clock is the server's."""
    clock = telegram.world.clock
    pace = Pace(now=clock.now, sleep=clock.sleep)
    async with open_bot(TOKEN, telegram.base_url, telegram.file_url, pace) as bot:
        yield bot


def people(server: TelegramServer, count: int) -> list[int]:
    for number in range(1, count + 1):
        server.world.say(server.world.person(number), "hello")
    return list(range(1, count + 1))


async def test_one_chat_gets_one_message_a_second_in_order(telegram: TelegramServer, bot: ExtBot[None]) -> None:
    people(telegram, 1)
    begun = telegram.world.clock.now()
    await asyncio.gather(*(bot.send_message(1, f"word {number}") for number in range(10)))
    assert telegram.world.flood.told == 0
    assert [post.text for post in telegram.world.shown(1)] == [f"word {number}" for number in range(10)]
    assert 9 <= telegram.world.clock.now() - begun < 12


async def test_all_together_get_thirty_a_second(telegram: TelegramServer, bot: ExtBot[None]) -> None:
    chats = people(telegram, 100)
    await asyncio.gather(*(bot.send_message(chat, "hello") for chat in chats))
    assert telegram.world.flood.told == 0
    assert all(len(telegram.world.shown(chat)) == 1 for chat in chats)


async def test_a_group_gets_twenty_a_minute(telegram: TelegramServer, bot: ExtBot[None]) -> None:
    telegram.world.group(GROUP)
    for number in range(20):
        await bot.send_message(GROUP, f"word {number}")
    with pytest.raises(Unavailable) as trouble:
        await bot.send_message(GROUP, "one too many")
    assert trouble.value.retry_after is not None
    telegram.world.clock.at += trouble.value.retry_after.total_seconds()
    await bot.send_message(GROUP, "now")
    assert telegram.world.flood.told == 0


async def test_a_short_silence_is_kept_here(telegram: TelegramServer, bot: ExtBot[None]) -> None:
    people(telegram, 2)
    telegram.world.flood.hold(7)
    await bot.send_message(1, "hello")
    assert (telegram.world.flood.told, telegram.world.flood.disobeyed) == (1, [])
    assert telegram.world.shown(1)[0].text == "hello"


async def test_a_long_silence_goes_back_to_the_outbox_and_holds_for_every_chat(
    telegram: TelegramServer, bot: ExtBot[None]
) -> None:
    people(telegram, 3)
    telegram.world.flood.hold(120)
    with pytest.raises(Unavailable) as trouble:
        await bot.send_message(1, "hello")
    assert trouble.value.retry_after is not None
    assert timedelta(seconds=120) <= trouble.value.retry_after < timedelta(seconds=122)
    before = len(telegram.calls)
    for chat in (1, 2, 3):
        with pytest.raises(Unavailable):
            await bot.send_message(chat, "hello")
        with pytest.raises(Unavailable):
            await bot.send_chat_action(chat, "typing")
    assert len(telegram.calls) == before, "no call inside the window"
    telegram.world.clock.at += 121
    await bot.send_message(2, "hello")


async def test_the_pace_forgets_chats_of_long_ago(telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.pace.CHATS", 5)
    clock = telegram.world.clock
    pace = Pace(now=clock.now, sleep=clock.sleep)
    async with open_bot(TOKEN, telegram.base_url, telegram.file_url, pace) as bot:
        for chat in people(telegram, 20):
            await bot.send_message(chat, "hello")
    assert len(pace._chats) <= 5
    assert PATIENCE < 30, "a person waits for this"
