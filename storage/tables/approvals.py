"""Approvals: actions that wait for a person's word. One atomic update settles each; only then is anything done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, String, Table, UniqueConstraint, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import ApprovalId, new_id


class State(StrEnum):
    """How far an approval is."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPLACED = "replaced"
    EXPIRED = "expired"


approvals = Table(
    "approvals",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("conversation"),
    reference("account"),
    reference("email", nullable=True),
    Column("kind", String, nullable=False),
    document("action"),
    Column("message", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("request", String, nullable=False),
    reference("case"),
    reference("replaces", nullable=True),
    Column("state", String, nullable=False),
    moment("later_until"),
    moment("expires_at", nullable=False),
    moment("created_at", nullable=False),
    moment("settled_at"),
    reference("settled_by", nullable=True),
    Column("settled_on", String, nullable=False, server_default=""),
    Column("outcome", String, nullable=False, server_default=""),
    UniqueConstraint("tenant", "request"),
    Index("ix_approvals_pending", "tenant", "person", postgresql_where=text("state = 'pending'")),
)


class Approvals(Questions):
    """What waits for a decision, and what was decided."""

    async def propose(self, **columns: Any) -> ApprovalId:
        """Writes a proposal. The same request (a turn taken up again after a crash) gives the row that is there."""
        row = dict(columns, id=new_id(), tenant=self.scope.tenant, state=State.PENDING, created_at=now())
        made = (
            await self.scope.run(insert(approvals).values(row).on_conflict_do_nothing().returning(approvals.c.id))
        ).scalar_one_or_none()
        if made is None:
            same = select(approvals.c.id).where(approvals.c.request == columns["request"])
            made = (await self.scope.run(same)).scalar_one()
        return ApprovalId(made)

    async def get(self, approval: UUID) -> Row[Any]:
        """The approval. Refused when unknown."""
        row = await self.scope.one(select(approvals).where(approvals.c.id == approval))
        if row is None:
            raise Refused("I do not know that draft any more. Ask me to write it again.")
        return row

    async def find(self, approval: UUID) -> Row[Any] | None:
        """The approval; None when there is none of this id."""
        return await self.scope.one(select(approvals).where(approvals.c.id == approval))

    async def newest(self, approval: UUID) -> Row[Any] | None:
        """What the case of an approval is at now: the row itself, or the one that replaced it. None when unknown."""
        case = select(approvals.c.case).where(approvals.c.id == approval).scalar_subquery()
        return await self.scope.one(
            select(approvals)
            .where(approvals.c.case == case)
            .order_by(approvals.c.created_at.desc(), approvals.c.id.desc())
            .limit(1)
        )

    async def by_request(self, request: str) -> Row[Any] | None:
        """The approval that a request led to before."""
        return await self.scope.one(select(approvals).where(approvals.c.request == request))

    async def pending(self, person: UUID) -> Sequence[Row[Any]]:
        """What waits for this person, oldest first."""
        return await self.scope.all(
            select(approvals)
            .where(approvals.c.person == person, approvals.c.state == State.PENDING)
            .order_by(approvals.c.created_at)
        )

    async def waiting_for(self, person: UUID, email: UUID) -> Row[Any] | None:
        """The draft that waits for this person as the answer to a mail; the newest, should there be several."""
        return await self.scope.one(
            select(approvals)
            .where(
                approvals.c.person == person,
                approvals.c.email == email,
                approvals.c.state == State.PENDING,
                approvals.c.expires_at > func.now(),
            )
            .order_by(approvals.c.created_at.desc())
            .limit(1)
        )

    async def settle(
        self, approval: UUID, state: State, *, by: UUID, on: str, digest: bytes | None = None
    ) -> Row[Any] | None:
        """The atomic decision: of any number that try, one gets the row, the others None. `digest` is what the person
        saw: another content is not settled by it."""
        moment_ = now()
        statement = (
            update(approvals)
            .where(
                approvals.c.id == approval,
                approvals.c.state == State.PENDING,
                approvals.c.expires_at > func.now(),
            )
            .values(state=state, settled_at=moment_, settled_by=by, settled_on=on)
            .returning(*approvals.c)
        )
        if digest is not None:
            statement = statement.where(approvals.c.digest == digest)
        return await self.scope.one(statement)

    async def postpone(self, approval: UUID, until: datetime) -> Row[Any] | None:
        """Not now: it is shown again at that time. None when it is not pending any more, or will have expired by then."""
        return await self.scope.one(
            update(approvals)
            .where(approvals.c.id == approval, approvals.c.state == State.PENDING, approvals.c.expires_at > until)
            .values(later_until=until)
            .returning(*approvals.c)
        )

    async def conclude(self, approval: UUID, outcome: str) -> None:
        """What came of it, in words."""
        await self.scope.run(update(approvals).where(approvals.c.id == approval).values(outcome=outcome))

    async def expire(self, at: datetime) -> Sequence[Row[Any]]:
        """Settles what nobody decided in time, to the safe side."""
        return await self.scope.all(
            update(approvals)
            .where(approvals.c.state == State.PENDING, approvals.c.expires_at <= at)
            .values(state=State.EXPIRED, settled_at=at)
            .returning(*approvals.c)
        )
