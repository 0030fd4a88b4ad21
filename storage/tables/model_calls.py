"""Model calls: what each asking of a language model took, in tokens and in money, and what it was for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Numeric, String, Table, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import metadata, moment, reference, tenant_column
from storage.scope import Questions

model_calls = Table(
    "model_calls",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    tenant_column(),
    reference("person"),
    reference("event", nullable=True),
    reference("job", nullable=True),
    Column("purpose", String, nullable=False),
    Column("model", String, nullable=False),
    Column("tokens_in", Integer),
    Column("tokens_cached", Integer),
    Column("tokens_out", Integer),
    Column("cost", Numeric),
    Column("prices", String, nullable=False, server_default=""),
    moment("called_at", nullable=False),
    Index("ix_model_calls_person_called_at", "tenant", "person", "called_at"),
    Index("ix_model_calls_job", "job", postgresql_where=text("job IS NOT NULL")),
)
"""Tokens are empty where the endpoint did not tell them, cost (US dollars) where there is no known price. The row of a turn
is written with the turn's closing; see `storage.turns`."""

_SUMS: Sequence[Any] = (
    func.count().label("calls"),
    func.sum(model_calls.c.tokens_in).label("tokens_in"),
    func.sum(model_calls.c.tokens_cached).label("tokens_cached"),
    func.sum(model_calls.c.tokens_out).label("tokens_out"),
    func.sum(model_calls.c.cost).label("cost"),
    func.count().filter(model_calls.c.cost.is_(None)).label("unpriced"),
    func.count().filter(model_calls.c.tokens_in.is_(None)).label("unmeasured"),
)


class ModelCalls(Questions):
    """What asking models took."""

    async def add(
        self, person: UUID, calls: Sequence[Mapping[str, Any]], *, event: UUID | None = None, job: UUID | None = None
    ) -> None:
        """Keeps calls, each as `{"purpose", "model", "tokens_in", "tokens_cached", "tokens_out", "cost", "prices"}`."""
        if not calls:
            return
        about = {"tenant": self.scope.tenant, "person": person, "event": event, "job": job}
        rows = [{**one, **about, "cost": _money(one["cost"])} for one in calls]
        await self.scope.run(insert(model_calls).values([{**row, "called_at": func.now()} for row in rows]))

    async def by_purpose(self, person: UUID, since: datetime) -> Sequence[Row[Any]]:
        """Sums for each purpose and model since a moment, the dearest first."""
        return await self.scope.all(
            select(model_calls.c.purpose, model_calls.c.model, *_SUMS)
            .where(model_calls.c.person == person, model_calls.c.called_at >= since)
            .group_by(model_calls.c.purpose, model_calls.c.model)
            .order_by(func.sum(model_calls.c.cost).desc().nulls_last(), func.count().desc(), model_calls.c.purpose)
        )

    async def of_job(self, job: UUID) -> Row[Any]:
        """Sums for one job."""
        row = await self.scope.one(select(*_SUMS).where(model_calls.c.job == job))
        assert row is not None
        return row


def _money(cost: str | None) -> Decimal | None:
    return None if cost is None else Decimal(cost)
