"""A worker is killed at any step of a send by Gmail: one copy, or `unknown` and a person asked; never two.

As for SMTP, the killed worker is `deskhand work` in a process of its own; the second worker is this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.google_house import GoogleHouse
from tests.fakes.google_mail import Break
from tests.fakes.program import shown_card
from tests.fakes.sending_house import Lock, lock_in


@pytest.fixture
async def scene(google_house: GoogleHouse) -> GoogleHouse:
    """A draft is approved and waits for a worker."""
    await google_house.approved()
    return google_house


@pytest.fixture
async def lock(scene: GoogleHouse) -> AsyncIterator[Lock]:
    async with lock_in(scene.house) as lock:
        yield lock


async def test_killed_before_the_claim_it_is_sent_by_the_next_worker(scene: GoogleHouse, lock: Lock) -> None:
    await lock.take()
    await scene.killed(lock.wanted)
    await lock.release()
    assert await scene.send() == "ready"
    assert (await scene.outcome()).title == "Sent"
    assert len(scene.google.account.sent) == 1


async def test_killed_while_looking_for_the_thread_a_person_is_asked(scene: GoogleHouse) -> None:
    gmail = scene.google.gmail
    gmail.stalls_search = asyncio.Event()
    await scene.killed(gmail.stalled.wait)
    gmail.let_go()
    gmail.stalls_search = None
    assert await scene.send() == "transmitting"
    assert (await scene.outcome()).title == "Did this mail leave?"
    assert await scene.send() == "unknown"
    assert scene.google.account.sent == []


async def test_killed_before_gmail_takes_it_a_person_is_asked_and_can_send_it_again(scene: GoogleHouse) -> None:
    gmail = scene.google.gmail
    gmail.stalls_before, gmail.breaks = asyncio.Event(), Break.LINE_BEFORE
    await scene.killed(gmail.stalled.wait)
    gmail.let_go()
    await gmail.cut.wait()
    gmail.stalls_before = gmail.breaks = None
    doubt = await scene.outcome()
    assert await scene.send() == "unknown"
    assert scene.google.account.sent == []
    await scene.house.press(doubt, "Send it again")
    assert shown_card(await scene.house.work()).title == "Sent"
    assert len(scene.google.account.sent) == 1


async def test_killed_after_gmail_took_it_and_before_its_answer_sent_tells(scene: GoogleHouse) -> None:
    gmail = scene.google.gmail
    gmail.stalls_after = asyncio.Event()
    await scene.killed(gmail.stalled.wait)
    gmail.let_go()
    gmail.stalls_after = None
    assert await scene.send() == "transmitting"
    assert (await scene.outcome()).title == "Sent"
    assert len(scene.google.account.sent) == 1


async def test_killed_after_the_answer_and_before_our_commit_sent_tells(scene: GoogleHouse, lock: Lock) -> None:
    gmail = scene.google.gmail
    gmail.stalls_after = asyncio.Event()

    async def at_our_commit() -> None:
        await gmail.stalled.wait()
        await lock.take()
        gmail.let_go()
        await lock.wanted()

    await scene.killed(at_our_commit)
    await lock.release()
    gmail.stalls_after = None
    assert await scene.send() == "transmitting"
    assert (await scene.outcome()).title == "Sent"
    assert len(scene.google.account.sent) == 1


@pytest.mark.parametrize("how", [Break.AFTER, Break.LINE_AFTER])
async def test_timed_out_but_accepted_is_one_copy(scene: GoogleHouse, how: Break) -> None:
    scene.google.gmail.breaks = how
    card = await scene.outcome()
    assert (card.title, await scene.send()) == ("Sent", "sent")
    assert len(scene.google.account.sent) == 1


@pytest.mark.parametrize("how", [Break.BEFORE, Break.LINE_BEFORE])
async def test_an_error_that_says_nothing_asks_a_person(scene: GoogleHouse, how: Break) -> None:
    scene.google.gmail.breaks = how
    card = await scene.outcome()
    assert (card.title, await scene.send()) == ("Did this mail leave?", "unknown")
    assert scene.google.account.sent == []
