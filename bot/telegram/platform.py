"""Telegram as a platform of `deskhand serve`: the channel, its route, and the listening."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import structlog
from starlette.routing import BaseRoute

from bot.desk import Desk
from bot.telegram import setup
from bot.telegram.channel import Telegram
from bot.telegram.dialogs import Dialogs
from bot.telegram.door import Entrance
from bot.telegram.opening import PlainBot
from bot.telegram.polling import Polling
from bot.telegram.presses import PATIENCE
from bot.telegram.webhook import PATH, Webhook
from bot.telegram.wire import translated
from bot.work import Work
from storage.blobs import Blobs
from storage.database import Database
from storage.values.errors import Trouble

log = structlog.get_logger()

TRIES_EVERY = 30.0
"""Seconds until Telegram is asked again to know us."""


async def _a_while() -> None:
    await asyncio.sleep(TRIES_EVERY)


class TelegramPlatform(Telegram):
    """The channel, and how it hears. `url` is where Telegram reaches the web app; it is used with a secret only."""

    def __init__(
        self,
        bot: PlainBot,
        database: Database,
        blobs: Blobs,
        *,
        secret: str = "",
        url: str = "",
        a_while: Callable[[], Awaitable[None]] = _a_while,
        now: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(bot, database, blobs, now)
        self._plain = bot
        self._dialogs = Dialogs(database, self)
        self.work = Work()
        self._webhook = Webhook(bot, secret, self.work) if secret else None
        self._url = url.rstrip("/") + PATH
        self._secret = secret
        self._a_while = a_while
        self._patience = patience
        self.ready = asyncio.Event()
        """Set when Telegram knows us and updates are heard."""

    def routes(self, desk: Desk) -> Sequence[BaseRoute]:
        """The webhook, where one is set up."""
        return [self._webhook.route] if self._webhook else []

    @asynccontextmanager
    async def listening(self, desk: Desk) -> AsyncIterator[None]:
        """Hears what people say while the block lasts. Telegram being away keeps nothing else from working."""
        entrance = Entrance(self, desk, self._dialogs, self._patience)
        polling = None if self._webhook else Polling(self._plain, entrance.arrived, self.work)
        task = asyncio.create_task(self._hear(entrance, polling))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if self._webhook is not None:
                self._webhook.arrived = None
            await self.work.aclose()  # what is not done by then is a row, and is taken up again

    async def _hear(self, entrance: Entrance, polling: Polling | None) -> None:
        while not await self._introduced():
            await self._a_while()
        if self._webhook is not None:
            self._webhook.arrived = entrance.arrived
        self.ready.set()
        if polling is not None:
            await polling.run()

    async def _introduced(self) -> bool:
        """Whether Telegram knows us, our commands, and where updates go. Why not, is in the log."""
        try:
            with translated():
                await self.bot.initialize()
            await setup.introduce(self.bot)
            if self._webhook is not None:
                await setup.call_back(self.bot, self._url, self._secret)
            else:
                await setup.call_nowhere(self.bot)
        except Trouble as error:
            log.error("telegram.not_ready", words=str(error))
            return False
        return True
