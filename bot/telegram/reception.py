"""Reception: the way from a person in Telegram to the desk, and our own short words back. A group hears what all may read."""

from __future__ import annotations

from contextvars import ContextVar

from agent.chat import Click, Message, Reply
from bot.dashboard import Dashboard
from bot.desk import Desk, Visitor
from bot.telegram import inbound
from bot.telegram.channel import Telegram, answering
from bot.telegram.inbound import Who
from bot.telegram.press import Answering
from bot.work import Taken

safe: ContextVar[Taken] = ContextVar("safe", default=bool)
"""What the update that is being worked on calls when it is stored."""

TO_YOU = "I answer you directly, since a group reads along here."


class Reception:
    """One for the process."""

    def __init__(self, channel: Telegram, desk: Desk) -> None:
        self._channel = channel
        self._desk = desk

    async def receive(self, who: Who, said: Message | Click, channel: Answering | None = None) -> None:
        """Brings a message or a press to the desk."""
        if who.place.is_group and isinstance(said, Message) and inbound.command_of(said.text) == "analyze":
            await self.reply(who, TO_YOU)
        answering.set(who.place.address if _is_for_all(said) else "")
        await self._desk.receive(self._visitor(who, channel), said, who.event, safe.get())

    async def reply(self, who: Who, text: str) -> None:
        """Says something of our own where it was asked."""
        answering.set(who.place.address)
        await self._channel.send(who.place.address, Reply(text))

    async def dashboard(self, who: Who) -> Dashboard | None:
        """What the person sees at a glance; None for a stranger, and in a group."""
        return None if who.place.is_group else await self._desk.dashboard(self._visitor(who))

    async def give(self, who: Who, name: str, content: bytes) -> str:
        """Takes a file in and gives its name here. Refused in words."""
        return await self._desk.give(self._visitor(who), name, content)

    def _visitor(self, who: Who, channel: Answering | None = None) -> Visitor:
        return Visitor(channel or self._channel, who.external, who.place.address)


def _is_for_all(said: Message | Click) -> bool:
    """Whether the answer may be read by a group: it holds nothing of anybody's."""
    return isinstance(said, Message) and inbound.command_of(said.text) in inbound.OPEN
