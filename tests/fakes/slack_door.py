"""A door in Slack: our app behind a fake Slack, signed requests or a socket, and everything that a workspace can send it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette

from agent.assistant import Assistant
from bot.delivery import Delivery
from bot.desk import Desk
from bot.program import Program
from bot.settings import Settings
from bot.slack.api import Time
from bot.slack.platform import Slack
from bot.slack.platform import open_slack as open_ours
from tests.fakes.program import House
from tests.fakes.slack_server import APP_TOKEN, CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, FakeSlack, open_slack
from tests.fakes.slack_world import Dict
from tools.work import LONG, QUICK

TEAM, ANA, BEA, ROOM = "T1", "U1", "U2", "C1"


def signed(body: bytes, *, at: float | None = None, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """The headers of a request that Slack signed."""
    moment = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}


@dataclass
class Door:
    """The app and the Slack that it lives in."""

    slack: FakeSlack
    platform: Slack
    desk: Desk
    delivery: Delivery
    web: httpx.AsyncClient
    house: House
    socket: bool

    async def settled(self) -> None:
        """Until everything that was begun is done."""
        await self.platform.work.all_done()

    async def work(self) -> None:
        """Does the jobs that are due, and carries what they leave."""
        await self.house.runner.drain(queues=frozenset({QUICK.name, LONG.name}))
        while await self.delivery.flush():
            pass

    async def post(self, body: bytes, kind: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """One request to our events route."""
        signature = signed(body) if headers is None else headers
        return await self.web.post("/slack/events", content=body, headers={"Content-Type": kind, **signature})

    async def deliver(self, kind: str, payload: Dict, headers: dict[str, str] | None = None) -> Any:
        """Sends a payload the way that is open; gives what it was acknowledged with."""
        if self.socket:
            return await self.slack.envelope(kind, payload)
        if kind == "events_api":
            answer = await self.post(json.dumps(payload).encode(), "application/json", self._headers(payload, headers))
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            answer = await self.post(urlencode(form).encode(), "application/x-www-form-urlencoded")
        assert answer.status_code == 200, answer.text
        return (
            json.loads(answer.content)
            if answer.headers.get("content-type", "").startswith("application/json")
            else answer.text
        )

    def _headers(self, payload: Dict, more: dict[str, str] | None) -> dict[str, str] | None:
        return {**signed(json.dumps(payload).encode()), **more} if more else None

    async def event(self, event: Dict, *, team: str = TEAM, event_id: str = "", retry: int = 0) -> None:
        """The workspace tells of an event; with `retry`, for another time."""
        payload = {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": "A1",
            "event": event,
            "event_id": event_id or f"Ev{self.slack.world.number()}",
            "event_time": int(self.slack.clock.now),
            "authorizations": [{"team_id": team, "user_id": f"UBOT{team}", "is_bot": True}],
        }
        again = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": "http_timeout"} if retry else None
        await self.deliver("events_api", payload, again)
        await self.settled()

    def message(self, text: str, user: str = ANA, *, team: str = TEAM, channel: str = "", **more: Any) -> Dict:
        """A message event; the message is in the workspace's history too."""
        channel = channel or self.slack.world.workspaces[team].direct(user)
        event = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": self.slack.world.new_ts(),
            "channel": channel,
            "channel_type": "im" if channel.startswith("D") else "channel",
            **more,
        }
        self.slack.world.messages[team, channel].append(dict(event))
        return event

    async def say(self, text: str, user: str = ANA, **more: Any) -> None:
        """Somebody says something."""
        await self.event(self.message(text, user, **more), team=more.get("team", TEAM))

    async def press(self, message: Dict, label: str, user: str = ANA, **more: Any) -> None:
        """Somebody presses a button of a message."""
        await self.deliver("interactive", self.press_payload(message, label, user, **more))
        await self.settled()

    async def judge(self, message: Dict, name: str, user: str = ANA) -> None:
        """Somebody presses one of the thumbs below an answer: `positive_button` or `negative_button`."""
        (block,) = [one for one in message["blocks"] if one["type"] == "context_actions"]
        (thumbs,) = block["elements"]
        channel = self.slack.world.workspaces[TEAM].direct(user)
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel}
        pressed = {"action_id": thumbs["action_id"], "value": thumbs[name]["value"]}
        payload = self._pressed(block, pressed, container, user, TEAM)
        payload["actions"][0]["type"] = "feedback_buttons"
        await self.deliver("interactive", {**payload, "channel": {"id": channel}, "message": message})
        await self.settled()

    def press_payload(
        self,
        message: Dict,
        label: str,
        user: str = ANA,
        *,
        team: str = TEAM,
        channel: str = "",
        token: str = "",
        unticked: tuple[str, ...] = (),
    ) -> Dict:
        """What Slack sends when a button of a message is pressed, after some of its items were unticked."""
        channel = channel or self.slack.world.workspaces[team].direct(user)
        block, element = button(message["blocks"], label)
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel}
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        pressed = {**element, "value": token or element.get("value", "")}
        return {
            **self._pressed(block, pressed, container, user, team),
            "channel": {"id": channel},
            "message": {name: value for name, value in message.items() if name != "arguments"},
            "state": {"values": _state(message["blocks"], unticked)},
        }

    async def press_home(self, label: str, user: str = ANA, *, team: str = TEAM) -> None:
        """Somebody presses a button of their home page."""
        view = self.slack.world.homes[team, user]
        block, element = button(view["blocks"], label)
        container = {"type": "view", "view_id": view["id"]}
        await self.deliver("interactive", self._pressed(block, element, container, user, team))
        await self.settled()

    def _pressed(self, block: Dict, element: Dict, container: Dict, user: str, team: str) -> Dict:
        action = {
            "type": "button",
            "action_id": element["action_id"],
            "block_id": block.get("block_id", "b1"),
            "value": element.get("value", ""),
            "action_ts": self.slack.world.new_ts(),
        }
        return {
            "type": "block_actions",
            "team": {"id": team},
            "user": {"id": user, "team_id": team},
            "api_app_id": "A1",
            "container": container,
            "trigger_id": self.slack.world.new_trigger(),
            "actions": [action],
        }

    async def command(
        self, command: str, text: str = "", user: str = ANA, *, team: str = TEAM, channel: str = ""
    ) -> str:
        """A slash command; gives what only the person sees."""
        payload = {
            "command": command,
            "text": text,
            "team_id": team,
            "user_id": user,
            "channel_id": channel or self.slack.world.workspaces[team].direct(user),
            "trigger_id": self.slack.world.new_trigger(),
            "response_url": f"{self.slack.root}/response",
            "api_app_id": "A1",
        }
        answer = await self.deliver("slash_commands", payload)
        await self.settled()
        return answer.get("text", "") if isinstance(answer, dict) else str(answer or "")

    async def shortcut(self, name: str, user: str = ANA, *, message: Dict | None = None, team: str = TEAM) -> None:
        """A shortcut, of a message or from anywhere."""
        payload = {
            "type": "message_action" if message else "shortcut",
            "callback_id": name,
            "team": {"id": team},
            "user": {"id": user, "team_id": team},
            "trigger_id": self.slack.world.new_trigger(),
            "action_ts": self.slack.world.new_ts(),
            **({"message": message, "channel": {"id": ROOM}} if message else {}),
        }
        await self.deliver("interactive", payload)
        await self.settled()

    def open_view(self) -> Dict:
        """The modal that was opened last."""
        return list(self.slack.world.views.values())[-1]

    async def submit(self, fields: dict[str, str], user: str = ANA, *, team: str = TEAM) -> Any:
        """Somebody fills in the open modal and sends it; gives the answer."""
        view = self.open_view()
        values: Dict = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                name, element = block["block_id"].rpartition(".")[0], block["element"]
                first = block["block_id"].endswith(".0")
                value = fields.get(name, element.get("initial_value")) if first or name not in fields else None
                values[block["block_id"]] = {element["action_id"]: {"type": element["type"], "value": value}}
        payload = {
            "type": "view_submission",
            "team": {"id": team},
            "user": {"id": user, "team_id": team},
            "api_app_id": "A1",
            "view": {**view, "state": {"values": values}},
        }
        answer = await self.deliver("interactive", payload)
        await self.settled()
        return answer


def button(blocks: list[Dict], label: str) -> tuple[Dict, Dict]:
    """The block and the element of the button with this label."""
    for block in blocks:
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
            if element.get("type") == "button" and read(element["text"]["text"]) == label:
                return block, element
    raise AssertionError(f"no button {label!r}")


def _state(blocks: list[Dict], unticked: tuple[str, ...]) -> Dict:
    """What is ticked in a message."""
    state: Dict = {}
    for block in blocks:
        for one in block.get("elements", []):
            if one.get("type") == "checkboxes":
                ticked = [option for option in one["options"] if option["value"] not in unticked]
                state[block["block_id"]] = {one["action_id"]: {"type": "checkboxes", "selected_options": ticked}}
    return state


def read(text: str) -> str:
    """A text object's text as a person sees it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def settings(slack: FakeSlack, *, socket: bool, oauth: bool = False) -> Settings:
    """What an operator sets."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=None if oauth else slack.world.workspaces[TEAM].token,
        slack_app_token=APP_TOKEN if socket else None,
        slack_signing_secret=None if socket else SIGNING_SECRET,
        slack_client_id=CLIENT_ID if oauth else None,
        slack_client_secret=CLIENT_SECRET if oauth else None,
        slack_api_base_url=slack.api,
        slack_authorize_url=f"{slack.root}/oauth/v2/authorize",
    )


@asynccontextmanager
async def open_door(
    house: House, slack: FakeSlack | None = None, *, socket: bool = False, oauth: bool = False
) -> AsyncIterator[Door]:
    """Our app in a Slack of its own (or in this one), with a workspace of two members."""
    async with AsyncExitStack() as stack:
        if slack is None:
            slack = await stack.enter_async_context(open_slack())
            slack.world.add(TEAM, ANA, BEA, channels=(ROOM,))
        program = Program(
            settings(slack, socket=socket, oauth=oauth),
            house.box,
            house.database,
            house.servers.redis_url,
            house.servers.admin_url,
        )
        clock = Time(slack.clock, slack.clock.sleep)
        platform = await stack.enter_async_context(open_ours(program, clock))
        delivery = Delivery(house.database, {platform.name: platform})
        desk = Desk(Assistant(house.box), delivery)
        app = Starlette(routes=list(platform.routes(desk)))
        await stack.enter_async_context(platform.listening(desk))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        web = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="https://deskhand.test"))
        if socket:
            await slack.connected()
        yield Door(slack, platform, desk, delivery, web, house, socket)


async def link(house: House, user: str = ANA, *, team: str = TEAM) -> None:
    """The house's person is this member of the workspace."""
    async with house.database.acting_as(house.caller) as tx:
        await tx.people.name_on("slack", f"{team}:{user}", house.caller.person)
