"""MailHouse: a house whose mailbox lies on servers that speak IMAP and SMTP, and that do as a test tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from agent.chat import Card, Word
from tests.fakes.program import House, Servers, letter, open_house, shown_card

if TYPE_CHECKING:
    from tests.fakes.line import Line
    from tests.fakes.post_office import PostOffice
    from tests.fakes.pymap_server import PymapServer


@dataclass
class MailHouse:
    """The house, and the servers behind it. Bo's mail about the kiln is there."""

    house: House
    office: PostOffice
    imap: PymapServer
    line: Line
    """To the IMAP server."""

    async def approved(self, text: str = "Thursday works.") -> Card:
        """A draft that is approved and not yet sent; nothing else is due."""
        card = await self.house.draft(text)
        await self.house.press(card, "Approve & send")
        await self.house.sql("UPDATE jobs SET state = 'cancelled' WHERE kind <> 'resume_approval'")
        return card

    async def send(self) -> str:
        """How far the latest send is."""
        return str(await self.house.one("SELECT state FROM sends ORDER BY created_at DESC LIMIT 1"))

    async def next_attempt(self) -> list[Word]:
        """What another worker shows that takes the job up now, without waiting for the clock."""
        await self.house.sql("UPDATE jobs SET run_at = now() WHERE state = 'pending'")
        await self.house.sql("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE state = 'running'")
        return await self.house.work()

    async def outcome(self) -> Card:
        """The card that the next attempt shows."""
        return shown_card(await self.next_attempt())


@pytest.fixture
async def mail_house(servers: Servers, pymap: PymapServer, post_office: PostOffice) -> AsyncIterator[MailHouse]:
    """A house on a mail server."""
    from tests.fakes.line import line_to
    from tests.fakes.mail_benches import PymapBench

    await pymap.deliver(letter())
    async with line_to(pymap.port) as line:
        bench = PymapBench(pymap, line, post_office)
        async with open_house(servers, bench.provider, bench.credentials) as house:
            yield MailHouse(house, post_office, pymap, line)
