"""What Google's Pub/Sub calls when something happens in a Gmail mailbox: it brings the next poll forward, and nothing else.

Each call carries a token that Google signed for this very address. What it says of the mail is not read: the poll asks
Gmail itself. A call that comes twice asks for the same poll.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.program import Program
from bot.settings import Settings
from storage.database import Database
from storage.values.errors import Unavailable
from tools.mail.gmail_push import PushGuard, address_in
from tools.work import POLL_MAIL

PATH = "/hooks/gmail"
LARGEST = 64 * 1024
"""Bytes of a call; Gmail's are some hundred."""

Answer = Callable[[Request], Awaitable[Response]]


def gmail(program: Program) -> Answer:
    """`POST /hooks/gmail`. 404 where no topic is set, 401 for whoever is not Google."""
    guard = guard_of(program.settings)

    async def answer(request: Request) -> Response:
        if guard is None:
            return Response(status_code=404)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.casefold() != "bearer" or not await guard.believes(token):
                return Response(status_code=401)
        except Unavailable:
            return Response(status_code=503)  # Pub/Sub tells it again
        body = await _body(request)
        if body is None:
            return Response(status_code=400)
        await _heard(program.database, address_in(body))
        return Response(status_code=204)

    return answer


def guard_of(settings: Settings) -> PushGuard | None:
    """Whom we believe; None where push is not set up."""
    if not settings.gmail_push_topic or not settings.gmail_push_account:
        return None
    return PushGuard(f"{settings.public}{PATH}", settings.gmail_push_account, settings.google_certs_uri)


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


async def _heard(database: Database, address: str) -> None:
    if not address:
        return
    async with database.as_system() as tx:
        rows = await tx.accounts.at("gmail", address)
    for row in rows:
        async with database.acting_as(row.tenant) as tx:
            await tx.jobs.add(
                POLL_MAIL.kind, POLL_MAIL.queue.name, {"account": str(row.id)}, person=row.person, once=f"poll:{row.id}"
            )
