"""What Microsoft Graph calls when something happens in a mailbox: it brings the next poll forward, and nothing else.

Whoever knows the address can call it, so a notification counts only with the secret that was given with its subscription.
The rest is passed over without a word. What it says of the mail is not read: the poll asks Graph itself.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.program import Program
from storage.database import Database
from storage.tables.subscriptions import tenant_of_state
from tools.work import POLL_MAIL

LARGEST = 256 * 1024
"""Bytes of a call; Graph sends at most some hundred notifications at once."""
LONGEST = 4_096
"""Characters of the text that is to be echoed."""

Answer = Callable[[Request], Awaitable[Response]]


def graph(program: Program) -> Answer:
    """`POST /hooks/graph`."""

    async def answer(request: Request) -> Response:
        token = request.query_params.get("validationToken")
        if token is not None:  # Graph asks whether we are there before it keeps a subscription
            return PlainTextResponse(token) if len(token) <= LONGEST else Response(status_code=400)
        told = await _notifications(request)
        if told is None:
            return Response(status_code=400)
        lifecycles: dict[str, set[str]] = {}
        for one in told:
            state = one.get("clientState")
            if isinstance(state, str):
                lifecycles.setdefault(state, set()).add(str(one.get("lifecycleEvent") or ""))
        for state, events in lifecycles.items():
            await _heard(program.database, state, events)
        return Response(status_code=202)

    return answer


async def _notifications(request: Request) -> list[dict[str, Any]] | None:
    """What was told; None for what is no notification of Graph's."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST:
                return None
        told = json.loads(body)["value"]
    except (ValueError, KeyError, TypeError, RecursionError, ClientDisconnect):
        return None
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else None


async def _heard(database: Database, state: str, events: set[str]) -> None:
    tenant = tenant_of_state(state)
    if tenant is None:
        return
    async with database.acting_as(tenant) as tx:
        account = await tx.subscriptions.account_of(state)
        if account is None:
            return
        if "subscriptionRemoved" in events:
            await tx.subscriptions.end(account)
        elif "reauthorizationRequired" in events:
            await tx.subscriptions.doubt(account)
        row = await tx.accounts.get(account)
        # However often this is told, one poll is open: what "missed" lost, it finds.
        await tx.jobs.add(
            POLL_MAIL.kind,
            POLL_MAIL.queue.name,
            {"account": str(account)},
            person=row.person,
            once=_poll(account),
        )


def _poll(account: UUID) -> str:
    return f"poll:{account}"
