"""An Outlook mailbox on the service of the tests, whose clock a test can read: nothing waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.fakes.graph_server import TOKEN, GraphServer, open_graph
from tools.mail.mailbox import Arrival, Changed
from tools.mail.outlook import OutlookMailbox
from tools.mail.outlook_folders import Folders
from tools.mail.outlook_graph import Graph
from tools.mail.tokens import Standing, Tokens


@dataclass
class Outlook:
    """The mailbox, the service behind it, and what was waited for. `mails` and `cursor` are what a caller keeps."""

    server: GraphServer
    graph: Graph
    mailbox: OutlookMailbox
    waited: list[float]
    """Seconds."""
    mails: dict[str, Arrival] = field(default_factory=dict)
    cursor: str | None = None
    changed: list[Changed] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    async def sync(self) -> list[Arrival]:
        """Reads on, as the poller does."""
        new: list[Arrival] = []
        self.changed, self.gone = [], []
        async for batch in self.mailbox.changes(self.cursor):
            assert not {one.key for one in batch.arrivals} & self.mails.keys()
            self.mails.update({one.key: one for one in batch.arrivals})
            new += batch.arrivals
            self.changed += batch.changed
            self.gone += batch.gone
            for key in batch.gone:
                self.mails.pop(key, None)
            self.cursor = batch.cursor
        return new

    async def only(self) -> str:
        """The key of the only new mail."""
        (arrival,) = await self.sync()
        return arrival.key


@asynccontextmanager
async def open_outlook_mailbox(tokens: Tokens | None = None) -> AsyncIterator[Outlook]:
    """A mailbox without mail."""
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    async with open_graph() as server:
        graph = Graph(httpx.AsyncClient(), server.base_url, tokens or Standing(TOKEN), sleep=wait)
        mailbox = OutlookMailbox(graph, await Folders.of(graph), ("INBOX", "Sent"))
        yield Outlook(server, graph, mailbox, waited)
        await mailbox.aclose()
