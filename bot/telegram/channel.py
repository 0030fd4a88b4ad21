"""Telegram as a channel: words become messages, cards stay one message that is redrawn, and groups see no mail."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import timedelta

import structlog
from telegram.constants import ChatAction
from telegram.ext import ExtBot

from agent.chat import Card, File, Progress, Reply, Saying
from bot.channel import GoneError
from bot.telegram import place as places
from bot.telegram import render
from bot.telegram.files import send_file
from bot.telegram.place import Place
from bot.telegram.posting import Posting
from bot.telegram.text import Run, foreign, pieces
from bot.telegram.wire import ClosedError, MovedError, VanishedError, closed, translated
from storage.blobs import Blobs
from storage.database import Database
from storage.values.errors import Trouble, Unavailable

log = structlog.get_logger()

NAME = "telegram"

DRAFTS_EVERY = 1.1
"""Seconds between two previews in a chat; more often, Telegram calls it a flood."""

answering: ContextVar[str] = ContextVar("answering", default="")
"""The address whose question is being answered in this task: only an answer may be said in a group."""


class Telegram:
    """One for the process."""

    name = NAME
    streams = True

    def __init__(
        self, bot: ExtBot[None], database: Database, blobs: Blobs, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.bot = bot
        self.posting = Posting(bot)
        self._database = database
        self._blobs = blobs
        self._now = now
        self._off: set[int] = set()
        self._previews: dict[int, tuple[float, int]] = {}

    async def send(self, address: str, word: Reply | Card | File) -> str:
        """Shows a word and names the messages that show it. Unavailable: not now, or not before they let us in again."""
        place = await self._where(address, word)
        if place.chat in self._previews:
            at, number = self._previews[place.chat]
            self._previews[place.chat] = at, number + 1  # previews of one number are one that grows
        try:
            return await self._sent(place, word, address)
        except ClosedError as error:
            self._off.add(place.chat)
            log.warning("telegram.closed", chat=place.chat, reason=str(error))
            raise closed() from None
        except MovedError as error:
            await self.moved(place.chat, error.chat)
            raise Unavailable("The group has just become another one.", timedelta(seconds=1)) from None

    async def edit(self, address: str, shown: str, card: Card) -> None:
        """Redraws a card where it stands."""
        chat, numbers = places.named(shown)
        try:
            await self.posting.redraw(chat, numbers, render.card(card))
        except (VanishedError, ClosedError, MovedError) as error:
            raise GoneError(str(error)) from None
        await self._keep_form(address, card)

    async def progress(self, address: str, progress: Progress) -> None:
        """In a private chat a preview of what is being done; in a group only that something is."""
        await self._preview(address, foreign(f"… {step(progress)}"))

    async def saying(self, address: str, saying: Saying) -> None:
        """In a private chat a preview of the answer as far as it is, its end where it is long; in a group that something is
        done. A preview goes by itself, and the answer is a message."""
        await self._preview(address, pieces([*foreign(saying.text), Run(" …")])[-1])

    async def _preview(self, address: str, runs: Sequence[Run]) -> None:
        place = places.read(address)
        at, number = self._previews.get(place.chat, (-DRAFTS_EVERY, 1))
        if self._now() - at < DRAFTS_EVERY or place.chat in self._off:
            return
        self._previews[place.chat] = self._now(), number
        try:
            if place.is_group:
                await self.typing(address)
            else:
                await self.posting.preview(place, number, pieces(runs)[0])
        except (Trouble, ClosedError, MovedError) as error:
            log.info("telegram.no_preview", error=str(error))

    async def typing(self, address: str) -> None:
        """Shows for five seconds that somebody is at work."""
        place = places.read(address)
        if place.chat in self._off:
            return
        try:
            with translated():
                await self.bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.topic)
        except (Trouble, ClosedError, MovedError, VanishedError) as error:
            log.info("telegram.not_typing", error=str(error))

    async def opened(self, chat: int, *, is_open: bool = True) -> None:
        """They let us in, or out: nothing is tried in a closed chat, and what waited for it comes when it opens."""
        if not is_open:
            self._off.add(chat)
        elif chat in self._off:
            self._off.discard(chat)
            async with self._database.as_system() as tx:
                await tx.telegram_forms.opened(str(chat))

    async def moved(self, old: int, new: int) -> None:
        """A group has a new number."""
        async with self._database.as_system() as tx:
            owner = await tx.telegram_forms.owner(str(old))
        if owner is not None:
            async with self._database.acting_as(owner[0]) as tx:
                await tx.telegram_forms.moved(str(old), str(new))

    async def _sent(self, place: Place, word: Reply | Card | File, address: str) -> str:
        if isinstance(word, File):
            await send_file(self.posting, place, word, self._blobs)
            return ""
        shown = render.card(word) if isinstance(word, Card) else render.reply(word)
        numbers = await self.posting.post(place, shown)
        if isinstance(word, Card):
            await self._keep_form(address, word)
        return places.name(place.chat, numbers)

    async def _where(self, address: str, word: Reply | Card | File) -> Place:
        """Where it may be said. What is not an answer to somebody in a group, and every card and file, goes to the private
        chat of the person whose talk it is."""
        place = places.read(address)
        if place.is_group and (answering.get() != address or not isinstance(word, Reply)):
            place = await self._private(address)
        if place.chat in self._off:
            raise closed()
        return place

    async def _private(self, address: str) -> Place:
        async with self._database.as_system() as tx:
            owner = await tx.telegram_forms.owner(address)
        chat = None
        if owner is not None:
            async with self._database.acting_as(owner[0]) as tx:
                chat = await tx.telegram_forms.private_chat(owner[1])
        if chat is None:
            raise closed()
        return places.read(chat)

    async def _keep_form(self, address: str, card: Card) -> None:
        token = next((one.token for one in card.buttons if one.label == render.EDIT), None)
        if not card.inputs or token is None:
            return
        async with self._database.as_system() as tx:
            owner = await tx.telegram_forms.owner(address)
        if owner is not None:
            inputs = [{"name": one.name, "label": one.label, "value": one.value} for one in card.inputs]
            async with self._database.acting_as(owner[0]) as tx:
                await tx.telegram_forms.keep(owner[1], token, inputs)


def step(progress: Progress) -> str:
    """What is being done, in words: `search inbox: kiln`."""
    about = next((str(one) for one in progress.arguments.values() if isinstance(one, str) and one), "")
    words = progress.tool.replace("_", " ")
    return f"{words}: {about[:80]}" if about else words
