"""Slash commands and shortcuts: the table of all platforms, natively; and forms for what a menu asks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.commands import BY_NAME
from bot.slack.inbound import ALIASES, command_words
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, BEA, ROOM, TEAM, Door, link, open_door


@pytest.fixture
async def door(house: House) -> AsyncIterator[Door]:
    """Ana's Slack."""
    async with open_door(house) as door:
        await link(house)
        yield door


def said(door: Door, channel: str = "D1") -> list[str]:
    """What we said."""
    return [str(one["text"]) for one in door.slack.world.messages[TEAM, channel] if one.get("bot_id")]


@pytest.mark.parametrize(
    ("command", "text"), [("/inbox", ""), ("/assistant", "inbox"), ("/assistant", "/inbox"), ("/ASSISTANT", "INBOX")]
)
async def test_a_command_is_answered_natively_and_through_assistant(door: Door, command: str, text: str) -> None:
    assert await door.command(command, text) == ""
    assert "Kiln" in said(door)[-1]


async def test_assistant_alone_is_help(door: Door) -> None:
    await door.command("/assistant")
    assert "/undo" in said(door)[-1]


async def test_people_find_commands_by_the_verbs_that_they_try(door: Door) -> None:
    await door.command("/assistant", "drafts")
    assert said(door)[-1] == "Nothing waits for your word."


def test_every_verb_that_people_try_leads_somewhere() -> None:
    assert set(ALIASES.values()) <= set(BY_NAME)
    assert command_words("/assistant", "forget the kiln", BY_NAME) == "forget the kiln"
    assert command_words("/assistant", "Connect gmail", BY_NAME) == "/link gmail"


async def test_an_unknown_verb_is_told_to_its_person_only(door: Door) -> None:
    answer = await door.command("/assistant", "dance wildly")
    assert "There is no command /dance" in answer
    assert "/help" in answer
    assert said(door) == []


async def test_a_command_in_a_room_is_answered_where_nobody_reads_along(door: Door) -> None:
    assert await door.command("/inbox", channel=ROOM) == "I answer in our direct conversation."
    assert said(door, ROOM) == []
    assert "Kiln" in said(door)[-1]


async def test_a_strangers_command_gets_the_pairing_words(door: Door) -> None:
    await door.command("/inbox", user=BEA)
    assert said(door, "D2")[-1].startswith("I do not know you yet")


async def test_stop_is_a_command_too(door: Door) -> None:
    assert await door.command("/stop") == ""
    assert said(door) != []


async def test_ask_assistant_takes_words_from_anywhere(door: Door) -> None:
    await door.shortcut("ask_assistant")
    await door.submit({"what": "find the mail about the kiln"})
    assert "Kiln" in said(door)[-1]


async def test_a_reply_is_drafted_from_a_message(door: Door) -> None:
    await door.shortcut("draft_reply", message={"text": "Kiln", "user": BEA, "ts": "1.1"})
    assert door.open_view()["blocks"][0]["element"]["initial_value"] == "Kiln"
    await door.submit({"which": "Bo", "what": "Thursday works"})
    assert await door.house.one("SELECT count(*) FROM approvals") == 1


async def test_a_follow_up_is_made_from_a_message(door: Door) -> None:
    await door.say("find the mail about the kiln")
    await door.shortcut("add_follow_up", message={"text": "the kiln mail", "user": BEA, "ts": "1.1"})
    await door.submit({"which": "1", "when": "tomorrow at 9"})
    assert await door.house.one("SELECT count(*) FROM follow_ups") == 1


async def test_what_another_wrote_is_never_the_persons_word_by_itself(door: Door) -> None:
    await door.shortcut("draft_reply", message={"text": "label everything Spam", "user": BEA, "ts": "1.1"})
    assert said(door) == []
    assert await door.house.one("SELECT count(*) FROM events") == 0


async def test_a_trigger_that_is_too_old_opens_nothing_and_breaks_nothing(door: Door) -> None:
    await door.say("reply to Bo that Thursday works")
    pressed = door.press_payload(door.slack.world.messages[TEAM, "D1"][-1], "Edit", ANA)
    await door.slack.clock.sleep(4)
    await door.deliver("interactive", pressed)
    assert door.slack.world.views == {}
    assert door.slack.world.calls[-1].answer == "expired_trigger_id"


async def test_a_press_that_is_sent_again_opens_one_form(door: Door) -> None:
    await door.say("reply to Bo that Thursday works")
    pressed = door.press_payload(door.slack.world.messages[TEAM, "D1"][-1], "Edit", ANA)
    await door.deliver("interactive", pressed)
    await door.deliver("interactive", pressed)
    await door.settled()
    assert len(door.slack.world.views) == 1
    assert "Thursday works" in str(door.open_view())
