"""The page in a real browser: a person talks, decides, edits, drops a table, stops and comes back."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, Route, expect

from agent.chat import File, Reply
from tests.fakes.browser_driver import Served, served_page
from tests.fakes.program import House
from tools.work import LONG, QUICK

SALES = b"month,region,revenue\n" + b"".join(
    b"2025-%02d,North,%d\n" % (month, 100 + 7 * month) for month in range(1, 13)
)

EVIL = (
    "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'><a href='http://evil.example'>press</a>\n"
    "[link](http://evil.example) http://evil.example ![](http://evil.example/x.png) javascript:alert(1)\n"
    "\u05e9\u05dc\u05d5\u05dd \u202e\u2066 \u0645\u0631\u062d\u0628\u0627\n" + "W" * 10_000
)


@pytest.fixture
async def page(house: House) -> AsyncIterator[Served]:
    """The page of a house."""
    async with served_page(house) as page:
        yield page


@pytest.fixture
async def tab(page: Served, window: Any) -> AsyncIterator[Any]:
    """A browser that is let in."""
    async with window(page.address) as tab:
        yield tab


async def test_a_person_asks_and_is_answered_and_may_go_on_typing(tab: Any) -> None:
    await tab.say("find the mail from Bo")
    await tab.sees("Bo Lind: Kiln")
    await expect(tab.words).to_be_focused()
    await expect(tab.words).to_have_value("")


async def test_the_key_does_not_stay_in_the_address(tab: Any, page: Served) -> None:
    assert tab.page.url == f"http://127.0.0.1:{page.port}/"


async def test_a_draft_is_approved_with_a_click_and_leaves_once(house: House, page: Served, tab: Any) -> None:
    await tab.say("reply to Bo that Friday is fine")
    await tab.button("Approve & send").dblclick()
    await tab.card("Approved by Ana Sousa, sending …").wait_for()
    await house.work()
    await page.deliver()
    await tab.card("Sent").wait_for()
    assert len(house.sent()) == 1
    await expect(tab.page.get_by_role("article", name="Card:")).to_have_count(1)
    await expect(tab.words).to_be_focused()


async def test_a_draft_is_edited_in_a_dialog(tab: Any) -> None:
    await tab.say("reply to Bo that Friday is fine")
    await tab.button("Edit").click()
    dialog = tab.page.get_by_role("dialog", name="Edit: Send this reply?")
    text = dialog.get_by_label("The mail's text")
    await expect(text).to_be_focused()
    await text.fill("Dear Bo,\n\nMonday is better.")
    await text.press("Control+Enter")
    await tab.sees("Monday is better.")
    await expect(dialog).to_be_hidden()
    await expect(tab.words).to_be_focused()


async def test_a_dialog_that_is_left_changes_nothing(house: House, tab: Any) -> None:
    await tab.say("reply to Bo that Friday is fine")
    await tab.button("Edit").click()
    await tab.page.keyboard.type("not this")
    await tab.page.keyboard.press("Escape")
    await expect(tab.page.get_by_role("dialog")).to_be_hidden()
    await expect(tab.words).to_be_focused()
    assert await house.one("SELECT count(*) FROM approvals") == 1


async def test_a_table_is_dropped_and_its_chart_is_seen(house: House, page: Served, tab: Any) -> None:
    await tab.words.fill("show revenue by month as a chart")
    await _drop(tab.page, "figures.csv", SALES)
    await tab.sees("figures.csv")
    await tab.settled()
    await house.work(QUICK, LONG)
    await page.deliver()
    chart = tab.page.get_by_role("log").get_by_role("img", name="revenue")
    await expect(chart).to_be_visible()
    await expect(chart).to_have_js_property("complete", True)
    assert await chart.evaluate("one => one.naturalWidth") > 400
    async with tab.page.expect_download() as download:
        await tab.page.get_by_role("link", name="Save").click()
    assert (await download.value).suggested_filename.endswith(".png")


async def test_a_report_opens_in_a_tab_where_it_may_run_nothing(house: House, page: Served, tab: Any) -> None:
    blob = uuid4()
    await house.box.blobs.put(blob, b"<h1>Report</h1><script>document.body.textContent = 'ran'</script>")
    await page.browser.send(page.browser.address, File("report.html", "text/html", str(blob), "A report"))
    async with tab.page.context.expect_page() as opened:
        await tab.page.get_by_role("link", name="Open").click()
    report = await opened.value
    await expect(report.get_by_role("heading", name="Report")).to_be_visible()
    assert await report.evaluate("origin") == "null"


async def test_what_did_not_get_through_is_said_again_and_arrives_once(house: House, tab: Any) -> None:
    tries: list[str] = []

    async def unreliable(route: Route) -> None:
        tries.append(route.request.post_data or "")
        await (route.abort() if len(tries) == 1 else route.continue_())

    await tab.page.route("**/browser/say*", unreliable)
    await tab.say("find the mail from Bo")
    await tab.sees("Bo Lind: Kiln")
    assert tries == [tries[0]] * 2
    assert await house.one("SELECT count(*) FROM events") == 1
    tab.complaints.clear()  # the browser tells of the lost request


async def test_stop_ends_what_is_under_way(house: House, tab: Any) -> None:
    await tab.page.locator("#file").set_input_files({"name": "figures.csv", "mimeType": "text/csv", "buffer": SALES})
    await tab.sees("the result follows here")
    await tab.button("Stop what is under way").click()
    await tab.sees("Stopped: the analysis is not made.")
    assert await house.work(QUICK, LONG) == []


async def test_a_reload_keeps_the_talk(tab: Any) -> None:
    await tab.say("reply to Bo that Friday is fine")
    before = await tab.page.get_by_role("log").inner_text()
    await tab.page.reload()
    await tab.button("Approve & send").wait_for()
    assert await tab.page.get_by_role("log").inner_text() == before


async def test_two_tabs_see_the_same(tab: Any) -> None:
    other = await tab.page.context.new_page()
    await other.goto(tab.page.url)
    await tab.say("reply to Bo that Friday is fine")
    await other.get_by_role("button", name="Reject").click()
    await tab.card("Rejected by Ana Sousa: not sent").wait_for()


async def test_hands_that_stay_on_the_keyboard_can_do_it_all(tab: Any) -> None:
    keys = tab.page.keyboard
    await keys.type("find the mail")
    await keys.press("Shift+Enter")
    await keys.type("from Bo")
    await expect(tab.words).to_have_value("find the mail\nfrom Bo")
    await keys.press("Enter")
    await tab.sees("Bo Lind: Kiln")
    await tab.say("reply to Bo that Friday is fine")
    for label in ("Give a file", "Later", "Reject"):
        await keys.press("Shift+Tab")
        await expect(tab.button(label)).to_be_focused()
    outline = await tab.button("Reject").evaluate("one => getComputedStyle(one).outlineWidth")
    assert outline == "3px"
    await keys.press("Enter")
    await tab.card("Rejected by Ana Sousa: not sent").wait_for()
    await expect(tab.words).to_be_focused()


async def test_a_slash_offers_the_commands(tab: Any) -> None:
    await tab.words.press_sequentially("/appr")
    offers = tab.page.get_by_role("listbox", name="Commands")
    await expect(offers.get_by_role("option").first).to_contain_text("/approvals")
    await tab.words.press("ArrowDown")
    await expect(offers.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    await tab.words.press("Enter")
    await expect(offers).to_be_hidden()
    await expect(tab.words).to_have_value("/approvals")
    await tab.words.press("Enter")
    await tab.sees("Nothing waits for your word.")


async def test_ticks_say_which_drafts_are_meant(house: House, tab: Any) -> None:
    await house.draft("Thursday works.")
    await house.draft("Friday works.", prepared=True)
    await tab.say("/review")
    await tab.page.get_by_role("checkbox").first.uncheck()
    await tab.button("Approve & send the ticked").click()
    await tab.card("1 approved, 1 left waiting").wait_for()


async def test_the_overview_shows_what_waits_and_leads_there(tab: Any) -> None:
    await tab.say("reply to Bo that Friday is fine")
    toggle = tab.page.get_by_role("button", name="Overview 1 waiting for you")
    await toggle.click()
    side = tab.page.get_by_role("complementary", name="Overview")
    await expect(side.get_by_text("ana@example.org", exact=True)).to_be_visible()
    await side.get_by_role("button", name="Re: Kiln").click()
    await expect(tab.button("Approve & send")).to_be_focused()
    await toggle.click()
    await expect(side).to_be_hidden()


async def test_on_a_phone_nothing_is_wider_than_the_screen(page: Served, window: Any) -> None:
    async with window(page.address, viewport={"width": 360, "height": 640}) as tab:
        await page.browser.send(page.browser.address, Reply(EVIL))
        await tab.say("reply to Bo that Friday is fine, see https://kiln.example/" + "x" * 300)
        assert await _sideways(tab.page) == []
        await tab.page.get_by_role("button", name="Overview").click()
        await tab.page.get_by_text("Mailboxes").wait_for()
        assert await _sideways(tab.page) == []
        await tab.page.get_by_role("button", name="Close the overview").click()
        await tab.button("Edit").click()
        assert await _sideways(tab.page) == []


async def test_it_is_light_by_day_and_dark_by_night(tab: Any) -> None:
    brightness = "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert await tab.page.evaluate(brightness) > 230
    await tab.page.emulate_media(color_scheme="dark")
    assert await tab.page.evaluate(brightness) < 40


async def test_nothing_moves_for_those_who_want_it_still(tab: Any) -> None:
    moving = "() => getComputedStyle(document.querySelector('.pulse')).animationName"
    assert await tab.page.evaluate(moving) == "none"
    await tab.page.emulate_media(reduced_motion="no-preference")
    assert await tab.page.evaluate(moving) == "pulse"


async def test_words_of_strangers_are_words(page: Served, tab: Any) -> None:
    await page.browser.send(page.browser.address, Reply(EVIL))
    await tab.sees("<script>window.hit = 1</script>")
    log = tab.page.get_by_role("log")
    assert "W" * 10_000 in await log.inner_text()
    assert await tab.page.evaluate("window.hit") is None
    for live in ("a", "img", "script", "iframe"):
        assert await log.locator(live).count() == 0


async def test_a_hostile_draft_is_shown_whole_before_it_is_approved(tab: Any) -> None:
    await tab.say("reply to Bo that Friday is fine")
    await tab.button("Edit").click()
    await tab.page.get_by_label("The mail's text").fill(EVIL)
    await tab.button("Save changes").click()
    await tab.sees("<script>window.hit = 1</script>")
    assert "W" * 10_000 in await tab.card("Send this reply?").inner_text()
    assert await tab.page.evaluate("window.hit") is None
    assert await tab.card("Send this reply?").locator("a, img, script").count() == 0


async def test_everything_that_can_be_pressed_says_what_it_is(tab: Any) -> None:
    await tab.say("reply to Bo that Friday is fine")
    nameless = """() => [...document.querySelectorAll("button, a, textarea, input:not([hidden]), [role=log], aside, dialog[open]")]
        .filter((one) => !(one.getAttribute("aria-label") || one.labels?.length || one.textContent.trim()))
        .map((one) => one.outerHTML)"""
    assert await tab.page.evaluate(nameless) == []
    await expect(tab.page.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "polite")
    assert await tab.page.evaluate("document.documentElement.lang") == "en"


async def test_without_the_key_there_is_no_page(page: Served, chromium: Any) -> None:
    context = await chromium.new_context()
    stranger = await context.new_page()
    answer = await stranger.goto(f"http://127.0.0.1:{page.port}/")
    assert answer is not None
    assert answer.status == 401
    assert "?key=" in await stranger.inner_text("body")
    await context.close()


async def test_another_site_in_the_same_browser_can_neither_ask_nor_read(house: House, page: Served, tab: Any) -> None:
    """A page of another origin, with the cookie in the same browser: `localhost` is another site than `127.0.0.1`."""
    foreign = await tab.page.context.new_page()
    await foreign.goto(f"http://localhost:{page.port}/")
    told = await foreign.evaluate(
        """async (address) => {
            const tries = [
                fetch(`${address}/browser/overview`, { credentials: "include" }),
                fetch(`${address}/browser/say`, { method: "POST", credentials: "include", mode: "no-cors",
                      body: JSON.stringify({ event: "0123456789abcdef", text: "label 1 Stolen" }) }),
            ];
            return (await Promise.allSettled(tries)).map((one) => one.value?.type ?? "refused");
        }""",
        f"http://127.0.0.1:{page.port}",
    )
    assert told[0] == "refused"
    assert await house.one("SELECT count(*) FROM events") == 0


async def test_after_a_new_start_the_page_says_how_to_come_in_again(house: House, window: Any) -> None:
    async with served_page(house) as page, window(page.address) as tab:
        await tab.page.get_by_text("Connected").wait_for()
        tab.page.remove_listener("console", tab.hears)
        page.browser.door._sessions.clear()
        page.browser.transcript.close()
        await tab.page.get_by_text("Open the new address that it printed.").wait_for()


async def _drop(page: Page, name: str, content: bytes) -> None:
    """What the browser does when a file is let go above the page."""
    script = """([name, content]) => {
        const given = new DataTransfer();
        given.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name, { type: "text/csv" }));
        for (const kind of ["dragover", "drop"]) {
            document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: given, bubbles: true, cancelable: true }));
        }
    }"""
    await page.evaluate(script, [name, base64.b64encode(content).decode()])


async def _sideways(page: Page) -> list[str]:
    """What is seen and wider than the window."""
    script = """() => [...document.querySelectorAll("body *")]
        .filter((one) => one.checkVisibility() && !one.closest(".unseen, .skip"))
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.outerHTML.slice(0, 200))
        .concat(document.documentElement.scrollWidth > innerWidth ? ["the page itself"] : [])"""
    return list(await page.evaluate(script))
