"""Polling: updates are fetched, and confirmed only after they became rows, so that a crash loses none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.telegram.inbound import UPDATES
from bot.telegram.opening import PlainBot
from bot.telegram.pace import seconds_of
from bot.work import Taken, Work
from storage.values.errors import Trouble

log = structlog.get_logger()

HOLDS = 50
"""Seconds that Telegram holds a question when there is nothing new."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0

Arrived = Callable[[Update, Taken], Coroutine[Any, Any, None]]
"""Works on an update, and says when it is stored."""


class Polling:
    """Asks for updates until it is cancelled."""

    def __init__(self, bot: PlainBot, arrived: Arrived, work: Work, holds: int = HOLDS) -> None:
        self._bot = bot
        self._arrived = arrived
        self._work = work
        self._holds = holds

    async def run(self) -> None:
        """Fetches and hands on; what Telegram refuses is tried again, ever more slowly."""
        offset, wait = 0, FIRST_WAIT
        while True:
            try:
                found = await self._bot.updates(offset, UPDATES, self._holds)
                wait = FIRST_WAIT
            except Conflict:
                log.error(
                    "telegram.conflict",
                    words="Another program fetches this bot's updates; stop it, or use its own token.",
                )
                found, wait = [], await _waited(wait)
            except (TelegramError, Trouble) as error:
                log.warning("telegram.polling", error=type(error).__name__)
                found, wait = [], await _waited(_asked(error) or wait)
            except Exception:
                log.exception("telegram.polling_bug")
                found, wait = [], await _waited(wait)
            if found:
                await self._hand_on(found)
                offset = found[-1]["update_id"] + 1

    async def _hand_on(self, found: list[dict[str, Any]]) -> None:
        await asyncio.gather(*(self._work.taken(partial(self._handed_on, one)) for one in found))

    async def _handed_on(self, plain: dict[str, Any], taken: Taken) -> None:
        try:
            await self._arrived(understood(plain, self._bot), taken)
        except Exception:
            log.exception("telegram.bug", update=plain.get("update_id"))


def understood(plain: dict[str, Any], bot: ExtBot[None]) -> Update:
    """An update as the library reads it."""
    return Update.de_json(plain, bot)


def _asked(error: Exception) -> float | None:
    """How long Telegram wants us to wait, if it says so."""
    return seconds_of(error) if isinstance(error, RetryAfter) else None


async def _waited(seconds: float) -> float:
    """Waits, and gives the next wait."""
    await asyncio.sleep(seconds)
    return min(LONGEST_WAIT, seconds * 2)
