"""Words as they come: in a thread they stream, elsewhere one message grows; the answer takes their place, whatever it says."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.chat import Progress, Reply, Saying
from bot.slack.steps import APPENDS_EVERY, PART
from bot.slack.text import clean, streamed
from tests.fakes.program import House
from tests.fakes.slack_blocks import alive
from tests.fakes.slack_door import ANA, ROOM, TEAM, Door, link, open_door
from tests.fakes.slack_world import Dict

DM = "T1:D1"


@pytest.fixture
async def door(house: House) -> AsyncIterator[Door]:
    """Ana's Slack."""
    async with open_door(house) as door:
        await link(house)
        yield door


def thread(door: Door) -> str:
    said = door.message("<@UBOTT1> hello", channel=ROOM)
    door.platform.steps.asked(address := f"{TEAM}:{ROOM}:{said['ts']}", ANA)
    return address


def ours(door: Door, channel: str = ROOM) -> list[Dict]:
    return [one for one in door.slack.world.messages[TEAM, channel] if one.get("bot_id")]


def calls(door: Door) -> list[str]:
    return [one.method for one in door.slack.world.calls if one.method.startswith("chat.")]


async def words(door: Door, address: str, *texts: str) -> None:
    for text in texts:
        await door.platform.saying(address, Saying(text))
        await door.slack.clock.sleep(2.0)


def body(message: Dict) -> str:
    return str(message["blocks"][0]["text"]["text"])


async def test_in_a_thread_words_are_appended_and_the_answer_takes_their_place(door: Door) -> None:
    address = thread(door)
    await words(door, address, "One.", "One. Two.", "One. Two. Three.")
    (message,) = ours(door)
    assert message["markdown"] == "One. Two. Three."
    name = await door.platform.send(address, Reply("One. Two. Three. Four."))
    (message,) = ours(door)
    assert name == message["ts"]
    assert (body(message), message.get("markdown")) == ("One. Two. Three. Four.", None)
    assert calls(door) == ["chat.startStream", *["chat.appendStream"] * 2, "chat.stopStream", "chat.update"]


async def test_an_answer_that_was_changed_replaces_what_was_shown(door: Door) -> None:
    address = thread(door)
    await words(door, address, "I have sent it.")
    await door.platform.send(address, Reply("Stopped; nothing was changed."))
    (message,) = ours(door)
    assert "sent it" not in str(message["blocks"]) + message["text"] + message.get("markdown", "")


async def test_outside_of_threads_one_message_grows_into_the_answer(door: Door) -> None:
    await words(door, DM, "One.", "One. Two.")
    (message,) = ours(door, "D1")
    assert body(message) == "One. Two."
    await door.platform.send(DM, Reply("One. Two. Three."))
    (message,) = ours(door, "D1")
    assert [body(message), len(message["blocks"])] == ["One. Two. Three.", 1]


async def test_words_that_come_faster_than_slack_takes_them_are_shown_with_the_next(door: Door) -> None:
    address = thread(door)
    for text in ("One.", "One. Two.", "One. Two. Three."):
        await door.platform.saying(address, Saying(text))
        await door.slack.clock.sleep(APPENDS_EVERY / 2 + 0.01)
    assert len(calls(door)) == 2
    assert ours(door)[0]["markdown"] == "One. Two. Three."


async def test_steps_and_words_share_one_message(door: Door) -> None:
    address = thread(door)
    await words(door, address, "Let me look.")
    await door.platform.progress(address, Progress("search_inbox", {}))
    await door.slack.clock.sleep(2.0)
    await words(door, address, "There is one mail.")
    await door.platform.send(address, Reply("There is one mail. It is new."))
    (message,) = ours(door)
    assert body(message) == "There is one mail. It is new."


async def test_an_answer_that_outlives_its_stream_goes_on_in_a_new_message(door: Door) -> None:
    address = thread(door)
    text = ""
    for minute in range(12):
        text += f"Minute {minute}. "
        await words(door, address, text.strip())
        await door.slack.clock.sleep(60)
    assert {one.answer for one in door.slack.world.calls} == {"ok"}
    (message,) = ours(door)
    assert message["markdown"].startswith("Minute 0. ")
    await door.platform.send(address, Reply(text.strip()))
    (message,) = ours(door)
    assert body(message) == text.strip()


async def test_a_stream_that_died_early_goes_on_as_a_plain_message(door: Door) -> None:
    address = thread(door)
    await words(door, address, "One.")
    ours(door)[0]["streaming_since"] = None
    await words(door, address, "One. Two.")
    await door.platform.send(address, Reply("One. Two. Three."))
    assert [body(one) for one in ours(door)] == ["One. Two. Three."]


async def test_very_long_words_are_appended_in_parts(door: Door) -> None:
    address, text = thread(door), clean("word " * PART)
    for _ in range(6):
        await words(door, address, text)
    (message,) = ours(door)
    assert message["markdown"] == text
    assert all(len(str(one)) < 13_000 for one in calls(door))


@pytest.mark.parametrize(
    "text",
    [
        "See https://evil.example/?q=secret now",
        "![picture of it](https://evil.example/a.png)",
        "[press here](evil.example)",
        "<https://evil.example|your bank> <!channel> <@U1> <#C1>",
        "www.evil.example and mailto:bo@evil.example and @channel and @here",
        "`code` with ``ticks`` and `https://evil.example`",
        r"\[a\](b.example) and \`x",
    ],
)
def test_nothing_that_a_model_writes_comes_to_life(text: str) -> None:
    assert alive(text) or "code" in text or "\\" in text
    assert alive(streamed(clean(text))) == []


PIECES = st.sampled_from(
    ["https://", "evil.example", "[a", "](", ")", "<", "@", "`", "\\", "!", " ", "\n", ".", "*", "|x>"]
)


@example("https://https://\\")
@given(st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join))
def test_whatever_is_streamed_is_inert_and_reads_as_it_was_written(text: str) -> None:
    shown = streamed(clean(text))
    assert alive(shown) == []
    read = re.sub(r"`([^`]*)`|\\(.)", lambda one: one[1] if one[1] is not None else one[2], shown)
    for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        read = read.replace(escape, sign)
    assert read.replace("'", "`") == clean(text).replace("'", "`")
