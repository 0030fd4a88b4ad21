"""The bot: the library's client with our pace, on the addresses that the settings name."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.telegram.pace import Pace

ANSWERS_WITHIN = 15.0
"""Seconds; the library's own five are short for a phone network's worth of latency."""


class PlainBot(ExtBot[None]):
    """The library's bot, which also gives updates as they came: one that cannot be read must not hold up the others."""

    async def updates(self, offset: int, kinds: Sequence[str], holds: int) -> list[dict[str, Any]]:
        """What comes from this number on; Telegram holds the question for so many seconds while there is nothing."""
        given = {"offset": offset, "timeout": holds, "allowed_updates": list(kinds)}
        found = await self._post("getUpdates", given, read_timeout=holds + ANSWERS_WITHIN)
        return [one for one in found if isinstance(one, dict) and "update_id" in one] if isinstance(found, list) else []


@asynccontextmanager
async def open_bot(token: str, api: str, files: str, pace: Pace | None = None) -> AsyncIterator[PlainBot]:
    """A bot, closed at the end. Nothing is asked of Telegram yet."""
    for name in ("httpx", "httpcore", "telegram"):  # they write addresses, and the token is part of each
        logging.getLogger(name).setLevel(logging.WARNING)
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's switch for periods instead of bare seconds
    calls, updates = _request(64), _request(2)
    bot = PlainBot(
        token,
        base_url=api,
        base_file_url=files,
        request=calls,
        get_updates_request=updates,
        rate_limiter=pace or Pace(),
    )
    await calls.initialize()
    await updates.initialize()
    try:
        yield bot
    finally:
        await bot.shutdown()
        await calls.shutdown()
        await updates.shutdown()


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connections,
        read_timeout=ANSWERS_WITHIN,
        write_timeout=ANSWERS_WITHIN,
        connect_timeout=ANSWERS_WITHIN,
        pool_timeout=ANSWERS_WITHIN,
    )
