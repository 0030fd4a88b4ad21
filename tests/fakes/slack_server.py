"""A strict Slack on loopback: the Web API, files, OAuth and Socket Mode, over a world that refuses what Slack refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack_methods import METHODS
from tests.fakes.slack_world import Call, Clock, Dict, SlackError, Workspace, World

APP_TOKEN, SIGNING_SECRET = "xapp-1-deskhand", "8f742231b10e8888abcd99yyyzzz85a5"
CLIENT_ID, CLIENT_SECRET = "111.222", "client-secret"
ACK_IN = 3.0
"""Seconds in which an envelope must be acknowledged."""


class FakeSlack:
    """The server. What it holds is in `world`; `line` takes events to the app when Socket Mode is on."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.world = World(self.clock)
        self.root = ""
        self.down = False
        self.losing: set[str] = set()
        """Methods whose next answer is lost after it was carried out."""
        self.refusing: dict[str, str] = {}
        """Methods that answer with this error."""
        self._sockets: list[web.WebSocketResponse] = []
        self._connected = asyncio.Event()
        self._acks: dict[str, asyncio.Future[Any]] = {}

    @property
    def api(self) -> str:
        """SLACK_API_BASE_URL."""
        return f"{self.root}/api/"

    def app(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=80 * 1024 * 1024)
        app.router.add_post("/api/{method}", self._method)
        app.router.add_get("/api/{method}", self._method)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._download)
        app.router.add_get("/socket", self._socket)
        return app

    async def _method(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        if self.down:
            return web.Response(status=503, text="upstream connect error")
        arguments = await _arguments(request)
        token = arguments.pop("token", "") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            answer = self._answer(name, token, arguments, request)
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.name, **error.more})
        except _Wait as wait:
            headers = {"Retry-After": str(wait.seconds)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if name in self.losing:
            self.losing.discard(name)
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"ok": True, **answer})

    def _answer(self, name: str, token: str, arguments: Dict, request: web.Request) -> Dict:
        if name == "apps.connections.open":
            if token != APP_TOKEN:
                raise SlackError("invalid_auth")
            return {"url": f"{self.root.replace('http', 'ws')}/socket"}
        if name == "oauth.v2.access":
            return self._access(arguments, request)
        space = self._space(token)
        call = Call(name, space.team, arguments, self.clock.now)
        self.world.calls.append(call)
        wait = self.world.wait_for(call)
        if wait is not None:
            call.answer = "ratelimited"
            raise _Wait(max(1, round(wait + 0.499)))
        if name in self.refusing:
            call.answer = self.refusing[name]
            raise SlackError(self.refusing[name])
        if name not in METHODS:
            raise SlackError("unknown_method")
        try:
            return METHODS[name](self.world, space, {**arguments, "_root": self.root})
        except SlackError as error:
            call.answer = error.name
            raise

    def _space(self, token: str) -> Workspace:
        if not token:
            raise SlackError("not_authed")
        for space in self.world.workspaces.values():
            if space.token == token:
                if not space.installed:
                    raise SlackError("account_inactive")
                return space
        raise SlackError("invalid_auth")

    def _access(self, arguments: Dict, request: web.Request) -> Dict:
        import base64

        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        pair = (
            base64.b64decode(given).decode()
            if given
            else f"{arguments.get('client_id')}:{arguments.get('client_secret')}"
        )
        if pair != f"{CLIENT_ID}:{CLIENT_SECRET}":
            raise SlackError("bad_client_secret")
        code = self.world.codes.pop(str(arguments.get("code")), None)
        if code is None:
            raise SlackError("invalid_code")
        team, user = code
        space = self.world.workspaces[team]
        space.installed, space.token = True, f"xoxb-{team}-{self.world.number()}"
        return {
            "access_token": space.token,
            "token_type": "bot",
            "scope": "chat:write,commands",
            "bot_user_id": space.bot,
            "app_id": "A1",
            "team": {"id": team, "name": space.name},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": user},
        }

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self.world.files[request.match_info["file"]]
        content = await request.read()
        if len(content) != upload.length:
            return web.Response(status=400, text="length does not match")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in {one.token for one in self.world.workspaces.values()}:
            return web.Response(
                text="<!DOCTYPE html><html><title>Sign in | Slack</title></html>", content_type="text/html"
            )
        upload = self.world.files.get(request.match_info["file"])
        if upload is None or upload.content is None:
            return web.Response(status=404)
        return web.Response(body=upload.content, content_type="text/csv")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        self._connected.set()
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    answer = json.loads(message.data)
                    waiting = self._acks.get(answer.get("envelope_id"))
                    if waiting and not waiting.done():
                        waiting.set_result(answer.get("payload"))
        finally:
            self._sockets.remove(socket)
            if not self._sockets:
                self._connected.clear()
        return socket

    async def connected(self) -> None:
        """Until the app has opened its socket."""
        async with asyncio.timeout(10):
            await self._connected.wait()

    async def cut_sockets(self) -> None:
        """Slack takes its sockets away, as it does every few hours."""
        for socket in list(self._sockets):
            await socket.close()

    async def envelope(self, kind: str, payload: Dict) -> Any:
        """Sends one through the socket; gives what the app acknowledged it with. TimeoutError: it did not, in time."""
        await self.connected()
        identity = f"envelope-{self.world.number()}"
        self._acks[identity] = asyncio.get_running_loop().create_future()
        await self._sockets[-1].send_json(
            {
                "type": kind,
                "envelope_id": identity,
                "payload": payload,
                "accepts_response_payload": kind != "events_api",
            }
        )
        try:
            async with asyncio.timeout(ACK_IN):
                return await self._acks[identity]
        finally:
            self._acks.pop(identity)


class _Wait(Exception):
    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


async def _arguments(request: web.Request) -> Dict:
    if request.content_type == "application/json":
        return dict(await request.json())
    form = await request.post()
    return {**dict(request.query), **{name: value for name, value in form.items()}}


@asynccontextmanager
async def open_slack() -> AsyncIterator[FakeSlack]:
    """A Slack on a free port of loopback, with nobody in it yet."""
    slack = FakeSlack()
    runner = web.AppRunner(slack.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slack
    finally:
        await slack.cut_sockets()
        await runner.cleanup()
