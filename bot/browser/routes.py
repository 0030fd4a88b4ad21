"""The page's routes: itself and its parts, the stream of what is shown, and what the person says, presses and gives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from agent.chat import Click, Message, Reply
from bot.browser import inbound, pages, render
from bot.browser.door import Door, cookie_name, from_our_page, named_us
from bot.browser.transcript import Entry, Transcript
from bot.commands import COMMANDS
from bot.desk import Desk, Visitor
from bot.tables import LARGEST
from bot.work import Taken, Work
from storage.blobs import Blobs
from storage.values.errors import Refused, Trouble

PING = 15
"""Seconds between two signs of life on a stream."""

Handler = Callable[[Request], Awaitable[Response]]


class Page:
    """The page of one visitor: every route is behind the door but those of the page's own parts."""

    def __init__(self, desk: Desk, visitor: Visitor, door: Door, transcript: Transcript, blobs: Blobs) -> None:
        self._desk = desk
        self._visitor = visitor
        self._door = door
        self._transcript = transcript
        self._blobs = blobs
        self._work = Work()
        self._taking_in = asyncio.Lock()

    def routes(self) -> Sequence[BaseRoute]:
        """All of them."""
        return [
            Route("/", self._page),
            Route("/browser/parts/{name}", self._part),
            Route("/browser/stream", self._guarded(self._stream)),
            Route("/browser/overview", self._guarded(self._overview)),
            Route("/browser/commands", self._guarded(self._commands)),
            Route("/browser/files/{blob}", self._guarded(self._file)),
            Route("/browser/say", self._guarded(self._say, changes=True), methods=["POST"]),
            Route("/browser/press", self._guarded(self._press, changes=True), methods=["POST"]),
            Route("/browser/stop", self._guarded(self._stop, changes=True), methods=["POST"]),
            Route("/browser/give", self._guarded(self._give, changes=True), methods=["POST"]),
        ]

    async def _page(self, request: Request) -> Response:
        if not named_us(request):
            return pages.foreign()
        if self._door.has_seen(request):
            return pages.chat()
        session = self._door.enter(request.query_params.get("key", ""))
        if session is None:
            return pages.closed()
        answer = pages.chat(session.page_pass)
        answer.set_cookie(cookie_name(request), session.cookie, httponly=True, samesite="strict", path="/")
        return answer

    async def _part(self, request: Request) -> Response:
        return pages.part(request.path_params["name"]) if named_us(request) else pages.foreign()

    def _guarded(self, handler: Handler, *, changes: bool = False) -> Handler:
        async def guarded(request: Request) -> Response:
            if not named_us(request) or (changes and not from_our_page(request)):
                return _refusal("This request does not come from Deskhand's own page.", 403)
            if not self._door.knows(request):
                return _refusal(
                    "You are not signed in here. Open the address that Deskhand printed when it started.", 401
                )
            try:
                return await handler(request)
            except inbound.TooLargeError as trouble:
                return _refusal(str(trouble), 413)
            except Trouble as trouble:
                return _refusal(str(trouble), 400)

        return guarded

    async def _stream(self, request: Request) -> Response:
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        return EventSourceResponse(self._changes(after), ping=PING, sep="\n")

    async def _changes(self, after: str) -> AsyncIterator[ServerSentEvent]:
        async for change in self._transcript.follow(after):
            yield ServerSentEvent(json.dumps(change.body, ensure_ascii=False), event=change.kind, id=change.at)

    async def _overview(self, request: Request) -> Response:
        shown = await self._desk.dashboard(self._visitor)
        if shown is None:
            raise Refused("I do not know you here any more; start Deskhand again.")
        return JSONResponse({**asdict(shown), "waiting": [render.card(one) for one in shown.waiting]})

    async def _commands(self, request: Request) -> Response:
        return JSONResponse([{"name": one.name, "usage": one.usage, "help": one.help} for one in COMMANDS])

    async def _file(self, request: Request) -> Response:
        shown = self._transcript.entry(f"file:{request.path_params['blob']}")
        if shown is None:
            return _refusal("That file is not shown here any more; ask for it again.", 404)
        path = self._blobs.path(UUID(request.path_params["blob"]))
        if not path.is_file():
            return _refusal("That file is not there any more; ask for it again.", 404)
        return pages.file(path, shown)

    async def _say(self, request: Request) -> Response:
        said = inbound.said(await inbound.body_of(request, inbound.LARGEST_REQUEST))
        entry = render.said(f"said:{said.event}", said.text)
        return await self._begun(said.event, partial(self._asked, said), entry)

    async def _press(self, request: Request) -> Response:
        pressed = inbound.pressed(await inbound.body_of(request, inbound.LARGEST_REQUEST))
        click = Click(pressed.token, pressed.fields)
        return await self._begun(pressed.event, partial(self._heard, pressed.event, click))

    async def _stop(self, request: Request) -> Response:
        event = inbound.stopped(await inbound.body_of(request, inbound.LARGEST_REQUEST))
        return await self._begun(event, partial(self._heard, event, Message("/stop")))

    async def _give(self, request: Request) -> Response:
        event = inbound.event(request.query_params.get("event"))
        name, text = request.query_params.get("name", ""), request.query_params.get("text", "")
        content = await inbound.body_of(request, LARGEST)
        entry = render.said(f"said:{event}", text, name)
        return await self._begun(event, partial(self._given, event, name, text, content), entry)

    async def _begun(
        self, event: str, work: Callable[[Taken], Coroutine[Any, Any, None]], entry: Entry | None = None
    ) -> Response:
        """Answers when it is stored; the work goes on, and what comes of it is told on the stream. The same event again does
        nothing."""
        if self._transcript.begin(event):
            if entry is not None:
                self._transcript.show(entry)
            await self._work.taken(partial(self._done, event, work))
        return JSONResponse({"event": event}, status_code=202)

    async def _done(self, event: str, work: Callable[[Taken], Coroutine[Any, Any, None]], taken: Taken) -> None:
        try:
            await work(taken)
        finally:
            self._transcript.end(event)

    async def _asked(self, said: inbound.Said, taken: Taken) -> None:
        async with self._taking_in:  # what is said after a file was given may be about it
            pass
        await self._heard(said.event, Message(said.text), taken)

    async def _heard(self, event: str, said: Message | Click, taken: Taken) -> None:
        await self._desk.receive(self._visitor, said, event, taken)

    async def _given(self, event: str, name: str, text: str, content: bytes, taken: Taken) -> None:
        try:
            async with self._taking_in:
                given = await self._desk.give(self._visitor, name, content)
        except Trouble as trouble:
            await self._visitor.channel.send(self._visitor.address, Reply(str(trouble)))
            return
        await self._heard(event, Message(text or f"analyze {given}"), taken)


def _refusal(words: str, status: int) -> Response:
    return JSONResponse({"error": words}, status_code=status)
