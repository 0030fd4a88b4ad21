"""States of sign-ins: who asked to link which mailbox, where they are told, and what the answer is checked against.

The ticket that travels through the browser names its tenant in the clear beside 256 random bits, so that no row of another
tenant need ever be looked at; of the ticket only the digest is kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, String, Table, UniqueConstraint, delete, func, insert, select, update
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.ids import new_id

VALID_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(days=1)
"""After this nobody is told any more why an old address does not work."""

oauth_states = Table(
    "oauth_states",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("conversation", to="conversations"),
    Column("provider", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("flow", LargeBinary),
    moment("expires_at", nullable=False),
    moment("used_at"),
    UniqueConstraint("digest"),
)

_COLUMNS = (*oauth_states.c, (oauth_states.c.expires_at <= func.now()).label("expired"))


class OAuthStates(Questions):
    """Sign-ins that were begun."""

    async def make(self, person: UUID, conversation: UUID, provider: str) -> str:
        """A fresh ticket, good for one sign-in within ten minutes."""
        ticket = base64.urlsafe_b64encode(self.scope.tenant.bytes + secrets.token_bytes(32)).decode()
        await self.scope.run(delete(oauth_states).where(oauth_states.c.expires_at < func.now() - KEPT_FOR))
        await self.scope.run(
            insert(oauth_states).values(
                id=new_id(),
                tenant=self.scope.tenant,
                person=person,
                conversation=conversation,
                provider=provider,
                digest=_digest(ticket),
                expires_at=func.now() + VALID_FOR,
            )
        )
        return ticket

    async def of(self, ticket: str) -> Row[Any] | None:
        """The state of a ticket; locked, so that of two who begin with it one waits."""
        return await self.scope.one(
            select(*_COLUMNS).where(oauth_states.c.digest == _digest(ticket)).with_for_update(of=oauth_states)
        )

    async def begun(self, state: UUID, flow: str) -> None:
        """Keeps, sealed, what the answer will be checked against."""
        sealed = await self.scope.seal(state, "oauth-flow", flow)
        await self.scope.run(update(oauth_states).where(oauth_states.c.id == state).values(flow=sealed))

    async def flow(self, row: Row[Any]) -> str:
        """What `begun` kept."""
        return (await self.scope.open(row.id, "oauth-flow", row.flow)).decode()

    async def use(self, ticket: str, provider: str) -> Row[Any] | None:
        """The state, used up by this; None when it was used before, is too old, or is another provider's."""
        return await self.scope.one(
            update(oauth_states)
            .where(
                oauth_states.c.digest == _digest(ticket),
                oauth_states.c.provider == provider,
                oauth_states.c.used_at.is_(None),
                oauth_states.c.flow.is_not(None),
                oauth_states.c.expires_at > func.now(),
            )
            .values(used_at=func.now())
            .returning(*oauth_states.c)
        )


def tenant_of(ticket: str) -> UUID | None:
    """The tenant that a ticket names; None for what is no ticket."""
    try:
        content = base64.b64decode(ticket, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return UUID(bytes=content[:16]) if len(content) == 48 else None


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()
