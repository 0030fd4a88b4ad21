"""docs/slack.md, tried: what it tells people to set, type and paste is there, and its first steps work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

import bot.slack
from bot.front import open_front
from bot.program import Program
from bot.settings import Settings
from bot.slack import open_platform
from bot.slack.platform import NO_WAY_IN
from storage.values.errors import NeedsPerson
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, BEA, TEAM, settings, signed
from tests.fakes.slack_server import SIGNING_SECRET, FakeSlack, open_slack

CHECKOUT = Path(bot.slack.__file__).parent.parent.parent
GUIDE = (CHECKOUT / "docs" / "slack.md").read_text("utf-8")


def program(house: House, chosen: Settings) -> Program:
    """The program with these settings."""
    return Program(chosen, house.box, house.database, house.servers.redis_url, house.servers.admin_url)


def test_every_setting_in_the_guide_is_one() -> None:
    named = set(re.findall(r"\b(?:SLACK_[A-Z_]+|PUBLIC_URL)\b", GUIDE))
    assert named >= {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
    assert {one.lower() for one in named} <= set(Settings.model_fields)


def test_every_file_in_the_guide_is_there() -> None:
    linked = re.findall(r"\]\((\.\./[^)]+|[a-z-]+\.md)\)", GUIDE)
    assert linked
    assert all((CHECKOUT / "docs" / one).resolve().is_file() for one in linked)


def test_every_command_in_the_guide_is_there() -> None:
    listed = (CHECKOUT / "docs" / "commands.md").read_text("utf-8")
    typed = re.findall(r"^deskhand ([a-z ]+[a-z])", GUIDE, re.MULTILINE)
    assert set(typed) == {"serve", "work", "people code"}
    assert all(f"deskhand {one}" in listed for one in typed)


async def test_serve_opens_slack_and_greets_a_stranger_with_what_to_do(house: House) -> None:
    async with open_slack() as slack:
        slack.world.add(TEAM, ANA, BEA)
        async with open_front(program(house, settings(slack, socket=True)), only=["slack"]) as front:
            await slack.connected()
            assert list(front.platforms) == ["slack"]
            assert front.routes == []
            event = {"type": "message", "user": ANA, "text": "hi", "ts": "1700000000.1", "channel": "D1"}
            await slack.envelope(
                "events_api", {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
            )
            await front.platforms["slack"].work.all_done()  # type: ignore[attr-defined]
            (word,) = slack.world.messages[TEAM, "D1"]
            assert "link code" in word["text"]


async def test_serve_starts_while_slack_is_away(house: House) -> None:
    async with open_slack() as slack:
        slack.world.add(TEAM, ANA)
        slack.down = True
        async with open_platform(program(house, settings(slack, socket=False))) as platform:
            assert platform is not None
            slack.down = False
            assert await platform.workspaces.token(TEAM) == slack.world.workspaces[TEAM].token


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slack_signing_secret": None}, NO_WAY_IN),
        ({"slack_bot_token": "xoxb-old"}, "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)"),
    ],
)
async def test_half_a_set_up_is_told_at_the_start(house: House, change: dict[str, str | None], words: str) -> None:
    async with open_slack() as slack:
        slack.world.add(TEAM, ANA)
        chosen = Settings(_env_file=None, **{**_given(slack), **change})  # type: ignore[arg-type,call-arg]
        with pytest.raises(NeedsPerson, match=re.escape(words)):
            async with open_platform(program(house, chosen)):
                pass


def _given(slack: FakeSlack) -> dict[str, str]:
    token = slack.world.workspaces[TEAM].token
    return {"slack_bot_token": token, "slack_signing_secret": "secret", "slack_api_base_url": slack.api}


async def test_without_settings_there_is_no_slack(house: House) -> None:
    async with open_platform(program(house, Settings(_env_file=None))) as platform:  # type: ignore[call-arg]
        assert platform is None


async def test_the_address_for_signed_requests_answers_slacks_challenge(house: House) -> None:
    async with open_slack() as slack:
        slack.world.add(TEAM, ANA)
        async with open_front(program(house, settings(slack, socket=False)), only=["slack"]) as front:
            transport = httpx.ASGITransport(app=Starlette(routes=list(front.routes)))
            async with httpx.AsyncClient(transport=transport, base_url="https://deskhand.test") as web:
                body = b'{"type": "url_verification", "challenge": "abc"}'
                headers = {"Content-Type": "application/json", **signed(body)}
                answer = await web.post("/slack/events", content=body, headers=headers)
                assert "abc" in answer.text


async def test_a_token_and_a_client_in_the_environment_serve_side_by_side(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bolt reads the environment too, and would drop the token there."""
    async with open_slack() as slack:
        slack.world.add(TEAM, ANA)
        given = {
            **_given(slack),
            "slack_client_id": "1.2",
            "slack_client_secret": "s",
            "slack_signing_secret": SIGNING_SECRET,
        }
        for name, value in given.items():
            monkeypatch.setenv(name.upper(), value)
        chosen = Settings(_env_file=None)  # type: ignore[call-arg]
        async with open_front(program(house, chosen), only=["slack"]) as front:
            paths = [getattr(one, "path", "") for one in front.routes]
            assert paths == ["/slack/events", "/slack/install", "/slack/oauth_redirect"]
            transport = httpx.ASGITransport(app=Starlette(routes=list(front.routes)))
            async with httpx.AsyncClient(transport=transport, base_url="https://deskhand.test") as web:
                event = {"type": "message", "user": ANA, "text": "hi", "ts": "1700000000.1", "channel": "D1"}
                body = json.dumps(
                    {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
                ).encode()
                headers = {"Content-Type": "application/json", **signed(body)}
                assert (await web.post("/slack/events", content=body, headers=headers)).status_code == 200
                await front.platforms["slack"].work.all_done()  # type: ignore[attr-defined]
            assert "link code" in slack.world.messages[TEAM, "D1"][0]["text"]
