"""Microsoft Graph on this machine: who may come in, four at a time, batches, and the trouble that a test asks for."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from aiohttp import web

from tests.fakes.graph import Account, Item
from tests.fakes.graph_requests import Asked, Requests, Result, Said

TOKEN = "eyJ-a-token-of-ana"
AT_ONCE = 4


@dataclass
class Trouble:
    """What goes wrong with requests whose method and path match: `times` of them. Without a status the line is cut;
    `done`: only after the work was done."""

    match: str
    status: int = 0
    code: str = "UnknownError"
    later: str = ""
    times: int = 1
    done: bool = False
    stalls: bool = False
    """No answer comes; `stalled` tells that the request is here."""


@dataclass
class GraphServer:
    """The service. `seen` are the requests that got through, parts of batches among them."""

    account: Account = field(default_factory=Account)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    troubles: list[Trouble] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    calls: int = 0
    """Requests on the wire."""
    most_at_once: int = 0
    turned_away: int = 0
    """Requests that were the fifth at a time."""
    text_in_batches: bool = False
    """Bytes come as text in batches, as a gateway may turn them."""
    gate: asyncio.Event | None = None
    """While it is there and not set, requests about messages are not answered."""
    crowd: int = 1
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """So many wait at the gate."""
    meanwhile: Callable[[str], None] = field(default=lambda request: None)
    """What others do right after a request."""
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """Set: what stalls is answered after all."""
    outside: httpx.AsyncClient | None = None
    """The way to the addresses that are to be notified."""
    subscriptions: dict[str, Item] = field(default_factory=dict)
    port: int = 0
    _now: int = 0

    def __post_init__(self) -> None:
        self.requests = Requests(self.account)

    @property
    def base_url(self) -> str:
        """As GRAPH_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/v1.0"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request on the wire."""
        self.calls += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        target = request.raw_path.removeprefix("/v1.0")
        asked = Asked.of(request.method, target, headers, await request.read())
        try:
            if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                raise Said(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
            if asked.path == "/$batch":
                return web.json_response({"responses": await self._batch(asked)})
            if asked.path.startswith("/subscriptions"):
                status, body = await self._subscription(asked)
            else:
                status, body = await self._one(asked)
        except Said as said:
            return web.json_response(said.body, status=said.status, headers=said.headers)
        except ConnectionResetError:
            assert request.transport
            request.transport.abort()
            raise
        return (
            web.Response(status=status, body=body)
            if isinstance(body, bytes)
            else web.json_response(body, status=status)
        )

    async def _one(self, asked: Asked) -> Result:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            if self._now > AT_ONCE:
                self.turned_away += 1
                raise Said(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", "1")
            await self._held(asked)
            return await self._done(asked)
        finally:
            self._now -= 1

    async def _subscription(self, asked: Asked) -> Result:
        values, name = asked.values, asked.path.removeprefix("/subscriptions").strip("/")
        until = datetime.fromisoformat(values["expirationDateTime"])
        if until > datetime.now(UTC) + timedelta(minutes=10_080):
            raise Said(400, "InvalidRequest", "Subscription expiration can only be 10080 minutes in the future.")
        if asked.method == "PATCH":
            if name not in self.subscriptions:
                raise Said(404, "ResourceNotFound", "The object was not found.")
            self.subscriptions[name]["expirationDateTime"] = values["expirationDateTime"]
            return 200, self.subscriptions[name]
        wanted = {"changeType", "resource", "notificationUrl", "clientState", "expirationDateTime"}
        if (
            wanted - set(values)
            or len(values["clientState"]) > 128
            or not values["notificationUrl"].startswith("https:")
        ):
            raise Said(400, "InvalidRequest", "The subscription lacks something, or its address is not https.")
        await self._handshake(values["notificationUrl"])
        name = f"subscription-{len(self.subscriptions)}"
        self.subscriptions[name] = {**values, "id": name}
        return 201, self.subscriptions[name]

    async def _handshake(self, address: str) -> None:
        token = "Validation: Testing client application <b>&+%20</b>"
        answer = await self.outside.post(address, params={"validationToken": token}) if self.outside else None
        right = answer and answer.status_code == 200 and answer.text == token
        if not right or not answer or not answer.headers["content-type"].startswith("text/plain"):
            raise Said(400, "ValidationError", "Subscription validation request failed.")

    async def notify(self, name: str, **told: str) -> int:
        """Tells of a change as the real service does, and gives the status of the answer."""
        one = self.subscriptions[name]
        told = {"subscriptionId": name, "clientState": one["clientState"], "tenantId": "t", **told}
        assert self.outside
        return (await self.outside.post(one["notificationUrl"], json={"value": [told]})).status_code

    async def _held(self, asked: Asked) -> None:
        if self.gate and "/messages" in asked.path:
            if self._now >= self.crowd:
                self.arrived.set()
            await self.gate.wait()
        else:
            await asyncio.sleep(0)

    async def _done(self, asked: Asked) -> Result:
        trouble = next((one for one in self.troubles if one.times and re.search(one.match, _name(asked))), None)
        if trouble:
            trouble.times -= 1
            result = self._do(asked) if trouble.done else None
            if trouble.stalls:
                self.stalled.set()
                await self.go_on.wait()
                return result or self._do(asked)
            if not trouble.status:
                raise ConnectionResetError
            raise Said(trouble.status, trouble.code, later=trouble.later)
        return self._do(asked)

    def _do(self, asked: Asked) -> Result:
        self.seen.append(_name(asked))
        self.requests.base = self.base_url
        result = self.requests.do(asked)
        self.meanwhile(_name(asked))
        return result

    async def _batch(self, asked: Asked) -> list[Item]:
        parts = asked.values.get("requests", [])
        if not 0 < len(parts) <= 20 or len({part["id"] for part in parts}) < len(parts):
            raise Said(
                400, "BadRequest", "Number of batch request steps exceeds the limit of 20, or ids are not unique."
            )
        turn = asyncio.Semaphore(AT_ONCE)

        async def work(part: Any) -> Item:
            async with turn:
                return await self._part(part)

        return list(reversed(await asyncio.gather(*map(work, parts))))  # the order means nothing

    async def _part(self, part: Any) -> Item:
        headers = {name.lower(): value for name, value in part.get("headers", {}).items()}
        content = json.dumps(part["body"]).encode() if "body" in part else b""
        try:
            status, body = await self._one(Asked.of(part["method"], part["url"], headers, content))
        except Said as said:
            return {"id": part["id"], "status": said.status, "headers": said.headers, "body": said.body}
        if isinstance(body, bytes):
            told = body.decode("utf-8", "replace") if self.text_in_batches else b64encode(body).decode()
            return {"id": part["id"], "status": status, "headers": {"Content-Type": "text/plain"}, "body": told}
        return {"id": part["id"], "status": status, "headers": {"Content-Type": "application/json"}, "body": body}


def _name(asked: Asked) -> str:
    return f"{asked.method} {asked.path}"


@asynccontextmanager
async def open_graph() -> AsyncIterator[GraphServer]:
    """The service on a free port."""
    server = GraphServer()
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_route("*", "/v1.0/{rest:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()
