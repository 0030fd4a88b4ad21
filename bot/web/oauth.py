"""Signing in at a provider of mail: where the browser begins, and where it comes back with the provider's answer.

The browser that began gets a cookie that is made from the ticket, and only a browser with it may finish: an answer that
somebody slips to another person's browser links nothing. Nothing that the browser brings is ever redirected to.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agent.chat import Reply, to_row
from bot.program import Program
from bot.web.page import page
from storage.tables.oauth_states import VALID_FOR
from storage.transaction import Transaction
from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable
from tools.mail.linking.finish import Linked, finish
from tools.mail.linking.start import begin, unknown

LONGEST = 8_192
"""Characters of one parameter of an answer: the codes of the providers have some thousand at most."""

Answer = Callable[[Request], Awaitable[Response]]


def routes(program: Program) -> list[Route]:
    """The three routes."""
    return [
        Route("/oauth/{provider}/start", _start(program)),
        Route("/oauth/{provider}/callback", _callback(program), methods=["GET"]),
        Route("/oauth/{provider}/callback", _posted(program), methods=["POST"]),
    ]


def _start(program: Program) -> Answer:
    async def answer(request: Request) -> Response:
        provider, ticket = request.path_params["provider"], request.query_params.get("ticket", "")
        mailboxes = program.box.mailboxes
        try:
            url = await begin(program.database, mailboxes.linking, provider, ticket)
        except Trouble as trouble:
            return _told(trouble)
        leaving = RedirectResponse(url, status_code=303)
        leaving.set_cookie(
            _cookie(ticket),
            _proof(ticket),
            max_age=int(VALID_FOR.total_seconds()),
            path=f"/oauth/{provider}",
            secure=mailboxes.linking.public_url.startswith("https:"),
            httponly=True,
            samesite="lax",
        )
        return leaving

    return answer


def _callback(program: Program) -> Answer:
    async def answer(request: Request) -> Response:
        return await _finished(program, request, dict(request.query_params))

    return answer


def _posted(program: Program) -> Answer:
    """An answer as a form, which comes from the provider's page: browsers send no cookie of ours with it. So it is brought
    again as an address, to ourselves."""

    async def answer(request: Request) -> Response:
        provider = request.path_params["provider"]
        async with request.form(max_files=0, max_fields=20, max_part_size=LONGEST) as form:
            given = _texts(form)
        return RedirectResponse(f"/oauth/{provider}/callback?{urlencode(given)}", status_code=303)

    return answer


async def _finished(program: Program, request: Request, answer: Mapping[str, str]) -> Response:
    provider, ticket = request.path_params["provider"], answer.get("state", "")
    try:
        if any(len(value) > LONGEST for value in answer.values()) or not _same_browser(request, ticket):
            raise unknown(provider)
        linked = await finish(program.database, program.box.mailboxes.linking, provider, answer, _tell)
    except Trouble as trouble:
        return _told(trouble)
    done = page(
        f"{linked.address} is linked",
        f"Deskhand of {linked.person} now works this {linked.name} mailbox. It can:",
        [*linked.grants],
        f"Nothing is sent without a click. You can end this at any time: in the chat with “/accounts unlink "
        f"{linked.address}”, or at {linked.manage}. Close this page and go on in the chat.",
    )
    done.delete_cookie(_cookie(ticket), path=f"/oauth/{provider}")
    return done


async def _tell(tx: Transaction, conversation: UUID, linked: Linked) -> None:
    words = (
        f"Linked {linked.address} ({linked.name}). I am reading it now, newest mail first; ask me “what needs me today?” in a "
        "minute. Nothing leaves without your click."
    )
    await tx.outbox.post(conversation, **to_row(Reply(words)))


def _told(trouble: Trouble) -> Response:
    status = 503 if isinstance(trouble, Unavailable) else 400 if isinstance(trouble, Refused | NeedsPerson) else 500
    return page("Nothing was linked", str(trouble), [], "", status=status)


def _same_browser(request: Request, ticket: str) -> bool:
    return bool(ticket) and secrets.compare_digest(request.cookies.get(_cookie(ticket), ""), _proof(ticket))


def _cookie(ticket: str) -> str:
    return f"deskhand-link-{hashlib.sha256(f'name:{ticket}'.encode()).hexdigest()[:12]}"


def _proof(ticket: str) -> str:
    return hashlib.sha256(f"browser:{ticket}".encode()).hexdigest()


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str) and len(value) <= LONGEST}
