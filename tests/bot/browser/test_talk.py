"""The page's own protocol, without a browser: what a tab says arrives once, and what is shown reaches every tab."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent.chat import Reply
from bot.browser import open_platform
from bot.browser.channel import open_browser
from bot.channel import GoneError
from bot.household import settle_in
from bot.program import Program
from bot.settings import Settings
from storage.values.errors import Unavailable
from tests.fakes.browser_driver import BrowserTalk, Served, browser_talk, events_of, new_event, served_page
from tests.fakes.program import House, letter, shown_card
from tools.work import LONG, QUICK

SALES = b"month,region,revenue\n" + b"".join(
    b"2025-%02d,North,%d\n" % (month, 100 + 7 * month) for month in range(1, 13)
)


@pytest.fixture
async def page(house: House) -> AsyncIterator[Served]:
    """The page of a house."""
    async with served_page(house) as page:
        yield page


@pytest.fixture
async def tab(page: Served) -> AsyncIterator[BrowserTalk]:
    """A tab that is signed in."""
    async with browser_talk(page.address) as tab:
        yield tab


async def test_a_question_is_answered_and_its_steps_are_shown(tab: BrowserTalk) -> None:
    [answer] = await tab.say("find the mail from Bo")
    assert answer["kind"] == "reply"
    assert "Bo Lind: Kiln" in answer["text"]
    assert tab.steps == ["search inbox"]


async def test_a_draft_is_edited_approved_and_sent(house: House, page: Served, tab: BrowserTalk) -> None:
    await tab.say("reply to Bo that Friday is fine")
    replaced, changed = await tab.press("Edit", body="Dear Bo,\n\nMonday is better.\n\nAna")
    assert (replaced["buttons"], changed["text"].strip()) == ([], "Dear Bo,\n\nMonday is better.\n\nAna")
    [approved] = await tab.press("Approve & send")
    assert approved["title"] == "Approved by Ana Sousa, sending …"
    await house.work()
    await page.deliver()
    await tab.until(lambda shown: shown[-1]["title"] == "Sent")
    [sent] = house.sent()
    assert b"Monday is better." in sent


async def test_the_same_event_again_does_nothing(house: House, tab: BrowserTalk) -> None:
    event = new_event()
    await tab.say("label 1 Kilns", event)
    for _ in range(3):
        assert (
            await tab.client.post("/browser/say", json={"event": event, "text": "label 1 Kilns"})
        ).status_code == 202
    await tab.say("find the mail from Bo")
    assert [one["text"] for one in tab.shown if one["kind"] == "said"].count("label 1 Kilns") == 1
    assert await house.one("SELECT count(*) FROM events WHERE external = %s", event) == 1


async def test_an_event_that_an_earlier_program_answered_is_not_answered_again(house: House) -> None:
    event = new_event()
    for _ in range(2):
        async with served_page(house) as page, browser_talk(page.address) as tab:
            await tab.say("label the mail from Bo Kilns", event)
    assert await house.one("SELECT count(*) FROM receipts") == 1


async def test_a_forged_button_is_refused_in_words(house: House, tab: BrowserTalk) -> None:
    [told] = await tab.press_token("no-such-token")
    assert told["kind"] == "reply"
    assert house.sent() == []


async def test_a_table_is_dropped_and_its_chart_comes_inline(house: House, page: Served, tab: BrowserTalk) -> None:
    await tab.drop("figures.csv", SALES, "show revenue by month as a chart")
    await house.work(QUICK, LONG)
    await page.deliver()
    shown = await tab.until(lambda shown: shown[-1]["kind"] == "file")
    picture = await tab.client.get(shown[-1]["href"])
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["content-disposition"].startswith("inline")
    assert "revenue" in shown[-1]["text"]


async def test_what_is_no_table_is_refused_in_words(tab: BrowserTalk) -> None:
    [told] = await tab.drop("letter.exe", b"MZ")
    assert "no table that I can read" in told["text"]


async def test_what_is_said_while_a_file_is_taken_in_waits_for_it(tab: BrowserTalk) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(tab.drop("figures.csv", SALES, "analyze figures.csv"))
        group.create_task(tab.say("show revenue by month of figures.csv as a chart"))
    assert not any("no table" in one["text"] for one in tab.shown)


async def test_two_tabs_see_the_same(page: Served, tab: BrowserTalk) -> None:
    async with browser_talk(page.address) as other:
        await tab.say("reply to Bo that Friday is fine")
        await other.until(lambda shown: shown == tab.shown)
        await other.press("Reject")
        await tab.until(lambda shown: shown[-1]["title"].startswith("Rejected by"))


async def test_a_stream_that_broke_goes_on_where_it_was(page: Served, tab: BrowserTalk) -> None:
    at = tab.at
    await tab.say("find the mail from Bo")
    await tab.say("label 1 Kilns")
    async with tab.client.stream("GET", "/browser/stream", headers={"last-event-id": at}) as stream:
        again = []
        async for kind, where, _body in events_of(stream):
            again.append(kind)
            if where == tab.at:
                break
    assert "start" not in again
    assert again.count("show") == 4


async def test_stop_is_heard_while_something_is_under_way(house: House, tab: BrowserTalk) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(tab.drop("figures.csv", SALES, "show revenue by month as a chart"))
    [told] = await tab.stop()
    assert told["text"] == "Stopped: the analysis is not made."
    assert await house.work(QUICK, LONG) == []


async def test_a_card_that_is_decided_elsewhere_settles_here(house: House, page: Served, tab: BrowserTalk) -> None:
    await tab.say("reply to Bo that Friday is fine")
    await house.press(shown_card(await house.say("/approvals")), "Reject")
    await page.deliver()
    await tab.until(lambda shown: shown[-1]["title"].startswith("Rejected by"))
    assert tab.shown[-1]["buttons"] == []


async def test_the_overview_tells_what_waits_and_how_the_mailbox_is(tab: BrowserTalk) -> None:
    await tab.say("reply to Bo that Friday is fine")
    told = (await tab.client.get("/browser/overview")).json()
    assert [one["title"] for one in told["waiting"]] == ["Send this reply?"]
    assert [one["subject"] for one in told["mail"]] == ["Kiln"]
    assert told["accounts"][0]["well"]


async def test_the_commands_are_those_of_the_one_table(tab: BrowserTalk) -> None:
    from bot.commands import COMMANDS

    told = (await tab.client.get("/browser/commands")).json()
    assert [one["name"] for one in told] == [one.name for one in COMMANDS]


async def test_a_new_start_shows_the_talk_so_far(house: House) -> None:
    async with served_page(house) as page, browser_talk(page.address) as tab:
        await tab.say("find the mail from Bo")
        await tab.say("reply to Bo that Friday is fine")
        await tab.press("Reject")
        await tab.say("reply to Bo that Monday is fine")
        await page.deliver()
        before = [(one["kind"], one["text"], bool(one["buttons"])) for one in tab.shown]
    async with served_page(house) as page, browser_talk(page.address) as tab:
        assert [(one["kind"], one["text"], bool(one["buttons"])) for one in tab.shown] == before
        [approved] = await tab.press("Approve & send")
        assert approved["title"].startswith("Approved by")


async def test_words_that_wait_are_shown_once_after_a_new_start(house: House) -> None:
    async with served_page(house) as page, browser_talk(page.address) as tab:
        await tab.drop("figures.csv", SALES, "show revenue by month as a chart")
        await page.deliver()
    await house.runner.drain(queues=frozenset({LONG.name}))
    async with served_page(house) as page, browser_talk(page.address) as tab:
        await page.deliver()
        shown = await tab.until(lambda shown: shown[-1]["kind"] == "file")
        assert sum("revenue" in one["text"] and one["kind"] == "reply" for one in shown) == 1


async def test_what_came_by_mail_is_text_and_nothing_else(house: House, tab: BrowserTalk) -> None:
    evil = (
        "<img src=x onerror=alert(1)> <script>alert(1)</script> [link](http://evil.example) \u202egnp.exe "
        + "A" * 9_000
    )
    await house.deliver(letter("Prize <b>won</b>", evil, message_id="evil"))
    await tab.say("find the prize mail")
    [shown] = await tab.say("show 1")
    assert "<script>alert(1)</script>" in shown["text"]
    assert "\u202e" not in shown["text"]
    assert "cut here" in shown["text"]


async def test_a_card_that_is_not_shown_any_more_is_shown_anew(house: House, page: Served) -> None:
    card = await house.draft()
    with pytest.raises(GoneError):
        await page.browser.edit(page.browser.address, card.id, card)


async def test_the_page_of_one_person_shows_nothing_of_another(page: Served) -> None:
    with pytest.raises(Unavailable):
        await page.browser.send("somebody else", Reply("secret"))


async def _platform(house: House, **given: str) -> bool:
    settings = Settings(deskhand_home=house.servers.home, **given)  # type: ignore[arg-type]
    program = Program(settings, house.box, house.database, house.servers.redis_url, house.servers.admin_url)
    async with open_platform(program) as platform:
        return platform is not None


async def test_a_single_machine_with_one_owner_has_a_page(house: House) -> None:
    assert await _platform(house)
    assert await _platform(house, host="localhost")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::"])  # noqa: S104
async def test_a_program_that_listens_to_more_than_this_machine_has_no_page(house: House, host: str) -> None:
    assert not await _platform(house, host=host)


async def test_with_two_people_there_is_no_page(house: House) -> None:
    await settle_in(house.database, "bo", "Bo", "UTC")
    assert not await _platform(house)


async def test_opening_the_page_again_makes_nobody_new(house: House) -> None:
    for _ in range(2):
        await open_browser(house.database, house.box.blobs, house.caller)
    assert await house.one("SELECT count(*) FROM identities WHERE channel = 'browser'") == 1
