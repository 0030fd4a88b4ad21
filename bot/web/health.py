"""Health: whether the process is alive, and whether everything that it needs answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.checkup import check_services
from bot.program import Program

Route = Callable[[Request], Awaitable[Response]]


async def alive(request: Request) -> Response:
    """`GET /health`: the process answers."""
    return PlainTextResponse("ok\n")


def ready(program: Program) -> Route:
    """`GET /ready`: 200 when the database, its shape and the queue are as they should be, else 503, with each one's state."""

    async def answer(request: Request) -> Response:
        findings = await check_services(program.admin_url, program.redis_url)
        good = all(one.ok for one in findings)
        return JSONResponse({one.name: one.words for one in findings}, status_code=200 if good else 503)

    return answer
