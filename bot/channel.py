"""Channel: what a platform must be able to do. A platform is a folder here and a line in `bot.CHANNELS`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

from starlette.routing import BaseRoute

from agent.chat import Card, File, Progress, Reply

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


class Platform(Channel, Protocol):
    """A channel that listens by itself, as `deskhand serve` opens it."""

    def routes(self, desk: Desk) -> Sequence[BaseRoute]:
        """What it adds to the web app."""
        ...

    def listening(self, desk: Desk) -> AbstractAsyncContextManager[None]:
        """Whatever must run while it is open: a socket, polling."""
        ...
