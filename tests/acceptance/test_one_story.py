"""One story, told on every channel: what a person does in a day, word for word the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import pytest

from bot import sample
from tests.fakes.browser_driver import browser_talk, served_page
from tests.fakes.console_driver import terminal_talk
from tests.fakes.program import House
from tests.fakes.slack_driver import slack_talk
from tests.fakes.telegram_driver import telegram_talk
from tools.inbox.triage import embed, triage
from tools.work import LONG

Shown = dict[str, Any]

REVIEW = "Approve & send the ticked"


class Talk(Protocol):
    """A person on a channel, and what they see."""

    @property
    def shown(self) -> list[Shown]: ...
    async def say(self, text: str) -> list[Shown]: ...
    async def press(self, label: str, **fields: str) -> list[Shown]: ...
    async def drop(self, name: str, content: bytes, text: str = "") -> list[Shown]: ...
    async def stop(self) -> list[Shown]: ...
    async def work(self) -> list[Shown]: ...


@asynccontextmanager
async def page_talk(house: House) -> AsyncIterator[Talk]:
    """The browser page."""
    async with served_page(house) as page, browser_talk(page.address) as talk:

        async def work() -> list[Shown]:
            await house.work()
            await page.deliver()
            await talk.say("/help settings")  # whatever was carried before this has arrived with its answer
            return talk.shown

        talk.work = work  # type: ignore[attr-defined]
        yield talk  # type: ignore[misc]


CHANNELS = {"terminal": terminal_talk, "slack": slack_talk, "telegram": telegram_talk, "browser": page_talk}


def words(shown: list[Shown]) -> str:
    """All that was said."""
    return "\n".join(f"{one['title']}\n{one['text']}" for one in shown)


def titles(talk: Talk) -> list[str]:
    """The titles of what is in sight."""
    return [one["title"] for one in talk.shown if one["title"]]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_day_on(channel: str, sample_house: House) -> None:
    house = sample_house
    await embed(house.box, house.caller.tenant, house.account)
    await triage(house.box, house.caller.tenant, house.account)
    async with CHANNELS[channel](house) as talk:
        await _the_inbox(talk)
        await _a_reply(talk, house)
        await _the_numbers(talk, house)
        await _many_at_once(talk, house)
        await _from_one_channel_to_another(talk, house, slack_talk if channel == "terminal" else terminal_talk)


async def _the_inbox(talk: Talk) -> None:
    """Ask, search, label, undo, follow up."""
    assert "1. " in words(await talk.say("what needs me today?"))
    assert "invoice" in words(await talk.say("find the clay invoice")).casefold()
    assert "Finance" in words(await talk.say("label it Finance"))
    assert "is off" in words(await talk.say("undo"))
    assert "I will come back to" in words(
        await talk.say("remind me on Tuesday at 9 about the clay invoice unless they answer")
    )


async def _a_reply(talk: Talk, house: House) -> None:
    """Draft, edit, approve."""
    drafted = await talk.say("reply to Sam that Thursday at eight works")
    assert ["Approve & send", "Edit", "Reject", "Later"] in [one["buttons"] for one in drafted]
    await talk.press("Edit", body="Hi Sam,\n\nThursday at nine & a half.\n\nAda")
    assert sum("Edit" in one["buttons"] for one in talk.shown) == 1, "the first card is history"
    await talk.press("Approve & send")
    await talk.work()
    assert "Sent" in titles(talk)
    (sent,) = house.sent()
    assert b"Thursday at nine & a half." in sent


async def _the_numbers(talk: Talk, house: House) -> None:
    """A file goes in, a chart and a report come out."""
    await talk.drop("sales.csv", sample.sales_csv().read_bytes(), "show revenue by month as a chart")
    await house.runner.drain(queues=frozenset({LONG.name}))
    await talk.work()
    kinds = [one["kind"] for one in talk.shown]
    assert {"file", "photo", "document"} & set(kinds), kinds


async def _many_at_once(talk: Talk, house: House) -> None:
    """Two drafts on one card; then stop, which has nothing to stop."""
    await talk.say("reply to Bruno that I will look at it")
    await talk.say("reply to Sam that I bring the wine")
    assert REVIEW in [label for one in await talk.say("/review") for label in one["buttons"]]
    await talk.press(REVIEW)
    assert "2 approved" in titles(talk)
    await talk.work()
    assert len(house.sent()) == 3
    assert "Nothing is running here" in words(await talk.stop())


async def _from_one_channel_to_another(talk: Talk, house: House, opened: Any) -> None:
    """Drafted here, decided on another channel, and settled here."""
    await talk.say("reply to Sam that it is too late")
    async with opened(house) as other:
        await other.say("/approvals")
        await other.press("Reject")
    await talk.work()
    assert any(title.startswith("Rejected by") for title in titles(talk))
    assert not any("Approve & send" in one["buttons"] for one in talk.shown)
    assert len(house.sent()) == 3
