"""Files that people give in Telegram: fetched, when they are small enough for a bot."""

from __future__ import annotations

from telegram.ext import ExtBot

from bot.telegram.inbound import LARGEST_FILE, Given
from bot.telegram.wire import translated
from storage.values.errors import Refused, Unavailable
from tools.inbox.show import size

FETCH_SECONDS = 120.0


async def fetched(bot: ExtBot[None], given: Given) -> bytes:
    """The bytes. Refused, before anything is fetched, when there are more than a bot may have."""
    too_large = (
        f"{given.name} is too large for Telegram's bots ({size(LARGEST_FILE)} at most); split it or leave columns out."
    )
    if given.size > LARGEST_FILE:
        raise Refused(too_large)
    content: bytes | None = None
    try:
        with translated():
            file = await bot.get_file(given.file)
            content = bytes(await file.download_as_bytearray(read_timeout=FETCH_SECONDS))
    except Refused as refused:
        raise Refused(too_large) if "too big" in str(refused) else refused from None
    if content is None:
        raise Unavailable("Telegram does not give me that file; please send it again.")
    return content
