"""MailHouse: a house whose mailbox lies on servers that speak IMAP and SMTP, and that do as a test tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.fakes.program import Servers, letter, open_house
from tests.fakes.sending_house import SendingHouse

if TYPE_CHECKING:
    from tests.fakes.line import Line
    from tests.fakes.post_office import PostOffice
    from tests.fakes.pymap_server import PymapServer


@dataclass
class MailHouse(SendingHouse):
    """The house, and the servers behind it. Bo's mail about the kiln is there."""

    office: PostOffice
    imap: PymapServer
    line: Line
    """To the IMAP server."""

    @property
    def copies(self) -> int:
        """How many mails left."""
        return len(self.office.letters)


@asynccontextmanager
async def open_mail_house(servers: Servers) -> AsyncIterator[MailHouse]:
    """A house on a mail server."""
    from tests.fakes.line import line_to
    from tests.fakes.mail_benches import PymapBench
    from tests.fakes.post_office import open_post_office
    from tests.fakes.pymap_server import open_pymap

    async with open_pymap() as pymap, open_post_office() as office, line_to(pymap.port) as line:
        await pymap.deliver(letter())
        bench = PymapBench(pymap, line, office)
        async with open_house(servers, bench.provider, bench.credentials) as house:
            yield MailHouse(house, office, pymap, line)


@pytest.fixture
async def mail_house(servers: Servers) -> AsyncIterator[MailHouse]:
    """The same for one test."""
    async with open_mail_house(servers) as house:
        yield house
