"""Telegram: the assistant as a bot, by polling or by webhook. Only this folder knows the library.

inbound    what comes in, as something said, pressed or given     door       takes it in order, once
reception  brings it to the desk                                  presses    what a button means; press answers it
render     how words look; text cuts them, keys, ticks            posting    messages into a chat; pace keeps the limits
channel    send, edit, progress; files                            dialogs    forms, asked step by step
menu       the dashboard                                          polling, webhook   the two ways of hearing
opening    the bot; setup tells Telegram about us                 platform   what `deskhand serve` opens
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.program import Program
    from bot.telegram.platform import TelegramPlatform


@asynccontextmanager
async def open_platform(program: Program) -> AsyncIterator[TelegramPlatform | None]:
    """The bot of TELEGRAM_BOT_TOKEN; None where that is not set."""
    settings = program.settings
    if settings.telegram_bot_token is None:
        yield None
        return
    from bot.telegram.opening import open_bot
    from bot.telegram.platform import TelegramPlatform

    secret = settings.telegram_webhook_secret
    async with open_bot(
        settings.telegram_bot_token.get_secret_value(), settings.telegram_api_base_url, settings.telegram_file_base_url
    ) as bot:
        yield TelegramPlatform(
            bot,
            program.database,
            program.box.blobs,
            secret=secret.get_secret_value() if secret else "",
            url=settings.public_url or f"http://{settings.host}:{settings.port}",
        )
