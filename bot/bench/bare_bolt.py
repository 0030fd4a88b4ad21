"""The baseline of the channels bench: Bolt as its first page shows it, which acknowledges and says a sentence.

No database, no people, nothing kept: what it forgets when it dies, it forgets.
"""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.bench.endpoint import ANSWER


def build(api: str, secret: str) -> Starlette:
    """An app that answers every message and every press with the same words."""
    client = AsyncWebClient(token="xoxb-bench", base_url=api)  # noqa: S106 - of the bench's own platform
    app = AsyncApp(client=client, signing_secret=secret)

    @app.event("message")
    async def said(event: dict[str, Any], say: Any) -> None:
        await say(text=ANSWER, channel=event["channel"])

    @app.action(re.compile(".*"))
    async def pressed(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=body["container"]["channel_id"], text=ANSWER)

    handler = AsyncSlackRequestHandler(app)

    async def handle(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", handle, methods=["POST"])])


if __name__ == "__main__":
    config = uvicorn.Config(build(sys.argv[1], sys.argv[2]), port=int(sys.argv[3]), log_level="error", lifespan="off")
    asyncio.run(uvicorn.Server(config).serve())
