"""The home page is the dashboard: what waits, with live buttons; and what is suggested follows how things stand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.chat import Button, Card, Field
from bot.dashboard import AccountLine, Dashboard, JobLine, MailLine
from bot.slack.home import home
from bot.slack.sessions import prompts
from tests.bot.slack.test_render import TEXT, TOKEN
from tests.fakes.program import House, letter
from tests.fakes.slack_blocks import live, view_faults
from tests.fakes.slack_door import ANA, BEA, TEAM, Door, link, open_door, read
from tests.fakes.slack_world import Dict
from tools.work import POLL_MAIL

CARDS = st.builds(
    Card,
    id=st.uuids().map(str),
    title=TEXT,
    text=TEXT,
    fields=st.just((Field("To", "x"),)),
    buttons=st.lists(st.builds(Button, TEXT, TOKEN), max_size=5).map(tuple),
)
BOARDS = st.builds(
    Dashboard,
    name=TEXT,
    accounts=st.lists(st.builds(AccountLine, TEXT, TEXT, st.booleans(), TEXT), max_size=20),
    waiting=st.lists(CARDS, max_size=60, unique_by=lambda one: one.id),
    unread=st.integers(0, 10**6),
    needs_me=st.integers(0, 10**6),
    mail=st.lists(st.builds(MailLine, TEXT, TEXT, TEXT, st.none() | st.floats(0, 1), st.booleans(), TEXT), max_size=12),
    follow_ups=st.lists(TEXT, max_size=40),
    jobs=st.lists(
        st.builds(JobLine, id=TOKEN, kind=TEXT, state=TEXT, when=TEXT, cancellable=st.booleans()),
        max_size=60,
        unique_by=lambda one: one.id,
    ),
    usage=st.lists(TEXT, max_size=5),
    rules=st.lists(TEXT, max_size=60),
    templates=st.lists(TEXT, max_size=60),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(BOARDS, st.integers(0, 9))
def test_any_dashboard_is_taken(board: Dashboard, more: int) -> None:
    view = home(board, more)
    assert view_faults(view) == []
    assert list(live(view["blocks"])) == []


@pytest.fixture
async def door(house: House) -> AsyncIterator[Door]:
    """Ana's Slack."""
    async with open_door(house) as door:
        await link(house)
        yield door


async def look(door: Door, user: str = ANA, tab: str = "home") -> None:
    """Somebody opens our page, or our talk."""
    channel = door.slack.world.workspaces[TEAM].direct(user)
    await door.event({"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": "1.1"})


def words(door: Door, user: str = ANA) -> str:
    """The whole page in words."""
    view: Dict = door.slack.world.homes[TEAM, user]
    return read(str(view["blocks"]))


async def test_the_page_shows_the_mailbox_the_mail_and_what_waits(door: Door) -> None:
    await door.say("reply to Bo that Thursday works")
    await look(door)
    page = words(door)
    assert "ana@example.org" in page
    assert "Bo Lind: Kiln" in page
    assert "1 waits for your word" in page
    assert "To bo@kiln.example" in page


async def test_a_draft_is_approved_on_the_page_and_the_page_follows(door: Door) -> None:
    await door.say("reply to Bo that Thursday works")
    await look(door)
    await door.press_home("Approve & send")
    assert "for your word" not in words(door)
    await door.work()
    assert len(door.house.sent()) == 1


async def test_a_draft_is_edited_from_the_page(door: Door) -> None:
    await door.say("reply to Bo that Thursday works")
    await look(door)
    await door.press_home("Edit")
    await door.submit({"body": "Friday works."})
    assert "Friday works." in words(door)


async def test_the_page_follows_what_is_said_elsewhere(door: Door) -> None:
    await look(door)
    assert "for your word" not in words(door)
    await door.say("reply to Bo that Thursday works")
    assert "1 waits for your word" in words(door)


async def test_a_page_that_changed_meanwhile_is_drawn_all_the_same(door: Door) -> None:
    await look(door)
    door.slack.world.homes[TEAM, ANA]["hash"] = "another"
    await look(door)
    assert [one.answer for one in door.slack.world.calls if one.method == "views.publish"] == [
        "ok",
        "hash_conflict",
        "ok",
    ]


async def test_a_stranger_sees_how_to_become_known_and_nothing_else(door: Door) -> None:
    await look(door, BEA)
    assert "I do not know you yet" in words(door, BEA)
    assert "example.org" not in words(door, BEA)


async def test_more_is_shown_when_asked_for(door: Door) -> None:
    for number in range(7):
        await door.house.deliver(letter(f"Glaze {number}"))
    await look(door)
    first = words(door)
    assert "Show more" in first
    assert first.count("Bo Lind: ") == 5
    await door.press_home("Show more")
    assert words(door).count("Bo Lind: ") == 8
    assert "Show more" not in words(door)


async def test_a_job_is_called_off_from_the_page(door: Door) -> None:
    house = door.house
    async with house.database.acting_as(house.caller) as tx:
        await tx.jobs.add(POLL_MAIL.kind, POLL_MAIL.queue.name, {}, person=house.caller.person)
    await look(door)
    await door.press_home("Cancel")
    assert await house.one("SELECT state FROM jobs WHERE kind = %s", POLL_MAIL.kind) == "cancelled"


async def test_what_is_suggested_follows_what_waits(door: Door) -> None:
    await look(door, tab="messages")
    assert door.slack.world.prompts[TEAM, "D1"][0]["title"] == "My unread mail"
    await door.say("reply to Bo that Thursday works")
    await look(door, tab="messages")
    assert door.slack.world.prompts[TEAM, "D1"][0] == {"title": "1 draft waits for you", "message": "/approvals"}


def test_never_more_than_four_suggestions() -> None:
    card = Card("c", "t", "x")
    board = Dashboard("Ana", [], [card, card], 1, 2, [], ["one"], [], [], [], [])
    assert len(prompts(board)) == 4
    assert prompts(None) == [{"title": "I have a link code", "message": "/link"}]
