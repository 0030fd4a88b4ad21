"""A Bot API server on loopback: tokens, long polls, uploads and downloads, and the webhook's side of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiohttp import web

from tests.fakes.telegram.errors import ApiError, Conflict
from tests.fakes.telegram.methods import METHODS, Call, Upload
from tests.fakes.telegram.world import TOKEN, World


@dataclass(frozen=True)
class Done:
    """A call that was answered: its method, its parameters, and the refusal if it was one."""

    method: str
    given: Mapping[str, str]
    refused: ApiError | None


@dataclass
class TelegramServer:
    """The server, the world behind it, and what it was asked."""

    world: World = field(default_factory=World)
    calls: list[Done] = field(default_factory=list)
    down: bool = False
    """While set, every call is answered with 502."""
    port: int = 0
    _poll: asyncio.Future[Any] | None = None
    _closing: bool = False

    def __post_init__(self) -> None:
        self.world.news = self._wake

    @property
    def base_url(self) -> str:
        """As python-telegram-bot takes it."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def file_url(self) -> str:
        """Where files are fetched."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    @property
    def refusals(self) -> list[Done]:
        """What was refused, but for flood limits and the world's own moods."""
        return [one for one in self.calls if one.refused is not None]

    def called(self, method: str) -> list[Done]:
        """The calls of a method."""
        return [one for one in self.calls if one.method == method]

    async def push(self, app: Any, *, secret: str | None = None, times: int = 1) -> list[int]:
        """Brings what waits to the webhook, each so often; gives the statuses. What is not taken stays."""
        url = self.world.webhook["url"]
        head = {"X-Telegram-Bot-Api-Secret-Token": self.world.webhook["secret"] if secret is None else secret}
        statuses = []
        waiting = [self.world.updates.popleft() for _ in range(len(self.world.updates))]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            for update in waiting:
                for _ in range(times):
                    answer = await client.post(url, json=update, headers=head)
                    statuses.append(answer.status_code)
                if not answer.is_success:
                    self.world.updates.append(update)
        return statuses

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given, files = await _read(request)
        try:
            if self.down:
                raise ApiError(502, "Bad Gateway")
            self._check_token(request)
            result = await self._result(method, given, files)
        except ApiError as error:
            self.calls.append(Done(method, given, error))
            return web.json_response(error.body, status=error.code)
        self.calls.append(Done(method, given, None))
        return web.json_response({"ok": True, "result": result})

    async def _result(self, method: str, given: dict[str, str], files: dict[str, Upload]) -> Any:
        if method == "getUpdates":
            return await self._updates(given)
        if method not in METHODS:
            raise ApiError(404, "Not Found")
        return METHODS[method](Call(self.world, method, given, files))

    async def _updates(self, given: Mapping[str, str]) -> list[Any]:
        """Long poll: of two who ask at once, the first is sent away."""
        if self.world.webhook:
            raise Conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(
                Conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
            )
        mine = self._poll = asyncio.get_running_loop().create_future()
        self.world.confirmed(int(given.get("offset", "0")))
        if not self.world.updates and float(given.get("timeout", "0")) > 0 and not self._closing:
            await mine
        elif not mine.done():
            mine.set_result(None)
        return list(self.world.updates)[: int(given.get("limit", "100"))]

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def _file(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
        except ApiError as error:
            return web.json_response(error.body, status=error.code)
        content = self.world.files.get(request.match_info["path"].rpartition("/")[2])
        return web.Response(body=content) if content is not None else web.Response(status=404)

    def _check_token(self, request: web.Request) -> None:
        token = request.match_info["token"]
        if token != TOKEN:
            raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")

    async def close(self) -> None:
        """Ends the long polls."""
        self._closing = True
        self._wake()


async def _read(request: web.Request) -> tuple[dict[str, str], dict[str, Upload]]:
    given, files = dict(request.query), {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = Upload(value.filename, value.file.read())
        elif isinstance(value, str):
            given[name] = value
    return given, files


@asynccontextmanager
async def telegram_server() -> AsyncIterator[TelegramServer]:
    """A server on a free port."""
    server = TelegramServer()
    app = web.Application(client_max_size=80 * 2**20)
    app.router.add_route("*", "/bot{token}/{method}", server._answer)
    app.router.add_route("GET", "/file/bot{token}/{path:.+}", server._file)
    runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await server.close()
        await runner.cleanup()
