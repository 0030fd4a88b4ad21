"""A turn that broke off is taken up again: its event is a row, and what it had done already is found, not done twice.

The crash comes at the worst moment: everything is done and nothing of the turn is stored yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from agent.chat import Card, Reply, Word
from tests.fakes.program import House, Recorder, letter, shown_card


@asynccontextmanager
async def _no_turn_can_end(house: House) -> AsyncIterator[psycopg.AsyncConnection]:
    """The outbox is locked, so that closing a turn hangs. Gives a connection to look on with."""
    url = house.servers.admin_url.replace("+psycopg", "")
    async with (
        await psycopg.AsyncConnection.connect(url) as holder,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
    ):
        await holder.execute("LOCK TABLE outbox IN SHARE MODE")
        yield watcher
        await holder.rollback()


async def _broken_off(house: House, text: str) -> None:
    """The program is gone between the turn's last thought and its closing."""
    async with _no_turn_can_end(house) as watcher:
        turn = asyncio.create_task(house.say(text))
        closing = """
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO outbox%'
        """
        while not await (await watcher.execute(closing)).fetchone():
            assert not turn.done(), turn.result()
        turn.cancel()
        await asyncio.wait({turn})


async def _taken_up(house: House) -> list[Word]:
    """What the program says when it is started again."""
    async with house.beside() as later:
        await later.desk.take_up(later.channel)
        return later.channel.words


async def test_a_draft_is_not_made_twice(house: House) -> None:
    await _broken_off(house, "reply to Bo that Thursday works")
    _words, card = await _taken_up(house)
    assert isinstance(card, Card)
    assert await house.one("SELECT count(*) FROM approvals") == 1
    await house.press(card, "Approve & send")
    await house.work()
    assert len(house.sent()) == 1


async def test_a_changed_draft_is_not_changed_twice(house: House) -> None:
    await house.say("reply to Bo that Thursday works")
    await _broken_off(house, "say Friday instead")
    card = shown_card(await _taken_up(house))
    assert "Friday" in card.text
    assert await house.one("SELECT count(*) FROM approvals") == 2


async def test_a_label_is_reported_as_it_was_done(house: House) -> None:
    await _broken_off(house, "label the mail from Bo Finance")
    (words,) = await _taken_up(house)
    assert isinstance(words, Reply)
    assert words.text.startswith("Labelled “Kiln” Finance.")
    assert await house.one("SELECT count(*) FROM receipts") == 1


async def test_an_undo_takes_nothing_further_back(house: House) -> None:
    for label in ("Finance", "Kilns"):
        await house.say(f"label the mail from Bo {label}")
    await _broken_off(house, "undo that please")
    (words,) = await _taken_up(house)
    assert words == Reply("The label Kilns is off “Kiln”.")
    assert (await house.mail("Kiln")).labels == ["Finance"]


@pytest.mark.parametrize(
    ("text", "table"),
    [("remind me on Friday at 9 about it", "follow_ups"), ("remember that my size is 41", "memories")],
)
async def test_what_is_kept_is_kept_once(house: House, text: str, table: str) -> None:
    await house.say("find the mail from Bo")
    await _broken_off(house, text)
    assert len(await _taken_up(house)) == 1
    count = {
        "follow_ups": "SELECT count(*) FROM follow_ups",
        "memories": "SELECT count(*) FROM memories",
    }
    assert await house.one(count[table]) == 1
    assert await house.one("SELECT count(*) FROM jobs WHERE kind = 'follow_up'") == (table == "follow_ups")


async def test_a_turn_is_taken_up_once(house: House) -> None:
    await _broken_off(house, "find the mail from Bo")
    assert len(await _taken_up(house)) == 1
    assert await _taken_up(house) == []


@dataclass
class Hanging(Recorder):
    """A channel that never gets to show anything."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, address: str, word: Word) -> None:
        self.reached.set()
        await asyncio.Event().wait()


async def test_a_press_that_broke_off_before_its_answer_is_settled_once_and_answered(house: House) -> None:
    card = await house.draft()
    house.channel = Hanging()
    press = asyncio.create_task(house.press(card, "Approve & send"))
    await house.channel.reached.wait()
    press.cancel()
    await asyncio.wait({press})
    (words,) = await _taken_up(house)
    assert isinstance(words, Reply)
    assert "approved already, by you" in words.text
    await house.work()
    assert len(house.sent()) == 1


async def test_a_turn_of_a_mailbox_that_is_down_can_be_said_again(house: House) -> None:
    await house.deliver(letter("Invoice", "Please pay."))
    await house.sql("UPDATE accounts SET settings = jsonb_set(settings, '{path}', '\"/nowhere\"')")
    await house.box.mailboxes.drop(house.account)
    (words,) = await house.say("reply to Bo's Kiln mail that Thursday works")
    assert isinstance(words, Reply)
    assert await house.one("SELECT count(*) FROM approvals") == 0
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0
