"""The end of a sign-in: the provider's answer becomes a linked account, told where the person asked for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from storage.database import Database
from storage.tables.oauth_states import tenant_of
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.errors import Trouble
from tools.mail.linking import open_link
from tools.mail.linking.link import Grant, Link, Linking
from tools.mail.linking.start import over, unknown
from tools.work import POLL_MAIL

ORIGIN = "web"


@dataclass(frozen=True)
class Linked:
    """What was linked, whose it is in Deskhand, and what was granted in words."""

    name: str
    address: str
    person: str
    grants: Sequence[str]
    manage: str


Tell = Callable[[Transaction, UUID, Linked], Awaitable[None]]
"""Tells the conversation, within the transaction that links."""


async def finish(database: Database, linking: Linking, provider: str, answer: Mapping[str, str], tell: Tell) -> Linked:
    """Checks and uses up the state, redeems the code, and links the mailbox. Refused, NeedsPerson, Unavailable: nothing was
    linked, and what was granted was given back as far as that could be done."""
    ticket = answer.get("state", "")
    tenant = tenant_of(ticket)
    if tenant is None:
        raise unknown(provider)
    link = open_link(linking, provider)
    async with database.acting_as(tenant) as tx:
        row = await tx.oauth_states.use(ticket, provider)
        if row is None:
            known = await tx.oauth_states.of(ticket)
            if known is None or known.provider != provider or known.flow is None:
                raise unknown(provider)
            raise over(provider, used=known.used_at is not None)
        caller = await tx.people.caller(row.person)
        flow = await tx.oauth_states.flow(row)
    grant = await link.finish(flow, linking.redirect(provider), answer)
    try:
        address = await link.owner(grant)
        linked = Linked(link.name, address, caller.name, link.grants, link.manage)
        async with database.acting_as(caller) as tx:
            await _keep(tx, caller, provider, address, grant, row.conversation)
            await tell(tx, row.conversation, linked)
    except Trouble:
        await give_back(link, grant)
        raise
    return linked


async def _keep(tx: Transaction, caller: Caller, provider: str, address: str, grant: Grant, conversation: UUID) -> None:
    scopes = " ".join(sorted(grant.scopes))
    account = await tx.accounts.link(caller.person, provider, address, {"scopes": scopes}, grant.to_text())
    await tx.audit.sign(
        caller.person,
        "email_account_linked",
        f"account:{account}",
        {"provider": provider, "address": address, "scopes": scopes},
        origin=ORIGIN,
    )
    await tx.jobs.add(
        POLL_MAIL.kind,
        POLL_MAIL.queue.name,
        {"account": str(account)},
        person=caller.person,
        conversation=conversation,
        once=f"poll:{account}",
    )


async def give_back(link: Link, grant: Grant) -> bool:
    """Revokes at the provider. False when it could not be done; the person can still do it on the provider's page."""
    try:
        await link.revoke(grant)
    except Trouble:
        return False
    return True
