"""Subscriptions: at which mailboxes we asked to be told when something happens, and how we know that it is them who tells.

Notifications are not signed. What proves one is a secret that we gave with the subscription; it names its tenant in the
clear, so that no row of another tenant need ever be looked at, and only its digest is kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, Uuid, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import metadata, moment, tenant_column
from storage.scope import Questions

subscriptions = Table(
    "subscriptions",
    metadata,
    tenant_column(primary_key=True),
    Column("account", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    moment("until", nullable=False),
)


class Subscriptions(Questions):
    """What we are told of by the mailboxes themselves."""

    async def of(self, account: UUID) -> Row[Any] | None:
        """The account's subscription, whether it still holds or not."""
        return await self.scope.one(select(subscriptions).where(subscriptions.c.account == account))

    def new_state(self) -> str:
        """A secret to give along, of 64 characters."""
        return base64.urlsafe_b64encode(self.scope.tenant.bytes + secrets.token_bytes(32)).decode()

    async def keep(self, account: UUID, name: str, state: str, until: datetime) -> None:
        """The provider calls the subscription so, and tells until then."""
        values = {"name": name, "digest": _digest(state), "until": until}
        row = insert(subscriptions).values(tenant=self.scope.tenant, account=account, **values)
        await self.scope.run(row.on_conflict_do_update(index_elements=["tenant", "account"], set_=values))

    async def lengthened(self, account: UUID, until: datetime) -> None:
        """It holds until then."""
        await self.scope.run(update(subscriptions).where(subscriptions.c.account == account).values(until=until))

    async def account_of(self, state: str) -> UUID | None:
        """The account whose provider was given this secret."""
        row = await self.scope.one(select(subscriptions.c.account).where(subscriptions.c.digest == _digest(state)))
        return row.account if row else None

    async def end(self, account: UUID) -> None:
        """It holds no longer."""
        await self.scope.run(delete(subscriptions).where(subscriptions.c.account == account))

    async def doubt(self, account: UUID) -> None:
        """It is to be renewed at the next opportunity."""
        await self.scope.run(update(subscriptions).where(subscriptions.c.account == account).values(until=func.now()))


def tenant_of_state(state: str) -> UUID | None:
    """The tenant that a secret names; None for what is none of ours."""
    try:
        content = base64.b64decode(state, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return UUID(bytes=content[:16]) if len(content) == 48 else None


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
