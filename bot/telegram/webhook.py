"""Webhook: Telegram brings updates to our own route, and shows a secret that nobody else knows."""

from __future__ import annotations

import hmac
import json
from functools import partial
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram.ext import ExtBot

from bot.telegram.polling import Arrived, understood
from bot.work import Work

log = structlog.get_logger()

PATH = "/telegram/webhook"
HEAD = "X-Telegram-Bot-Api-Secret-Token"

LARGEST = 1024 * 1024
"""Bytes of an update; the longest message is a hundredth of that."""


class Webhook:
    """The route. Before the bot knows its own name, and after a failure, Telegram is asked to come again."""

    def __init__(self, bot: ExtBot[None], secret: str, work: Work) -> None:
        self._bot = bot
        self._secret = secret
        self._work = work
        self.arrived: Arrived | None = None

    @property
    def route(self) -> Route:
        """For the web app."""
        return Route(PATH, self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        shown = request.headers.get(HEAD, "")
        if not hmac.compare_digest(shown.encode(), self._secret.encode()):
            log.warning("telegram.wrong_secret", client=request.client.host if request.client else "")
            return PlainTextResponse("This is not Telegram's secret, so nothing was done.\n", status_code=403)
        plain = await _read(request)
        if plain is None:
            return PlainTextResponse("This is no update, so nothing was done.\n", status_code=400)
        if self.arrived is None:
            return PlainTextResponse("Not ready yet; come again.\n", status_code=503)
        return await self._taken(plain, self.arrived)

    async def _taken(self, plain: dict[str, Any], arrived: Arrived) -> Response:
        """Telegram is answered when what it brought is a row, so that a crash loses nothing."""
        try:
            update = understood(plain, self._bot)
        except (KeyError, TypeError, ValueError, AttributeError):
            log.exception("telegram.unreadable", update=plain.get("update_id"))
            return PlainTextResponse("This update cannot be read, so nothing was done.\n", status_code=400)
        task = await self._work.taken(partial(arrived, update))
        if task.done() and not task.cancelled() and task.exception() is not None:
            return PlainTextResponse("Something went wrong; come again.\n", status_code=500)
        return PlainTextResponse("ok\n")


async def _read(request: Request) -> dict[str, Any] | None:
    """The update; None for what is none."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    try:
        plain = json.loads(body)
    except (ValueError, RecursionError):
        return None
    known = isinstance(plain, dict) and type(plain.get("update_id")) is int
    return plain if known else None
