"""Channel: what a platform must be able to do. A platform is a folder here and a line in `bot.CHANNELS`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from starlette.routing import BaseRoute

from agent.chat import Card, File, Progress, Reply, Saying

if TYPE_CHECKING:
    from bot.desk import Desk


class GoneError(Exception):
    """The message that showed a card is not there any more, or cannot be edited: the card is shown anew."""


class Channel(Protocol):
    """A platform, as the desk and the delivery see it."""

    name: str

    async def send(self, address: str, word: Reply | Card | File) -> str:
        """Shows a word at an address of the platform. Gives the platform's name for the message that shows it, and nothing
        where it has none. Unavailable: try later."""
        ...

    async def edit(self, address: str, shown: str, card: Card) -> None:
        """The card in the message of this name looks like this now. GoneError: there is no such message. Unavailable: try
        later."""
        ...

    async def progress(self, address: str, progress: Progress) -> None:
        """Shows that a tool is being called."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """What a channel has besides that can show an answer while it is being written."""

    @property
    def streams(self) -> bool:
        """Whether it can right now."""
        ...

    async def saying(self, address: str, saying: Saying) -> None:
        """Shows how far an answer is, or not, if that was done a moment ago. The next word that is sent to the address takes
        the place of what is shown, if it is a Reply."""
        ...


class Platform(Channel, Protocol):
    """A channel that listens by itself, as `deskhand serve` opens it."""

    def routes(self, desk: Desk) -> Sequence[BaseRoute]:
        """What it adds to the web app."""
        ...

    def listening(self, desk: Desk) -> AbstractAsyncContextManager[None]:
        """Whatever must run while it is open: a socket, polling."""
        ...
