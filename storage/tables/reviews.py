"""Reviews: cards that hold several decisions of the same kind. Each approval in one is still decided by its own row."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Column, Table, Uuid, insert, select

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import new_id

reviews = Table(
    "reviews",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("approvals", ARRAY(Uuid), nullable=False),
    moment("made_at", nullable=False),
)


class Reviews(Questions):
    """What was shown together."""

    async def make(self, person: UUID, approvals: Sequence[UUID]) -> UUID:
        """A review of these approvals, in the order in which they are shown."""
        review = new_id()
        await self.scope.run(
            insert(reviews).values(
                id=review, tenant=self.scope.tenant, person=person, approvals=list(approvals), made_at=now()
            )
        )
        return review

    async def newest(self, person: UUID) -> UUID | None:
        """The review that was shown to a person last."""
        row = await self.scope.one(
            select(reviews.c.id).where(reviews.c.person == person).order_by(reviews.c.id.desc()).limit(1)
        )
        return UUID(str(row.id)) if row else None

    async def approvals(self, review: UUID) -> list[UUID]:
        """What a review holds. Refused when it is unknown."""
        row = await self.scope.one(select(reviews.c.approvals).where(reviews.c.id == review))
        if row is None:
            raise Refused("I do not know that list any more. Say /review to see what waits.")
        return list(row.approvals)
