"""Listening: a mailbox whose provider calls an address of ours when something happens is asked to, and asked again in time.

Notifications only bring the next poll forward; the timetable polls whether any came or not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable
from uuid import UUID

import structlog

from storage.database import Database
from storage.values.clock import now
from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.mail.accounts import Mailboxes
from tools.mail.mailbox import Mailbox

log = structlog.get_logger(__name__)

LENGTH = timedelta(days=6)
"""How long is asked for. Graph allows 10,080 minutes for mail, which is seven days."""
EARLY = timedelta(days=2)
"""What ends within this is renewed: a weekend without a worker loses nothing."""


@runtime_checkable
class Calling(Mailbox, Protocol):
    """A mailbox whose provider can call us."""

    hook: str
    """The path of ours that it calls."""

    async def subscribe(self, address: str, state: str, until: datetime) -> str:
        """Asks to be called at an address, with the secret `state`. Gives the provider's name for the subscription."""
        ...

    async def lengthen(self, name: str, until: datetime) -> bool:
        """Asks for it to last until then. False when the provider does not know it any more."""
        ...


async def keep_listening(mailboxes: Mailboxes, tenant: UUID, account: UUID) -> None:
    """Makes sure that the account's provider calls us, where it can and browsers reach us by https. What goes wrong is
    tried again with the next poll, and is nobody's trouble: mail is polled for."""
    public = mailboxes.linking.public_url.rstrip("/")
    if not public.startswith("https://"):
        return
    mailbox = await mailboxes.get(tenant, account)
    if not isinstance(mailbox, Calling):
        return
    try:
        await _renewed(mailboxes.database, tenant, account, mailbox, f"{public}{mailbox.hook}")
    except (Refused, Unavailable, NeedsPerson) as trouble:
        log.warning("not listening", account=str(account), reason=str(trouble))


async def _renewed(database: Database, tenant: UUID, account: UUID, mailbox: Calling, address: str) -> None:
    async with database.acting_as(tenant) as tx:
        row = await tx.subscriptions.of(account)
        state = tx.subscriptions.new_state()
    until = now() + LENGTH
    if row is not None and row.until - EARLY > now():
        return
    if row is not None and await mailbox.lengthen(row.name, until):
        async with database.acting_as(tenant) as tx:
            await tx.subscriptions.lengthened(account, until)
        return
    name = await mailbox.subscribe(address, state, until)
    async with database.acting_as(tenant) as tx:
        await tx.subscriptions.keep(account, name, state, until)
