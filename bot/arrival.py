"""Arrival: who stands at the desk, what they brought, and which of four things it is: a stop, talk, a press or a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agent.chat import Click, Message
from bot import commands
from bot.channel import Channel
from bot.strangers import Newcomer
from bot.work import Taken
from storage.doors import Door
from storage.turns import Received
from storage.values.access import Caller
from storage.values.ids import ConversationId, EventId
from storage.values.text import storable

LONGEST = 40_000
"""Characters of one message; the largest that a supported platform lets through is 40,000 (Slack)."""


@dataclass(frozen=True)
class Visitor:
    """Who stands at the door: the platform's name for them, and where the talk takes place."""

    channel: Channel
    external: str
    address: str
    newcomer: Newcomer | None = None
    """Set where the platform vouches for them: then a stranger is somebody who has not written before."""

    @property
    def door(self) -> Door:
        """Where they stand."""
        return Door(self.channel.name, self.external, self.address)


@dataclass(frozen=True)
class Arrival:
    """One message or press. `name` is the platform's for it, `event` ours; `taken` is to be called when it is safe."""

    visitor: Visitor
    said: Message | Click
    name: str
    event: EventId
    taken: Taken

    @property
    def is_stop(self) -> bool:
        """Whether it waits for nobody."""
        return isinstance(self.said, Message) and self.said.text.strip().casefold() in commands.STOP_WORDS

    @property
    def body(self) -> dict[str, Any]:
        """As it is stored."""
        if isinstance(self.said, Message):
            return {"text": self.said.text[: LONGEST + 1]}
        return {"click": self.said.token, "fields": dict(self.said.fields)}

    def by(self, caller: Caller, where: ConversationId) -> Received:
        """The same, once it is known whose it is."""
        channel = self.visitor.channel.name
        return Received(caller.tenant, caller.person, where, channel, self.name, self.body, self.event)


def as_said(body: dict[str, Any]) -> Message | Click:
    """What was stored."""
    return Click(body["click"], body["fields"]) if "click" in body else Message(body["text"])


def talk(said: Message | Click) -> str | None:
    """The words that are for the mind; None for a press, a command, and what we refuse unread."""
    if isinstance(said, Click) or len(said.text) > LONGEST or commands.is_command(said.text):
        return None
    return said.text.strip() or None


def kept(said: Message | Click) -> Message | Click:
    """Without what no memory can store."""
    if isinstance(said, Message):
        return Message(commands.as_talk(storable(said.text)))
    return Click(storable(said.token), {storable(name): storable(value) for name, value in said.fields.items()})
