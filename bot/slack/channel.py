"""Slack as a channel: words become messages, steps become a stream, files are uploaded."""

from __future__ import annotations

from uuid import UUID

import structlog

from agent.chat import Card, File, Progress, Reply, Saying
from bot.channel import GoneError
from bot.slack import render
from bot.slack.api import Api, ApiError
from bot.slack.forms import Forms
from bot.slack.place import place
from bot.slack.posting import Posting
from bot.slack.render import Shown
from bot.slack.steps import Steps
from bot.slack.text import clean
from bot.slack.workspaces import CHANNEL
from storage.blobs import Blobs
from storage.values.errors import Unavailable

log = structlog.get_logger()

ALT_TEXT, TITLE = 990, 240


class SlackChannel:
    """What the desk and the delivery see."""

    name = CHANNEL
    streams = True

    def __init__(self, api: Api, blobs: Blobs, forms: Forms) -> None:
        self.api = api
        self.posting = Posting(api)
        self.steps = Steps(api, self.posting)
        self._blobs = blobs
        self._forms = forms

    async def send(self, address: str, word: Reply | Card | File) -> str:
        """Shows a word; an answer takes the place of the steps that led to it."""
        if isinstance(word, File):
            await self.steps.answered(address, None)
            await self._upload(address, word.name, await self._blobs.get(UUID(word.blob)), word.text)
            return ""
        if isinstance(word, Card):
            await self.steps.answered(address, None)
            await self._forms.keep(address, word)
            return await self._post(address, render.card(word))
        return await self._answer(address, render.reply(word))

    async def edit(self, address: str, shown: str, card: Card) -> None:
        """Redraws a card where it stands."""
        await self._forms.keep(address, card)
        await self.posting.redraw(place(address), shown, render.card(card))

    async def progress(self, address: str, progress: Progress) -> None:
        """Shows the step; that it cannot be shown is no reason to stop."""
        try:
            await self.steps.step(address, render.working(progress.tool))
        except ApiError as error:
            log.warning("slack.step", error=error.error)

    async def saying(self, address: str, saying: Saying) -> None:
        """Shows how far an answer is; that it cannot be shown is no reason to stop."""
        try:
            await self.steps.words(address, saying.text)
        except (ApiError, GoneError) as error:
            log.warning("slack.words", error=str(error))

    async def _answer(self, address: str, shown: Shown) -> str:
        name = await self.steps.answered(address, shown) or await self.posting.post(place(address), shown)
        await self._rest(address, shown)
        return name

    async def _post(self, address: str, shown: Shown) -> str:
        name = await self.posting.post(place(address), shown)
        await self._rest(address, shown)
        return name

    async def _rest(self, address: str, shown: Shown) -> None:
        """The whole text, where a message could not hold it. The message is there already, so it is not sent again when this
        cannot be; it says what is missing."""
        if shown.whole:
            try:
                await self._upload(address, "whole-text.txt", shown.whole.encode(), "The whole text")
            except (Unavailable, ApiError) as error:
                log.warning("slack.whole_text", error=str(error))

    async def _upload(self, address: str, name: str, content: bytes, text: str) -> None:
        where = place(address)
        words = " ".join(clean(text).split()) or name
        await self.api.upload(
            where.team,
            content or b"\n",
            filename=name,
            title=_head(words, TITLE),
            alt_txt=_head(words, ALT_TEXT),
            channel=where.channel,
            thread_ts=where.thread or None,
        )


def _head(text: str, limit: int) -> str:
    raw = text.encode("utf-16-le")
    return text if len(raw) <= 2 * limit else f"{raw[: 2 * (limit - 1)].decode('utf-16-le', 'ignore')}…"
