"""Places: where a talk is in Telegram: `chat` or `chat:topic`; and what shows a card there: `chat/number,number`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A chat, and the topic in it. Groups have negative numbers; a private chat has its person's."""

    chat: int
    topic: int | None = None

    @property
    def address(self) -> str:
        """As conversations keep it."""
        return str(self.chat) if self.topic is None else f"{self.chat}:{self.topic}"

    @property
    def is_group(self) -> bool:
        """Whether others read it too."""
        return self.chat < 0


def read(address: str) -> Place:
    """The place of an address."""
    chat, _, topic = address.partition(":")
    return Place(int(chat), int(topic) if topic else None)


def name(chat: int, numbers: Sequence[int]) -> str:
    """What messages that show a card are called."""
    return f"{chat}/{','.join(map(str, numbers))}"


def named(shown: str) -> tuple[int, list[int]]:
    """The chat and the messages of such a name."""
    chat, _, numbers = shown.partition("/")
    return int(chat), [int(one) for one in numbers.split(",")]
