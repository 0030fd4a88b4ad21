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
from storage.tables.corrections import corrections
from storage.tables.email_rows import email_vectors, emails
from storage.values.clock import now

CONFIDENT = 0.85
"""Confidence from which a mail may stand as an example beside another."""

OF_SENDER = 0.3
"""What having the same sender adds to the nearness in meaning of two mails."""
LIKE_ENOUGH = 0.45
"""Nearness from which a mail is called like another one (unrelated mails have below 0.3, measured)."""

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

    async def given(self, account: UUID, digest: bytes) -> Row[Any] | None:
        """The latest usable opinion on a content."""
        mine = (
            second_opinions.c.account == account,
            second_opinions.c.digest == digest,
            second_opinions.c.category != "",
        )
        rows = await self.scope.all(
            select(second_opinions).where(*mine).order_by(second_opinions.c.asked_at.desc()).limit(1)
        )
        return rows[0] if rows else None

    async def alike(self, mail: Row[Any], vector: Sequence[float], limit: int) -> list[Row[Any]]:
        """Earlier mails like this one: the nearest in meaning of anybody and of its sender, who counts for `OF_SENDER` of
        cosine. Only what was sorted with confidence, or by the person, which `corrected` says. The likest first."""
        near = (-email_vectors.c.embedding.max_inner_product(vector)).label("near")
        corrected = select(corrections.c.id).where(corrections.c.email == emails.c.id).exists().label("corrected")
        names = ("id", "subject", "sender_name", "sender_address", "sent_at", "category")
        past = (
            select(*(emails.c[name] for name in names), corrected, near)
            .join(email_vectors, email_vectors.c.digest == emails.c.digest)
            .where(emails.c.account == mail.account, emails.c.id != mail.id, emails.c.confidence >= CONFIDENT)
            .where(emails.c.category.isnot(None))
            .where(emails.c.sent_at <= mail.sent_at, ~emails.c.outgoing)
            .order_by(email_vectors.c.embedding.max_inner_product(vector))
            .limit(limit)
        )
        of_sender = past.where(emails.c.sender_address == mail.sender_address)
        found = {row.id: row for row in [*await self.scope.all(past), *await self.scope.all(of_sender)]}

        def likeness(row: Row[Any]) -> float:
            same: bool = row.sender_address == mail.sender_address
            return float(row.near) + OF_SENDER * same

        likest = sorted(found.values(), key=likeness, reverse=True)
        return [row for row in likest if likeness(row) >= LIKE_ENOUGH][:limit]
