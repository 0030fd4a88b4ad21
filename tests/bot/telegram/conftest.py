"""What the tests of Telegram share: a fake Bot API, and a person who talks through it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.program import House
from tests.fakes.telegram.server import TelegramServer, telegram_server
from tests.fakes.telegram_driver import TelegramTalk, telegram_talk


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    """A Bot API of this test's own."""
    async with telegram_server() as server:
        yield server


@pytest.fixture
async def talk(house: House, telegram: TelegramServer) -> AsyncIterator[TelegramTalk]:
    """The house's person with Telegram, by webhook."""
    async with telegram_talk(house, server=telegram) as talk:
        yield talk
