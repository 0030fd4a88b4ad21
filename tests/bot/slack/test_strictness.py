"""The fake Slack refuses what the real one refuses, by the same names; otherwise the other tests would prove nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_blocks import faults, view_faults
from tests.fakes.slack_door import ANA, TEAM
from tests.fakes.slack_server import FakeSlack, open_slack

WORDS = {"type": "plain_text", "text": "x"}
SECTION = {"type": "section", "text": WORDS}
MODAL = {"type": "modal", "title": WORDS, "blocks": [SECTION]}


def button(**more: Any) -> dict[str, Any]:
    """A button in its block."""
    return {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": WORDS, **more}]}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section"},
        {"type": "section", "text": {"type": "plain_text", "text": ""}},
        {"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}},
        {"type": "section", "text": {"type": "plain_text", "text": "a < b"}},
        {"type": "section", "fields": [WORDS] * 11},
        {"type": "section", "fields": [{"type": "plain_text", "text": "x" * 2001}]},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "actions", "elements": []},
        {"type": "actions", "elements": button()["elements"] * 26},
        {"type": "context", "elements": [WORDS] * 11},
        {"type": "nonsense"},
        {"type": "divider", "block_id": "x" * 256},
        button(text={"type": "plain_text", "text": "x" * 76}),
        button(value="x" * 2001),
        button(style="loud"),
        button(
            confirm={"title": WORDS, "text": {"type": "plain_text", "text": "x" * 301}, "confirm": WORDS, "deny": WORDS}
        ),
    ],
)
def test_blocks_beyond_their_limits_are_faults(block: dict[str, Any]) -> None:
    assert faults([block]) != []


def test_a_message_holds_fifty_blocks_and_no_two_of_one_id() -> None:
    assert faults([SECTION] * 50) == []
    assert faults([SECTION] * 51) != []
    assert faults([{"type": "divider", "block_id": "a"}] * 2) != []


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"blocks": [SECTION] * 101},
        {"private_metadata": "x" * 3001},
        {"blocks": [{"type": "input", "label": WORDS, "element": {"type": "plain_text_input", "action_id": "a"}}]},
        {"type": "window"},
    ],
)
def test_views_beyond_their_limits_are_faults(change: dict[str, Any]) -> None:
    assert view_faults(MODAL) == []
    assert view_faults({**MODAL, **change}) != []


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A Slack with one workspace."""
    async with open_slack() as slack:
        slack.world.add(TEAM, ANA)
        yield slack


async def refusal(slack: FakeSlack, method: str, token: str | None = None, **arguments: Any) -> str:
    """What a call is refused with."""
    async with aiohttp.ClientSession() as session:
        token = slack.world.workspaces[TEAM].token if token is None else token
        client = AsyncWebClient(token=token, base_url=slack.api, session=session, retry_handlers=[])
        with pytest.raises(SlackApiError) as refused:
            await client.api_call(method, json=arguments)
    return str(refused.value.response["error"])


@pytest.mark.parametrize(
    ("method", "arguments", "name"),
    [
        ("chat.postMessage", {"channel": "D1"}, "no_text"),
        ("chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "D1", "text": "x", "thread_ts": "1.1"}, "thread_not_found"),
        ("chat.postMessage", {"channel": "D1", "text": "x", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ("chat.update", {"channel": "D1", "ts": "1.1", "text": "x"}, "message_not_found"),
        ("chat.startStream", {"channel": "D1"}, "invalid_thread_ts"),
        ("views.open", {"trigger_id": "made up", "view": MODAL}, "invalid_trigger_id"),
        ("views.update", {"view_id": "V9", "view": MODAL}, "not_found"),
        ("views.publish", {"user_id": "U9", "view": {"type": "home", "blocks": []}}, "user_not_found"),
        ("agents.sessions.setStatus", {"channel_id": "D1", "status": "busy"}, "invalid_arguments"),
        ("assistant.threads.setSuggestedPrompts", {"channel_id": "D1", "prompts": [{}] * 5}, "invalid_arguments"),
        ("files.info", {"file": "F9"}, "file_not_found"),
        ("no.such.method", {}, "unknown_method"),
    ],
)
async def test_calls_are_refused_by_their_names(
    slack: FakeSlack, method: str, arguments: dict[str, Any], name: str
) -> None:
    assert await refusal(slack, method, **arguments) == name


async def test_tokens_are_asked_for(slack: FakeSlack) -> None:
    assert await refusal(slack, "auth.test", token="xoxb-other") == "invalid_auth"
    slack.world.workspaces[TEAM].installed = False
    assert await refusal(slack, "auth.test") == "account_inactive"


async def test_a_second_message_within_a_second_is_too_many(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        token = slack.world.workspaces[TEAM].token
        client = AsyncWebClient(token=token, base_url=slack.api, session=session, retry_handlers=[])
        await client.chat_postMessage(channel="D1", text="one")
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="D1", text="two")
        assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "1")
        await slack.clock.sleep(1)
        await client.chat_postMessage(channel="D1", text="two")


async def test_an_update_without_blocks_takes_the_buttons_away(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        token = slack.world.workspaces[TEAM].token
        client = AsyncWebClient(token=token, base_url=slack.api, session=session, retry_handlers=[])
        sent = await client.chat_postMessage(channel="D1", text="one", blocks=[button()])
        await client.chat_update(channel="D1", ts=str(sent["ts"]), text="two")
        assert slack.world.messages[TEAM, "D1"][0]["blocks"] == []
