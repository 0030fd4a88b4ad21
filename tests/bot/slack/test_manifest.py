"""The manifest says what we listen to, and nothing else; Slack would take it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

import bot.slack
from bot.commands import COMMANDS
from bot.slack.manifest import SLACKS_OWN
from bot.slack.oauth import SCOPES
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, TEAM, Door, open_door

FOLDER = Path(bot.slack.__file__).parent
BODIES: dict[str, Any] = {
    "event": lambda name: {
        "type": "event_callback",
        "team_id": TEAM,
        "event": {"type": name.partition(".")[0], "channel_type": "im", "user": ANA, "channel": "D1", "tab": "home"},
    },
    "command": lambda name: {"command": name, "team_id": TEAM, "user_id": ANA},
    "shortcut": lambda name: {"type": "shortcut", "callback_id": name, "team": {"id": TEAM}, "user": {"id": ANA}},
    "message": lambda name: {
        "type": "message_action",
        "callback_id": name,
        "team": {"id": TEAM},
        "user": {"id": ANA},
        "message": {},
    },
}


@pytest.fixture
async def door(house: House) -> AsyncIterator[Door]:
    """Our app."""
    async with open_door(house) as door:
        yield door


@pytest.fixture(params=["manifest.yaml", "manifest-http.yaml"])
def written(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A manifest as it ships."""
    return dict(yaml.safe_load((FOLDER / request.param).read_text("utf-8")))


async def listeners_of(door: Door, kind: str, name: str) -> list[object]:
    """The registered listeners that take this."""
    asked = AsyncBoltRequest(body=BODIES[kind](name), mode="socket_mode")
    app = door.platform.app(door.desk)
    return [one for one in app._async_listeners if await one.async_matches(req=asked, resp=BoltResponse(status=200))]


async def test_everything_in_the_manifest_has_exactly_one_listener(door: Door, written: dict[str, Any]) -> None:
    features = written["features"]
    named = [("event", one) for one in written["settings"]["event_subscriptions"]["bot_events"]]
    named += [("command", one["command"]) for one in features["slash_commands"]]
    named += [
        ("message" if one["type"] == "message" else "shortcut", one["callback_id"]) for one in features["shortcuts"]
    ]
    assert {(kind, name): len(await listeners_of(door, kind, name)) for kind, name in named} == dict.fromkeys(named, 1)


async def test_every_event_that_is_listened_to_is_subscribed(door: Door, written: dict[str, Any]) -> None:
    subscribed = {one.partition(".")[0] for one in written["settings"]["event_subscriptions"]["bot_events"]}
    every = ["message", "app_mention", "app_home_opened", "agent_session_stopped", "file_shared", "tokens_revoked"]
    every += ["app_uninstalled", "link_shared", "reaction_added", "member_joined_channel", "app_context_changed"]
    heard = {one for one in every if await listeners_of(door, "event", one)}
    assert heard == subscribed


def test_every_command_of_ours_is_native_or_reached_through_assistant(written: dict[str, Any]) -> None:
    native = {one["command"][1:] for one in written["features"]["slash_commands"]}
    assert native == {"assistant", "stop"} | {one.name for one in COMMANDS} - SLACKS_OWN


def test_the_scopes_are_those_that_an_install_asks_for(written: dict[str, Any]) -> None:
    assert set(written["oauth_config"]["scopes"]["bot"]) == set(SCOPES)


def test_the_limits_of_a_manifest_are_kept(written: dict[str, Any]) -> None:
    features = written["features"]
    assert len(written["display_information"]["name"]) <= 35
    assert len(written["display_information"]["description"]) <= 140
    assert len(features["slash_commands"]) <= 50
    assert all(len(one["command"]) <= 32 and len(one["description"]) <= 2_000 for one in features["slash_commands"])
    assert len(features["shortcuts"]) <= 10
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in features["shortcuts"])
    assert 1 <= len(features["agent_view"]["suggested_prompts"]) <= 4
    assert len(features["agent_view"]["agent_description"]) <= 300
