"""The browser page as a channel: what it is shown stands in the owner's transcript, from where every open tab reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

from starlette.routing import BaseRoute

from agent.chat import Card, File, Progress, Reply, Saying
from bot.browser import history, render
from bot.browser.door import Door
from bot.browser.routes import Page
from bot.browser.transcript import Transcript
from bot.channel import GoneError
from bot.desk import Desk, Visitor
from storage.blobs import Blobs
from storage.database import Database
from storage.values.access import Caller
from storage.values.errors import Unavailable

NAME = "browser"


class Browser:
    """The page of one person, who sits at this machine."""

    name = NAME
    streams = True

    def __init__(self, owner: Caller, blobs: Blobs, transcript: Transcript) -> None:
        self.owner = owner
        self.address = str(owner.person)
        self.door = Door()
        self.transcript = transcript
        self._blobs = blobs
        self._replies = count(1)
        self._saying = ""
        """The entry of the answer that is being written."""

    async def send(self, address: str, word: Reply | Card | File) -> str:
        """Shows a word. A card is called by its id, so that it is redrawn where it stands even after a new start."""
        self._only_here(address)
        if isinstance(word, Card):
            self.transcript.show(render.card(word))
            return word.id
        if isinstance(word, File):
            self.transcript.show(render.file(word))
            return ""
        said = render.reply(self._saying or self._fresh(), word)
        self._saying = ""
        if not self.transcript.change(said):
            self.transcript.show(said)
        return ""

    async def edit(self, address: str, shown: str, card: Card) -> None:
        """Redraws a card where it stands."""
        self._only_here(address)
        if not self.transcript.change(render.card(card)):
            raise GoneError

    async def progress(self, address: str, progress: Progress) -> None:
        """Shows what is being done."""
        self._only_here(address)
        self.transcript.step(render.step(progress))

    async def saying(self, address: str, saying: Saying) -> None:
        """Shows how far an answer is."""
        self._only_here(address)
        self._saying = self._saying or self._fresh()
        written = render.reply(self._saying, Reply(saying.text), partial=True)
        if not self.transcript.change(written):
            self.transcript.show(written)

    def _fresh(self) -> str:
        return f"reply:{next(self._replies)}"

    def routes(self, desk: Desk) -> Sequence[BaseRoute]:
        """The page, its files, and what it asks and says."""
        visitor = Visitor(self, self.address, self.address)
        return Page(desk, visitor, self.door, self.transcript, self._blobs).routes()

    @asynccontextmanager
    async def listening(self, desk: Desk) -> AsyncIterator[None]:
        """The streams of the open tabs end with the block."""
        try:
            yield
        finally:
            self.transcript.close()

    def invitation(self, host: str, port: int) -> str:
        """The address that lets the next browser in, once."""
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{port}/?key={self.door.key()}"

    def _only_here(self, address: str) -> None:
        if address != self.address:
            raise Unavailable("The page of that person is not open in this program; start it as they do.")


async def open_browser(database: Database, blobs: Blobs, owner: Caller) -> Browser:
    """The page of this person, who is let in at its door from now on, with the talk so far."""
    async with database.acting_as(owner) as tx:
        if await tx.people.identify(NAME, str(owner.person)) is None:
            await tx.people.name_on(NAME, str(owner.person), owner.person)
        where = await tx.conversations.open(owner.person, NAME, str(owner.person))
        transcript = await history.of(tx, owner, where)
    return Browser(owner, blobs, transcript)
