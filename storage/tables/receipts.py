"""Receipts: what was done, with what was there before, so that it can be shown and undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, UniqueConstraint, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.ids import ReceiptId, new_id

receipts = Table(
    "receipts",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("conversation"),
    Column("number", BigInteger, nullable=False),
    Column("request", String, nullable=False),
    Column("action", String, nullable=False),
    Column("words", String, nullable=False),
    Column("reversible", Boolean, nullable=False),
    document("before"),
    moment("done_at", nullable=False),
    moment("undone_at"),
    UniqueConstraint("tenant", "request"),
    Index("ix_receipts_recent", "tenant", "person", "number"),
)


class Receipts(Questions):
    """What was done."""

    async def add(
        self,
        *,
        person: UUID,
        conversation: UUID,
        request: str,
        action: str,
        words: str,
        before: dict[str, Any],
        reversible: bool,
    ) -> int:
        """Writes a receipt and gives its number, counted per person. The same request keeps its first receipt."""
        following = select(func.coalesce(func.max(receipts.c.number), 0) + 1).where(receipts.c.person == person)
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"receipts:{person}", 0))))
        statement = (
            insert(receipts)
            .values(
                id=ReceiptId(new_id()),
                tenant=self.scope.tenant,
                person=person,
                conversation=conversation,
                number=following.scalar_subquery(),
                request=request,
                action=action,
                words=words,
                reversible=reversible,
                before=before,
                done_at=now(),
            )
            .on_conflict_do_nothing()
            .returning(receipts.c.number)
        )
        made = (await self.scope.run(statement)).scalar_one_or_none()
        if made is None:
            same = select(receipts.c.number).where(receipts.c.request == request)
            made = (await self.scope.run(same)).scalar_one()
        return int(made)

    async def undoable(
        self, person: UUID, *, last: int | None = None, since: datetime | None = None, number: int | None = None
    ) -> Sequence[Row[Any]]:
        """What can still be undone, newest first."""
        statement = (
            select(receipts)
            .where(receipts.c.person == person, receipts.c.undone_at.is_(None), receipts.c.reversible)
            .order_by(receipts.c.number.desc())
        )
        if number is not None:
            statement = statement.where(receipts.c.number == number)
        if since is not None:
            statement = statement.where(receipts.c.done_at >= since)
        return await self.scope.all(statement.limit(last) if last else statement)

    async def undo(self, receipt: UUID) -> bool:
        """Marks as undone, once."""
        done = await self.scope.run(
            update(receipts)
            .where(receipts.c.id == receipt, receipts.c.undone_at.is_(None))
            .values(undone_at=now())
            .returning(receipts.c.id)
        )
        return done.first() is not None

    async def redo(self, receipt: UUID) -> None:
        """Taking it back failed: it stands again."""
        await self.scope.run(update(receipts).where(receipts.c.id == receipt).values(undone_at=None))

    async def latest(self, person: UUID, limit: int) -> Sequence[Row[Any]]:
        """The last things done for this person, newest first."""
        return await self.scope.all(
            select(receipts).where(receipts.c.person == person).order_by(receipts.c.number.desc()).limit(limit)
        )
