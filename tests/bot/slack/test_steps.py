"""Steps: in a thread they are tasks of a stream, which gives way before it dies; elsewhere one message that becomes the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent.chat import Card, Progress, Reply
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, ROOM, TEAM, Door, link, open_door
from tests.fakes.slack_world import Dict

DM = "T1:D1"


@pytest.fixture
async def door(house: House) -> AsyncIterator[Door]:
    """Ana's Slack."""
    async with open_door(house) as door:
        await link(house)
        yield door


def asked(door: Door, channel: str = ROOM) -> str:
    """The address of a thread in which Ana asked something."""
    said = door.message("<@UBOTT1> hello", channel=channel)
    address = f"{TEAM}:{channel}:{said['ts']}"
    door.platform.steps.asked(address, ANA)
    return address


def ours(door: Door, channel: str = ROOM) -> list[Dict]:
    """What we showed."""
    return [one for one in door.slack.world.messages[TEAM, channel] if one.get("bot_id")]


async def step(door: Door, address: str, tool: str) -> None:
    """A tool is called, for a while."""
    await door.platform.progress(address, Progress(tool, {"query": "<!channel> https://evil.example"}))


async def test_steps_in_a_thread_are_tasks_and_the_answer_ends_their_stream(door: Door) -> None:
    address = asked(door)
    await step(door, address, "search_inbox")
    await step(door, address, "label_email")
    (message,) = ours(door)
    titles = [(one["title"], one["status"]) for one in message["tasks"].values()]
    assert titles == [("Search inbox", "complete"), ("Label email", "in_progress")]
    name = await door.platform.send(address, Reply("Done."))
    (message,) = ours(door)
    assert name == message["ts"]
    assert message["streaming_since"] is None
    assert message["blocks"][0]["text"]["text"] == "Done."
    assert {one["status"] for one in message["tasks"].values()} == {"complete"}


async def test_arguments_of_a_tool_are_a_models_words_and_are_not_shown(door: Door) -> None:
    address = asked(door)
    await step(door, address, "search_inbox")
    assert "evil" not in str(ours(door))


async def test_a_long_turn_goes_on_in_a_fresh_stream_before_the_first_one_dies(door: Door) -> None:
    address = asked(door)
    for minute in range(12):
        await step(door, address, f"step_{minute}")
        await door.slack.clock.sleep(60)
    await door.platform.send(address, Reply("Done."))
    answers = {one.answer for one in door.slack.world.calls}
    assert answers == {"ok"}
    titles = [one["title"] for message in ours(door) for one in message["tasks"].values()]
    assert titles == [f"Step {minute}" for minute in range(12)]
    assert len(ours(door)) == 3
    assert ours(door)[-1]["blocks"][0]["text"]["text"] == "Done."


async def test_an_answer_that_outlives_its_stream_is_redrawn_in_its_place(door: Door) -> None:
    address = asked(door)
    await step(door, address, "run_analysis")
    await door.slack.clock.sleep(301)
    name = await door.platform.send(address, Reply("It took a while."))
    (message,) = ours(door)
    assert message["ts"] == name
    assert message["blocks"][0]["text"]["text"] == "It took a while."


async def test_a_step_after_the_stream_died_is_shown_all_the_same(door: Door) -> None:
    address = asked(door)
    await step(door, address, "run_analysis")
    await door.slack.clock.sleep(301)
    await step(door, address, "draft_reply")
    await door.platform.send(address, Reply("Done."))
    assert "Run analysis" in str(ours(door)[0]["blocks"])
    assert ours(door)[-1]["blocks"][0]["text"]["text"] == "Done."


async def test_steps_outside_of_threads_are_one_message_that_becomes_the_answer(door: Door) -> None:
    await step(door, DM, "search_inbox")
    await step(door, DM, "label_email")
    (message,) = ours(door, "D1")
    assert message["blocks"][0]["text"]["text"] == "✓ Search inbox\n… Label email"
    await door.platform.send(DM, Reply("Done."))
    (message,) = ours(door, "D1")
    assert message["blocks"][0]["text"]["text"] == "Done."


async def test_a_card_stands_below_the_steps_that_led_to_it(door: Door) -> None:
    await step(door, DM, "draft_reply")
    await door.platform.send(DM, Card("c", "Send?", "text"))
    steps, card = ours(door, "D1")
    assert steps["blocks"][0]["text"]["text"].startswith("✓ ") or "Draft reply" in str(steps["blocks"])
    assert card["blocks"][0]["type"] == "header"


async def test_where_slack_has_no_streams_a_plain_message_stands_in(door: Door) -> None:
    door.slack.refusing["chat.startStream"] = "not_allowed_token_type"
    address = asked(door)
    await step(door, address, "search_inbox")
    await door.platform.send(address, Reply("Done."))
    (message,) = ours(door)
    assert message["blocks"][0]["text"]["text"] == "Done."


async def test_while_we_work_the_thread_says_so_and_then_not(door: Door) -> None:
    said = door.message("<@UBOTT1> find the mail about the kiln", channel=ROOM)
    await door.event({**said, "type": "app_mention"})
    session = door.slack.world.sessions[TEAM, ROOM, said["ts"]]
    assert session["seen"] == ["processing", "active"]
    assert session["title"] == "find the mail about the kiln"


async def test_slacks_own_stop_stops_and_the_session_is_over(door: Door) -> None:
    said = door.message("<@UBOTT1> find the mail about the kiln", channel=ROOM)
    await door.event({**said, "type": "app_mention"})
    stop = {"type": "agent_session_stopped", "channel": ROOM, "thread_ts": said["ts"], "user": ANA}
    await door.event({**stop, "event_ts": "1.1", "streaming_message_ts": []})
    assert door.slack.world.sessions[TEAM, ROOM, said["ts"]]["status"] == "active"
    assert await door.house.one("SELECT stopped_at IS NOT NULL FROM conversations WHERE channel = 'slack'")


async def test_an_app_that_is_no_agent_answers_without_sessions(door: Door) -> None:
    door.slack.refusing["agents.sessions.setStatus"] = "not_an_agent"
    said = door.message("<@UBOTT1> help", channel=ROOM)
    await door.event({**said, "type": "app_mention"})
    assert len(ours(door)) == 1


async def test_a_stream_that_slack_ended_early_goes_on_as_a_plain_message(door: Door) -> None:
    address = asked(door)
    await step(door, address, "search_inbox")
    ours(door)[0]["streaming_since"] = None
    await step(door, address, "draft_reply")
    (message,) = ours(door)
    assert message["blocks"][0]["text"]["text"] == "✓ Search inbox\n… Draft reply"
    await door.platform.send(address, Reply("Done."))
    assert ours(door)[0]["blocks"][0]["text"]["text"] == "Done."
