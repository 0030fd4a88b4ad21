"""Slack's own Stop really stops what is under way: the thought is broken off, and the thread is not at work any more."""

from __future__ import annotations

import asyncio

from tests.fakes.openai import Holds, Thinking, call
from tests.fakes.slack_door import ANA, ROOM, TEAM, Door, link, open_door
from tests.fakes.slack_world import Dict


def stop(thread: str, streams: list[str]) -> Dict:
    """The event of a pressed Stop."""
    event = {"type": "agent_session_stopped", "channel": ROOM, "thread_ts": thread, "user": ANA}
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "EvStop",
        "event": {**event, "streaming_message_ts": streams, "event_ts": "1.1"},
    }


def ours(door: Door) -> list[Dict]:
    """What we showed in the room."""
    return [one for one in door.slack.world.messages[TEAM, ROOM] if one.get("bot_id")]


async def test_stop_breaks_off_the_thought_and_the_session_is_over(thinking: Thinking) -> None:
    async with open_door(thinking.house) as door:
        await link(thinking.house)
        held = Holds()
        thinking.service.says(call("label_email", emails=["Bo"], label="Finance"), held)
        asked = door.message("<@UBOTT1> label Bo's mail", channel=ROOM)
        asking = asyncio.create_task(door.event({**asked, "type": "app_mention"}))
        await held.reached.wait()
        (stream,) = ours(door)
        assert stream["tasks"]["step-0"]["title"] == "Label email"
        stream["streaming_since"] = None  # Slack ends the streams itself
        async with asyncio.timeout(10):
            await door.deliver("events_api", stop(asked["ts"], [stream["ts"]]))
            await asking
        assert "Stopped. Done before that:" in str(ours(door))
        assert door.slack.world.sessions[TEAM, ROOM, asked["ts"]]["status"] == "active"


async def test_stop_is_heard_by_word_too_while_a_thought_is_under_way(thinking: Thinking) -> None:
    async with open_door(thinking.house, socket=True) as door:
        await link(thinking.house)
        held = Holds()
        thinking.service.says(held)
        asking = asyncio.create_task(door.say("hello"))
        await held.reached.wait()
        async with asyncio.timeout(10):
            await door.say("stop")
            await asking
        assert "Stopped; nothing was changed." in str(door.slack.world.messages[TEAM, "D1"])
