"""One process hears a mailbox, asks for a poll at once, comes back when the line breaks, and leaves it to the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from jobs.listen_mail import Listening
from storage.values.errors import NeedsPerson, Trouble, Unavailable
from tests.fakes.program import House
from tools.mail.mailbox import Abilities

SOON = 20.0


@dataclass
class Speaker:
    """Mailboxes that say what a test tells them."""

    said: asyncio.Queue[Trouble | None] = field(default_factory=asyncio.Queue)
    pushes: bool = True
    listeners: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard_by(self, number: int) -> None:
        """Waits until so many listen."""
        async with asyncio.timeout(SOON):
            while self.listeners != number:
                self.changed.clear()
                await self.changed.wait()

    @property
    def abilities(self) -> Abilities:
        return Abilities(keywords=True, sends=True, pushes=self.pushes)

    async def get(self, tenant: UUID, account: UUID) -> Any:
        return self

    async def news(self) -> AsyncIterator[None]:
        self.listeners += 1
        self.changed.set()
        try:
            yield
            while True:
                if trouble := await self.said.get():
                    raise trouble
                yield
        finally:
            self.listeners -= 1
            self.changed.set()

    def __getattr__(self, name: str) -> Any:  # the rest of what a mailbox can do is not asked for
        return self.get


def ears(house: House, speaker: Speaker) -> Listening:
    return Listening(replace(house.box, mailboxes=speaker))  # type: ignore[arg-type]


@dataclass
class Rung:
    """A bell that a test waits for."""

    times: int = 0
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def ring(self, queue: str, job: UUID) -> None:
        self.times += 1
        self.rung.set()

    async def heard(self, times: int) -> None:
        async with asyncio.timeout(SOON):
            while self.times < times:
                self.rung.clear()
                await self.rung.wait()


async def test_what_is_heard_asks_for_a_poll(house: House) -> None:
    speaker, bell = Speaker(), Rung()
    house.database.bell = bell
    listening = ears(house, speaker)
    await listening.round()
    await bell.heard(1)  # it listens: what came before is looked at
    await house.sql("UPDATE jobs SET state = 'completed'")
    speaker.said.put_nowait(None)
    await bell.heard(2)
    assert await house.one("SELECT count(*) FROM jobs WHERE kind = 'poll_mail'") == 2
    await listening.aclose()
    assert speaker.listeners == 0


async def test_one_of_two_processes_listens_and_the_other_takes_over(house: House) -> None:
    first, second = Speaker(), Speaker()
    one, other = ears(house, first), ears(house, second)
    for _ in range(2):
        await one.round()
        await other.round()
    await first.heard_by(1)
    assert second.listeners == 0
    await one.aclose()
    await other.round()
    await second.heard_by(1)
    await other.aclose()


async def test_a_process_that_died_is_followed_by_another(house: House) -> None:
    first, second = Speaker(), Speaker()
    one, other = ears(house, first), ears(house, second)
    await one.round()
    await house.sql("UPDATE listeners SET until = now() - interval '1 second'")
    await other.round()
    await second.heard_by(1)
    await one.round()  # it was only thought dead
    await first.heard_by(0)
    await other.aclose()
    await one.aclose()


async def test_a_line_that_breaks_is_made_anew(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr("jobs.runner.FIRST_WAIT", 0.05)
    speaker = Speaker()
    listening = ears(house, speaker)
    await listening.round()
    await speaker.heard_by(1)
    speaker.said.put_nowait(Unavailable("The mail server hung up."))
    await speaker.heard_by(0)
    await speaker.heard_by(1)
    await listening.aclose()


async def test_a_mailbox_that_says_nothing_is_left_to_polling(house: House) -> None:
    speaker = Speaker(pushes=False)
    listening = ears(house, speaker)
    await listening.round()
    await asyncio.gather(*listening._ears.values())  # it ends by itself
    await listening.round()
    assert speaker.listeners == 0
    assert all(ear.done() for ear in listening._ears.values())
    await listening.aclose()


async def test_a_mailbox_that_a_person_must_see_to_is_heard_again_later(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr("jobs.listen_mail.SEEN_TO", 0.05)
    monkeypatch.setattr("jobs.runner.FIRST_WAIT", 0.05)
    speaker = Speaker()
    listening = ears(house, speaker)
    await listening.round()
    await speaker.heard_by(1)
    speaker.said.put_nowait(NeedsPerson("The password is wrong."))
    await speaker.heard_by(0)
    await speaker.heard_by(1)
    await listening.aclose()


async def test_an_account_that_was_unlinked_is_heard_no_more(house: House) -> None:
    speaker = Speaker()
    listening = ears(house, speaker)
    await listening.round()
    await speaker.heard_by(1)
    await house.sql("DELETE FROM accounts")
    await listening.round()
    assert speaker.listeners == 0
    await listening.aclose()
