"""The doors of Slack: what is unsigned, old, played back, forged, foreign or late is refused, and nothing comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.fakes.program import House
from tests.fakes.slack_door import ANA, BEA, ROOM, TEAM, Door, link, open_door, signed
from tests.fakes.slack_server import SIGNING_SECRET
from tests.fakes.slack_world import Dict

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def an_event(door: Door, **more: object) -> bytes:
    """Ana asks."""
    event = door.message("find the mail about the kiln")
    body = {"type": "event_callback", "team_id": TEAM, "event": event, "event_id": "Ev1", "api_app_id": "A1", **more}
    return json.dumps(body).encode()


def altered(body: bytes) -> dict[str, str]:
    """Signed, and then changed on the way."""
    return signed(body.replace(b"kiln", b"bank"))


HEADERS: dict[str, Callable[[bytes], dict[str, str]]] = {
    "no signature": lambda body: {},
    "a signature without a time": lambda body: {"X-Slack-Signature": signed(body)["X-Slack-Signature"]},
    "a time without a signature": lambda body: {"X-Slack-Request-Timestamp": str(int(time.time()))},
    "another secret": lambda body: signed(body, secret="wrong"),
    "no secret at all": lambda body: signed(body, secret=""),
    "an altered body": altered,
    "six minutes old": lambda body: signed(body, at=time.time() - 360),
    "played back a day later": lambda body: signed(body, at=time.time() - 86_400),
    "from the future": lambda body: signed(body, at=time.time() + 360),
    "another version": lambda body: {
        **signed(body),
        "X-Slack-Signature": signed(body)["X-Slack-Signature"].replace("v0=", "v1="),
    },
    "a time that is none": lambda body: {**signed(body), "X-Slack-Request-Timestamp": "now"},
    "an empty signature": lambda body: {**signed(body), "X-Slack-Signature": ""},
}


async def effects(door: Door) -> tuple[int, int]:
    """What came of it: events that were taken, and messages that were shown."""
    await door.settled()
    taken = await door.house.one("SELECT count(*) FROM events")
    messages = [one for every in door.slack.world.messages.values() for one in every if one.get("bot_id")]
    return taken, len(messages)


@pytest.mark.parametrize("how", HEADERS)
async def test_a_request_that_slack_did_not_sign_just_now_is_refused(house: House, how: str) -> None:
    async with open_door(house) as door:
        await link(house)
        body = an_event(door)
        answer = await door.post(body, JSON, HEADERS[how](body))
        assert answer.status_code in (401, 500)
        assert await effects(door) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (FORM, urlencode({"command": "/inbox", "team_id": TEAM, "user_id": ANA, "channel_id": "D1"})),
        (FORM, urlencode({"payload": json.dumps({"type": "block_actions", "team": {"id": TEAM}})})),
        (JSON, json.dumps({"type": "event_callback", "team_id": TEAM, "event": {"type": "app_uninstalled"}})),
    ],
)
async def test_commands_presses_and_removals_need_a_signature_too(house: House, kind: str, payload: str) -> None:
    async with open_door(house) as door:
        answer = await door.post(payload.encode(), kind, {})
        assert answer.status_code == 401
        assert await effects(door) == (0, 0)


async def test_a_signed_request_that_is_played_back_within_five_minutes_is_one_turn(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        body = an_event(door)
        headers = signed(body)
        for _ in range(3):
            assert (await door.post(body, JSON, headers)).status_code == 200
        assert await effects(door) == (1, 1)


async def test_with_a_socket_there_is_no_route_that_could_be_forged(house: House) -> None:
    async with open_door(house, socket=True) as door:
        await link(house)
        body = an_event(door)
        for secret in ("", SIGNING_SECRET):
            assert (await door.post(body, JSON, signed(body, secret=secret))).status_code == 404
        assert await effects(door) == (0, 0)


async def test_a_workspace_that_did_not_install_us_is_not_heard(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        door.slack.world.add("T9", ANA, installed=False)
        event = door.message("find the mail about the kiln", team="T9")
        await door.event(event, team="T9")
        assert await effects(door) == (0, 0)


async def draft(door: Door) -> Dict:
    """A card that waits for Ana."""
    await link(door.house)
    await door.say("reply to Bo that Thursday works")
    return dict(door.slack.world.messages[TEAM, "D1"][-1])


def last_words(door: Door, channel: str = "D1") -> str:
    """What was said last."""
    return str(door.slack.world.messages[TEAM, channel][-1]["text"])


async def nothing_left(house: House) -> None:
    """Nothing was approved and nothing left."""
    await house.work()
    assert await house.one("SELECT count(*) FROM sends") == 0
    assert house.sent() == []
    assert await house.one("SELECT state FROM approvals") == "pending"


async def test_a_strangers_click_on_a_card_is_refused(house: House) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        await door.press(card, "Approve & send", BEA, channel=ROOM)
        assert "I do not know you yet" in last_words(door, ROOM)
        await nothing_left(house)


async def test_the_click_of_another_person_whom_we_know_is_refused(house: House) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        async with house.database.acting_as(house.caller) as tx:
            bea = await tx.people.add("Bea", house.caller.role, "UTC")
            await tx.people.name_on("slack", f"{TEAM}:{BEA}", bea)
        await door.press(card, "Approve & send", BEA, channel=ROOM)
        assert last_words(door, ROOM)
        await nothing_left(house)


@pytest.mark.parametrize("forged", ["", "x", "0" * 22, "'; DROP TABLE approvals; --", "a" * 2000])
async def test_a_made_up_token_is_refused_in_words(house: House, forged: str) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        await door.press(card, "Approve & send", token=forged or " ")
        assert last_words(door)
        await nothing_left(house)


async def test_a_button_that_expired_is_refused_in_words(house: House) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        await house.sql("UPDATE buttons SET expires_at = now() - interval '1 second'")
        await door.press(card, "Approve & send")
        assert last_words(door)
        await nothing_left(house)


async def test_a_draft_that_expired_is_refused_in_words(house: House) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        await house.sql("UPDATE approvals SET expires_at = now() - interval '1 second'")
        await door.press(card, "Approve & send")
        assert "expired" in last_words(door)
        await nothing_left(house)


async def test_somebody_elses_draft_does_not_open_in_a_form(house: House) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        await door.press(card, "Edit", BEA)
        assert "Thursday" not in str(door.open_view())
        assert "I do not know you here" in str(door.open_view())


async def test_a_form_that_somebody_else_sends_changes_nothing(house: House) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        await door.press(card, "Edit")
        await door.submit({"body": "Send me your money."}, BEA)
        await nothing_left(house)
        assert await house.one("SELECT count(*) FROM approvals") == 1


async def test_many_presses_of_one_button_are_one_effect(house: House) -> None:
    async with open_door(house) as door:
        card = await draft(door)
        for _ in range(4):
            await door.press(card, "Approve & send")
        await house.work()
        assert len(house.sent()) == 1
        assert "approved already" in last_words(door)
