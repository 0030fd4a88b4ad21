"""Showing: a word reaches a person; a card that was shown before is redrawn where it stands, on every channel."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from agent.chat import Card, Progress, Saying, Update, Word
from agent.saying import Show
from agent.telling import redraw
from bot.channel import Channel, GoneError, Streaming
from storage.database import Database
from storage.values.errors import Unavailable


def shower(channel: Channel, address: str) -> Show:
    """Shows at an address what happens during a turn. That something is not seen is no reason to stop."""

    async def step(progress: Progress) -> None:
        with suppress(Unavailable):
            await channel.progress(address, progress)

    if not isinstance(channel, Streaming) or not channel.streams:
        return Show(step)
    streaming = channel

    async def words(saying: Saying) -> None:
        with suppress(Unavailable):
            await streaming.saying(address, saying)

    return Show(step, words)


class Showing:
    """One for the process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def show(self, channel: Channel, address: str, tenant: UUID, conversation: UUID, word: Word) -> None:
        """Shows a word in a conversation. Unavailable: it was not shown."""
        if isinstance(word, Update):
            if await self._redrawn(channel, address, tenant, conversation, word.card):
                return
            word = word.card
        external = await channel.send(address, word)
        if isinstance(word, Card) and external:
            async with self._database.acting_as(tenant) as tx:
                await tx.shown.put(conversation, word.id, external)

    async def _redrawn(self, channel: Channel, address: str, tenant: UUID, conversation: UUID, card: Card) -> bool:
        async with self._database.acting_as(tenant) as tx:
            external = await tx.shown.find(conversation, card.id)
        if external is None:
            return False
        try:
            await channel.edit(address, external, card)
        except GoneError:
            return False
        return True

    async def elsewhere(self, tenant: UUID, conversation: UUID, update: Update) -> None:
        """Has a card that was settled in one conversation redrawn in the others that show it."""
        async with self._database.acting_as(tenant) as tx:
            await redraw(tx, update, but=conversation)
