"""The pictures of the README: taken from the page as it is, on the sample mailbox. `DESKHAND_PICTURES=docs/images` keeps them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bot import sample
from tests.fakes.browser_driver import served_page
from tests.fakes.program import House
from tools.inbox.triage import embed, triage
from tools.work import LONG, QUICK

CHECKOUT = Path(__file__).parents[3]
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 360, "height": 740}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where pictures go."""
    wanted = os.environ.get("DESKHAND_PICTURES")
    return CHECKOUT / wanted if wanted else tmp_path


async def test_the_page_looks_as_the_readme_shows(sample_house: House, window: Any, album: Path) -> None:
    house = sample_house
    await embed(house.box, house.caller.tenant, house.account)
    await triage(house.box, house.caller.tenant, house.account)
    async with served_page(house) as page, window(page.address, viewport=WIDE, device_scale_factor=1) as tab:

        async def picture(name: str) -> None:
            await tab.settled()
            await tab.page.evaluate("document.fonts.ready")
            await tab.page.screenshot(path=album / f"browser-{name}.png", caret="initial")

        await tab.say("what needs me today?")
        await tab.say("reply to Sam that Thursday at eight works")
        await tab.say("add that I bring the wine")
        await tab.page.get_by_role("button", name="Overview").click()
        await tab.page.get_by_text("Mailboxes").wait_for()
        await picture("draft")
        await tab.button("Edit").click()
        await picture("edit")
        await tab.page.keyboard.press("Escape")

        await tab.page.locator("#file").set_input_files(sample.sales_csv())
        await tab.sees("the result follows here")
        await house.work(QUICK, LONG)
        await page.deliver()
        await tab.say("how did revenue develop by month in the sales file?")
        await house.work(QUICK, LONG)
        await page.deliver()
        chart = tab.page.get_by_role("log").get_by_role("img").last
        await chart.wait_for()
        await tab.page.wait_for_function("() => [...document.images].every((one) => one.complete)")
        await tab.page.emulate_media(color_scheme="dark")
        await picture("dark")

        await tab.page.set_viewport_size(NARROW)
        await tab.page.get_by_role("button", name="Close the overview").click()
        await tab.page.emulate_media(color_scheme="light")
        await tab.button("Approve & send").scroll_into_view_if_needed()
        await tab.page.mouse.move(0, 0)
        await picture("phone")

    for name in ("draft", "edit", "dark", "phone"):
        assert (album / f"browser-{name}.png").stat().st_size > 20_000
        assert (CHECKOUT / "docs" / "images" / f"browser-{name}.png").is_file()
