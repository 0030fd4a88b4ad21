"""Follow-ups: what is to be taken up again at a time, perhaps only if nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Index, String, Table, UniqueConstraint, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.ids import FollowUpId, new_id


class FollowUpState(StrEnum):
    """How far a follow-up is."""

    WAITING = "waiting"
    NUDGED = "nudged"
    ANSWERED = "answered"
    DONE = "done"
    CANCELLED = "cancelled"


follow_ups = Table(
    "follow_ups",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("conversation"),
    reference("email", nullable=True),
    Column("request", String, nullable=False),
    Column("note", String, nullable=False),
    Column("unless_answered", Boolean, nullable=False),
    Column("state", String, nullable=False),
    moment("due_at", nullable=False),
    moment("created_at", nullable=False),
    UniqueConstraint("tenant", "request"),
    Index("ix_follow_ups_waiting", "tenant", "person", postgresql_where=text("state = 'waiting'")),
)


class FollowUps(Questions):
    """What is to be taken up again."""

    async def add(self, **columns: Any) -> FollowUpId:
        """Keeps a follow-up; the same request keeps one."""
        row = dict(columns, id=new_id(), tenant=self.scope.tenant, state=FollowUpState.WAITING, created_at=now())
        made = (
            await self.scope.run(insert(follow_ups).values(row).on_conflict_do_nothing().returning(follow_ups.c.id))
        ).scalar_one_or_none()
        if made is None:
            same = select(follow_ups.c.id).where(follow_ups.c.request == columns["request"])
            made = (await self.scope.run(same)).scalar_one()
        return FollowUpId(made)

    async def get(self, follow_up: UUID) -> Row[Any] | None:
        """One follow-up."""
        return await self.scope.one(select(follow_ups).where(follow_ups.c.id == follow_up))

    async def waiting(self, person: UUID) -> Sequence[Row[Any]]:
        """What this person still has before them, soonest first."""
        return await self.scope.all(
            select(follow_ups)
            .where(follow_ups.c.person == person, follow_ups.c.state == FollowUpState.WAITING)
            .order_by(follow_ups.c.due_at)
        )

    async def become(self, follow_up: UUID, state: FollowUpState, *, only_from: Sequence[FollowUpState]) -> bool:
        """Moves on; tells whether it was in one of the expected states."""
        done = await self.scope.run(
            update(follow_ups)
            .where(follow_ups.c.id == follow_up, follow_ups.c.state.in_(only_from))
            .values(state=state)
            .returning(follow_ups.c.id)
        )
        return done.first() is not None

    async def move(self, follow_up: UUID, due_at: datetime) -> bool:
        """Puts it off to another time; False when it is over."""
        done = await self.scope.run(
            update(follow_ups)
            .where(follow_ups.c.id == follow_up, follow_ups.c.state.in_([FollowUpState.WAITING, FollowUpState.NUDGED]))
            .values(due_at=due_at, state=FollowUpState.WAITING)
            .returning(follow_ups.c.id)
        )
        return done.first() is not None
