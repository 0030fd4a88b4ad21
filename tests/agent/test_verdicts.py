"""What people think of an answer: kept with what it answered, changed by another press, and nobody else's to give."""

from __future__ import annotations

from typing import Any

import pytest

from agent import verdicts
from agent.chat import Click, Reply
from storage.values.access import Role
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, BEA, TEAM, link, open_door


async def answered(house: House) -> Reply:
    (word,) = await house.say("find the kiln")
    assert isinstance(word, Reply)
    return word


async def pressed(house: House, token: str) -> list[Any]:
    before = len(house.channel.words)
    await house.desk.receive(house.visitor, Click(token))
    return house.channel.words[before:]


async def test_an_answer_is_judged_once_and_the_last_word_counts(house: House) -> None:
    answer = await answered(house)
    assert await pressed(house, verdicts.token(verdicts.BAD, answer.about)) == []
    assert await pressed(house, verdicts.token(verdicts.GOOD, answer.about)) == []
    rows = await house.sql("SELECT good, event, person FROM verdicts")
    assert [(row.good, str(row.event), row.person) for row in rows] == [(True, answer.about, house.caller.person)]


async def test_administrators_see_how_many_answers_were_good(house: House) -> None:
    await pressed(house, verdicts.token(verdicts.GOOD, (await answered(house)).about))
    await pressed(house, verdicts.token(verdicts.BAD, (await answered(house)).about))
    await house.sql("UPDATE people SET role = %s", str(Role.ADMIN))
    assert "in the whole workspace: 1 good, 1 not." in (await house.say("/usage"))[0].text  # type: ignore[union-attr]


async def test_others_are_not_told(house: House) -> None:
    await pressed(house, verdicts.token(verdicts.GOOD, (await answered(house)).about))
    await house.sql("UPDATE people SET role = %s", str(Role.USER))
    assert "whole workspace" not in (await house.say("/usage"))[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize("about", ["fd739133-8f6b-4bfb-96e9-a5eada5b3767", "", "' OR 1=1", "0" * 32])
async def test_an_answer_that_there_is_none_of_is_not_judged(house: House, about: str) -> None:
    (word,) = await pressed(house, f"verdict:good:{about}")
    assert "nothing was noted" in word.text or "do not know that button" in word.text
    assert await house.sql("SELECT 1 FROM verdicts") == []


async def test_somebody_elses_answer_is_not_judged(house: House) -> None:
    answer = await answered(house)
    await house.sql("UPDATE events SET person = gen_random_uuid() WHERE id = %s", answer.about)
    (word,) = await pressed(house, verdicts.token(verdicts.GOOD, answer.about))
    assert "nothing was noted" in word.text
    assert await house.sql("SELECT 1 FROM verdicts") == []


async def test_commands_are_not_judged(house: House) -> None:
    (word,) = await house.say("/help")
    assert isinstance(word, Reply)
    assert not word.about


async def test_slack_shows_its_own_thumbs_below_an_answer(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        await door.say("find the kiln")
        channel = door.slack.world.workspaces[TEAM].direct(ANA)
        (message,) = [one for one in door.slack.world.messages[TEAM, channel] if one.get("bot_id")]
        await door.judge(message, "negative_button")
        await door.judge(message, "positive_button")
        assert await house.one("SELECT good FROM verdicts") is True
        await door.judge(message, "negative_button", user=BEA)
        assert await house.one("SELECT good FROM verdicts") is True
