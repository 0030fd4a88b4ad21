"""The beginning of a sign-in: a ticket for a person, and where the browser that brings it is sent."""

from __future__ import annotations

from uuid import UUID

from storage.database import Database
from storage.tables.oauth_states import tenant_of
from storage.values.access import Caller
from storage.values.errors import Refused
from tools.mail.linking import open_link
from tools.mail.linking.link import Linking


async def ask(database: Database, linking: Linking, caller: Caller, conversation: UUID, provider: str) -> str:
    """An address that the person opens within ten minutes; what comes of it is told in the conversation. Refused when there
    is no such provider here."""
    open_link(linking, provider)
    async with database.acting_as(caller) as tx:
        ticket = await tx.oauth_states.make(caller.person, conversation, provider)
    return linking.start(provider, ticket)


async def begin(database: Database, linking: Linking, provider: str, ticket: str) -> str:
    """The provider's page for a ticket. It may be opened again until the sign-in is done: chat programs look at addresses
    before people do. Each time the answer is checked against a fresh secret. Refused for a ticket that is none, not for
    this provider, used or too old."""
    tenant = tenant_of(ticket)
    if tenant is None:
        raise unknown(provider)
    link = open_link(linking, provider)
    begun = await link.begin(linking.redirect(provider), ticket)
    async with database.acting_as(tenant) as tx:
        row = await tx.oauth_states.of(ticket)
        if row is None or row.provider != provider:
            raise unknown(provider)
        if row.used_at is not None or row.expired:
            raise over(provider, used=row.used_at is not None)
        await tx.oauth_states.begun(row.id, begun.flow)
    return begun.url


def unknown(provider: str) -> Refused:
    """What is said of a ticket that is none of ours, or another provider's."""
    return Refused(
        f"This sign-in was not begun with me, or its address was changed on the way, so nothing was linked: say "
        f"/link {provider[:30]} to me in the chat, and open the address that I give you."
    )


def over(provider: str, *, used: bool) -> Refused:
    """What is said of a ticket that was good once."""
    why = "was used already" if used else "is older than ten minutes"
    return Refused(f"This address {why}, so nothing was linked: say /link {provider} to me in the chat for a new one.")
