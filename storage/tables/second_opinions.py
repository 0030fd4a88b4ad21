"""Second opinions: what a language model said of mails that triage was unsure of, once per content, with what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import metadata, moment, tenant_column
from storage.scope import Questions
from storage.tables.email_rows import email_vectors, emails
from storage.values.clock import now

CONFIDENT = 0.85
"""Confidence from which a mail may stand as an example beside another."""

second_opinions = Table(
    "second_opinions",
    metadata,
    tenant_column(primary_key=True),
    Column("account", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("model", String, primary_key=True),
    Column("category", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    moment("asked_at", nullable=False),
)


class SecondOpinions(Questions):
    """What a language model said of mails."""

    async def known(self, account: UUID, model: str, digests: Sequence[bytes]) -> dict[bytes, Row[Any]]:
        """The opinions of a model that are there, by content digest."""
        rows = await self.scope.all(
            select(second_opinions).where(
                second_opinions.c.account == account,
                second_opinions.c.model == model,
                second_opinions.c.digest.in_(digests),
            )
        )
        return {row.digest: row for row in rows}

    async def keep(
        self, account: UUID, digest: bytes, model: str, category: str, reason: str, tokens: tuple[int, int]
    ) -> None:
        """Keeps one opinion; an empty category: the model gave none that can be used. `tokens`: read and written."""
        await self.scope.run(
            insert(second_opinions)
            .values(
                tenant=self.scope.tenant,
                account=account,
                digest=digest,
                model=model,
                category=category,
                reason=reason,
                input_tokens=tokens[0],
                output_tokens=tokens[1],
                asked_at=now(),
            )
            .on_conflict_do_nothing()
        )

    async def share(self, account: UUID) -> tuple[int, int]:
        """How many contents were asked about, and how many mails the account has."""
        asked = select(func.count(func.distinct(second_opinions.c.digest))).where(second_opinions.c.account == account)
        stored = select(func.count()).select_from(emails).where(emails.c.account == account)
        row = await self.scope.one(
            select(asked.scalar_subquery().label("asked"), stored.scalar_subquery().label("stored"))
        )
        assert row is not None
        return int(row.asked), int(row.stored)

    async def spent(self, account: UUID) -> tuple[int, int]:
        """Tokens read and written for an account so far."""
        row = await self.scope.one(
            select(
                func.coalesce(func.sum(second_opinions.c.input_tokens), 0).label("read"),
                func.coalesce(func.sum(second_opinions.c.output_tokens), 0).label("written"),
            ).where(second_opinions.c.account == account)
        )
        assert row is not None
        return int(row.read), int(row.written)

    async def alike(self, account: UUID, vector: Sequence[float], besides: UUID, limit: int) -> Sequence[Row[Any]]:
        """Subject and category of the mails nearest in meaning that were sorted with confidence, the nearest first."""
        distance = email_vectors.c.embedding.max_inner_product(vector)
        return await self.scope.all(
            select(emails.c.subject, emails.c.category)
            .join(email_vectors, email_vectors.c.digest == emails.c.digest)
            .where(emails.c.account == account, emails.c.id != besides, emails.c.confidence >= CONFIDENT)
            .order_by(distance)
            .limit(limit)
        )
