"""Manners: how a person greets and closes to one address, taken from a draft that they edited and sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, String, Table, Uuid, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now

manners = Table(
    "manners",
    metadata,
    tenant_column(primary_key=True),
    Column("person", Uuid, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("greeting", String, nullable=False),
    Column("closing", String, nullable=False),
    reference("approval"),
    moment("learned_at", nullable=False),
)


class Manners(Questions):
    """What was learned from edits."""

    async def of(self, person: UUID, recipient: str) -> Row[Any] | None:
        """How the person writes to an address."""
        return await self.scope.one(select(manners).where(manners.c.person == person, manners.c.recipient == recipient))

    async def all_of(self, person: UUID) -> Sequence[Row[Any]]:
        """Everything that was learned, the latest first."""
        return await self.scope.all(
            select(manners).where(manners.c.person == person).order_by(manners.c.learned_at.desc(), manners.c.recipient)
        )

    async def learn(self, person: UUID, recipient: str, greeting: str, closing: str, approval: UUID) -> None:
        """From now on letters to this address begin and end so. The latest edit counts."""
        row = insert(manners).values(
            tenant=self.scope.tenant,
            person=person,
            recipient=recipient,
            greeting=greeting,
            closing=closing,
            approval=approval,
            learned_at=now(),
        )
        changed = {name: row.excluded[name] for name in ("greeting", "closing", "approval", "learned_at")}
        await self.scope.run(row.on_conflict_do_update(index_elements=["tenant", "person", "recipient"], set_=changed))

    async def forget(self, person: UUID, recipient: str) -> bool:
        """Letters to this address are written as before. False when nothing was learned."""
        gone = delete(manners).where(manners.c.person == person, manners.c.recipient == recipient)
        return (await self.scope.run(gone.returning(manners.c.recipient))).first() is not None
