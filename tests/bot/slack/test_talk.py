"""A person talks with us in Slack."""

from __future__ import annotations

import pytest

from tests.fakes.program import House
from tests.fakes.slack_driver import slack_talk


@pytest.mark.parametrize("socket", [False, True])
async def test_a_question_in_a_direct_conversation_is_answered(house: House, socket: bool) -> None:
    async with slack_talk(house, socket=socket) as talk:
        (answer,) = await talk.say("find the mail about the kiln")
        assert "Kiln" in answer["text"]
