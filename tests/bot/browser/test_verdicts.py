"""Small thumbs below an answer: one press says what a person thinks of it, another one changes it."""

from __future__ import annotations

from typing import Any

from tests.fakes.browser_driver import served_page
from tests.fakes.program import House


async def test_an_answer_is_judged_with_a_press_and_a_commands_is_not(house: House, window: Any) -> None:
    async with served_page(house) as page, window(page.address) as tab:
        await tab.say("find the mail from Bo")
        await tab.page.get_by_role("button", name="Bad answer").click()
        good = tab.page.get_by_role("button", name="Good answer")
        await good.click()
        await tab.say("/help usage")
        assert await good.get_attribute("aria-pressed") == "true"
        assert await good.count() == 1
        await tab.settled()
    assert await house.one("SELECT good FROM verdicts") is True
