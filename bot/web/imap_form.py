"""The form that links a mailbox by its password: filled in on a page of ours, so that no chat ever sees the password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.chat import Reply, to_row
from bot.program import Program
from bot.web.page import Asked, page
from storage.transaction import Transaction
from storage.values.errors import Trouble, Unavailable
from tools.mail.linking.autoconfig import published
from tools.mail.linking.finish import Linked
from tools.mail.linking.imap import Filled, link, opened

LONGEST = 1_000
"""Bytes of one field."""

Answer = Callable[[Request], Awaitable[Response]]


def routes(program: Program) -> list[Route]:
    """The form, and what was filled in."""
    return [
        Route("/link/imap", _form(program), methods=["GET"]),
        Route("/link/imap", _filled(program), methods=["POST"]),
    ]


def _form(program: Program) -> Answer:
    async def answer(request: Request) -> Response:
        try:
            caller = await opened(program.database, request.query_params.get("ticket", ""))
        except Trouble as trouble:
            return page("Nothing was linked", str(trouble), [], "", status=400)
        return _asked(f"This links a mailbox to the Deskhand of {caller.name}.", {})

    return answer


def _filled(program: Program) -> Answer:
    async def answer(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=10, max_part_size=LONGEST) as form:
            given = {name: value[:LONGEST] for name, value in form.items() if isinstance(value, str)}
        filled = Filled(*(given.get(name, "") for name in ("address", "password", "user", "imap", "smtp")))
        ticket = request.query_params.get("ticket", "")
        try:
            look_up = published if program.settings.mail_autoconfig else None
            linked = await link(program.database, ticket, filled, _tell, look_up)
        except Trouble as trouble:
            try:
                await opened(program.database, ticket)
            except Trouble as over:
                return page("Nothing was linked", str(over), [], "", status=400)
            status = 503 if isinstance(trouble, Unavailable) else 400
            return _asked(f"Nothing was linked yet. {trouble}", given, status=status)
        return page(
            f"{linked.address} is linked",
            f"Deskhand of {linked.person} now works this mailbox. It can:",
            [*linked.grants],
            f"Nothing is sent without a click. The password is kept sealed. You can end this at any time in the chat with "
            f"“/accounts unlink {linked.address}”. Close this page and go on in the chat.",
        )

    return answer


def _asked(words: str, given: Mapping[str, str], *, status: int = 200) -> Response:
    fields = [
        Asked("address", "Mail address", given.get("address", "")),
        Asked("password", "Password, or app password", secret=True),
        Asked("user", "User name, if it is not the address", given.get("user", ""), needed=False),
        Asked("imap", "IMAP server as host:port; empty: I look for it", given.get("imap", ""), needed=False),
        Asked("smtp", "Server for sending as host:port; empty: I look for it", given.get("smtp", ""), needed=False),
    ]
    end = "The servers are tried before anything is kept. The password goes to them alone, and is stored sealed."
    return page("Link a mailbox", words, [], end, status=status, form=fields, send="Try and link")


async def _tell(tx: Transaction, conversation: UUID, linked: Linked) -> None:
    words = (
        f"Linked {linked.address} (IMAP at {linked.manage}). I am reading it now, newest mail first; ask me “what needs me "
        "today?” in a minute. Nothing leaves without your click."
    )
    await tx.outbox.post(conversation, **to_row(Reply(words)))
