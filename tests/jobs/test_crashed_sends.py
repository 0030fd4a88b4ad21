"""A worker is killed at any line of a send: one copy, or `unknown` and a person asked; never two.

The killed worker is `deskhand work` in a process of its own, against IMAP and SMTP servers that speak the wire. The second
worker is this process. Nothing waits for the clock: the lease of the dead is aged in the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.fakes.mail_house import MailHouse
from tests.fakes.post_office import Break
from tests.fakes.program import shown_card
from tests.fakes.sending_house import Lock, lock_in


@pytest.fixture
async def scene(mail_house: MailHouse) -> MailHouse:
    """A draft is approved and waits for a worker."""
    await mail_house.approved()
    return mail_house


@pytest.fixture
async def lock(scene: MailHouse) -> AsyncIterator[Lock]:
    async with lock_in(scene.house) as lock:
        yield lock


async def test_killed_before_the_claim_it_is_sent_by_the_next_worker(scene: MailHouse, lock: Lock) -> None:
    await lock.take()
    await scene.killed(lock.wanted)
    await lock.release()
    assert await scene.send() == "ready"
    assert (await scene.outcome()).title == "Sent"
    assert len(scene.office.letters) == 1


@pytest.mark.parametrize("moment", [Break.GREETING, Break.BEFORE_DATA, Break.INSIDE_DATA])
async def test_killed_while_handing_over_a_person_is_asked_and_can_send_it_again(
    scene: MailHouse, moment: Break
) -> None:
    scene.office.stalls = moment
    await scene.killed(scene.office.stalled.wait)
    assert await scene.send() == "transmitting"
    scene.office.stalls = None
    doubt = await scene.outcome()
    assert await scene.send() == "unknown"
    assert [one.label for one in doubt.buttons] == ["It arrived", "Send it again"]
    assert scene.office.letters == []
    await scene.house.press(doubt, "Send it again")
    assert shown_card(await scene.house.work()).title == "Sent"
    assert len(scene.office.letters) == 1


async def test_killed_between_the_dot_and_its_250_a_person_is_asked_and_says_that_it_arrived(scene: MailHouse) -> None:
    scene.office.hold = asyncio.Event()
    await scene.killed(scene.office.arrived.wait)
    scene.office.hold.set()
    doubt = await scene.outcome()
    assert await scene.send() == "unknown"
    assert shown_card(await scene.house.press(doubt, "It arrived")).title == "It arrived, you say"
    assert await scene.send() == "sent"
    assert await scene.house.work() == []
    assert len(scene.office.letters) == 1


async def test_killed_after_the_250_and_before_our_commit_the_copy_in_sent_tells(scene: MailHouse, lock: Lock) -> None:
    await _killed_before_the_commit(scene, lock)
    assert (await scene.outcome()).title == "Sent"
    assert len(scene.office.letters) == 1
    assert len(await scene.imap.messages("Sent")) == 1


async def test_killed_after_the_250_without_a_copy_in_sent_a_person_is_asked(scene: MailHouse, lock: Lock) -> None:
    port = scene.line.port
    await _killed_before_the_commit(scene, lock, before=scene.line.close)
    await scene.line.open(port)
    assert (await scene.outcome()).title == "Did this mail leave?"
    assert await scene.send() == "unknown"
    assert len(scene.office.letters) == 1


async def _killed_before_the_commit(
    scene: MailHouse, lock: Lock, before: Callable[[], Awaitable[None]] | None = None
) -> None:
    """The server has the whole mail; then the row is locked, and only then does the server say 250."""
    scene.office.hold = asyncio.Event()

    async def at_our_commit() -> None:
        await scene.office.arrived.wait()
        await lock.take()
        if before:
            await before()
        assert scene.office.hold
        scene.office.hold.set()
        await lock.wanted()

    await scene.killed(at_our_commit)
    await lock.release()
    assert await scene.send() == "transmitting"
