"""Corrections: mails that a person put into another category, kept as examples for mail like them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, UniqueConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.email_rows import email_vectors
from storage.values.clock import now
from storage.values.ids import new_id

corrections = Table(
    "corrections",
    metadata,
    id_column(),
    tenant_column(),
    reference("account", to="accounts"),
    reference("email"),
    Column("category", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("sender_address", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    document("before"),
    Column("needs_me", Boolean),
    moment("corrected_at", nullable=False),
    UniqueConstraint("tenant", "email"),
    Index("ix_corrections_account", "tenant", "account"),
)


class Corrections(Questions):
    """What persons corrected."""

    async def keep(self, email: Row[Any], category: str, needs_me: bool | None = None) -> None:
        """Keeps a mail as an example of a category. Of a mail that is corrected again, what stood before the first
        correction is kept. `needs_me`: whether the person said that it waits for them; None: they said nothing of that."""
        row = insert(corrections).values(
            id=new_id(),
            tenant=self.scope.tenant,
            account=email.account,
            email=email.id,
            category=category,
            subject=email.subject,
            sender_address=email.sender_address,
            digest=email.digest,
            before={
                "category": email.category,
                "confidence": email.confidence,
                "needs_me": email.needs_me,
                "reasons": email.reasons,
                "by_meaning": email.by_meaning,
            },
            needs_me=needs_me,
            corrected_at=now(),
        )
        changed: dict[str, Any] = {name: row.excluded[name] for name in ("category", "corrected_at")}
        changed["needs_me"] = func.coalesce(row.excluded["needs_me"], corrections.c.needs_me)
        await self.scope.run(row.on_conflict_do_update(index_elements=["tenant", "email"], set_=changed))

    async def take_back(self, email: UUID) -> Row[Any] | None:
        """Forgets the correction of a mail and gives what stood there before; None when it was never corrected."""
        statement = delete(corrections).where(corrections.c.email == email)
        return (await self.scope.run(statement.returning(corrections.c.before))).one_or_none()

    async def of(self, account: UUID) -> Sequence[Row[Any]]:
        """All corrections of an account, the latest first, each with the meaning of its mail where that is known."""
        return await self.scope.all(
            select(
                corrections.c.email,
                corrections.c.category,
                corrections.c.subject,
                corrections.c.sender_address,
                corrections.c.corrected_at,
                corrections.c.needs_me,
                corrections.c.before["category"].astext.label("was"),
                email_vectors.c.embedding,
            )
            .outerjoin(email_vectors, email_vectors.c.digest == corrections.c.digest)
            .where(corrections.c.account == account)
            .order_by(corrections.c.corrected_at.desc())
        )

    async def categories(self, account: UUID) -> dict[str, int]:
        """Every category that stands in a correction -> how many examples it has."""
        rows = await self.scope.all(
            select(corrections.c.category, func.count().label("examples"))
            .where(corrections.c.account == account)
            .group_by(corrections.c.category)
            .order_by(corrections.c.category)
        )
        return {row.category: int(row.examples) for row in rows}
