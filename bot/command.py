"""Command: one row of the table that every platform shares, and what its function is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agent.assistant import Assistant
from agent.chat import Word
from storage.values.access import Caller, Permission
from storage.values.ids import ConversationId, EventId

ANY_PERSON = Permission.VIEW_OWN_EMAILS


@dataclass(frozen=True)
class Given:
    """What a command is given: who, where, because of which event, and the words after it."""

    assistant: Assistant
    caller: Caller
    conversation: ConversationId
    event: EventId
    origin: str
    words: str
    channel: str = ""
    """The platform on which it was said, and its name for the person."""
    external: str = ""

    async def tool(self, name: str, **arguments: Any) -> Word:
        """Calls a tool of the agent's for the person."""
        return await self.assistant.use(self.caller, self.conversation, self.event, name, arguments)


@dataclass(frozen=True)
class Command:
    """One row of the table."""

    name: str
    help: str
    run: Callable[[Given], Awaitable[Sequence[Word]]]
    permission: Permission = ANY_PERSON
    usage: str = ""
    plain: tuple[str, ...] = ()
    """Whole messages that mean the command, without a slash."""
    example: str = ""
    """What somebody might really type."""

    said: str = ""
    """What the mind hears instead, with the words after the command at `{}`: all that can be said can be typed so."""

    @property
    def shape(self) -> str:
        """`/undo [3 | since 9]`."""
        return f"/{self.name} {self.usage}".rstrip()
