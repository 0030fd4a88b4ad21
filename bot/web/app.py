"""The web app and its routes, with the headers that every page of ours carries."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.program import Program
from bot.web import health, hooks_gmail, hooks_graph, imap_form, oauth

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


def build(program: Program, platforms: Sequence[BaseRoute] = ()) -> Starlette:
    """The app, which works on what the program has open; the platforms bring routes of their own."""
    return Starlette(
        routes=[
            Route("/health", health.alive),
            Route("/ready", health.ready(program)),
            *oauth.routes(program),
            *imap_form.routes(program),
            Route("/hooks/gmail", hooks_gmail.gmail(program), methods=["POST"]),
            Route("/hooks/graph", hooks_graph.graph(program), methods=["POST"]),
            *platforms,
        ],
        middleware=[Middleware(SafeHeaders)],
    )


class SafeHeaders:
    """Adds our headers to every answer, but for those that a route sets by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                ours = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in own]
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
