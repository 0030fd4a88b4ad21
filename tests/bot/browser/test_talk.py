"""The page's own protocol, without a browser: what a tab says arrives once, and what is shown reaches every tab."""

from __future__ import annotations

from tests.fakes.browser_driver import browser_talk, served_page
from tests.fakes.program import House


async def test_a_question_is_answered_on_the_page(house: House) -> None:
    async with served_page(house) as page, browser_talk(page.address) as tab:
        [answer] = await tab.say("find the mail from Bo")
        assert answer["kind"] == "reply"
        assert "Bo Lind: Kiln" in answer["text"]
        assert tab.steps == ["search inbox"]
