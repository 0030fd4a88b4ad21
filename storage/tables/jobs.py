"""Jobs: what is to be done and when. The row is the truth; the queue only rings the bell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Integer, String, Table, and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.ids import JobId, new_id


class JobState(StrEnum):
    """How far a job is."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


jobs = Table(
    "jobs",
    metadata,
    id_column(),
    tenant_column(),
    reference("person"),
    reference("conversation", nullable=True),
    Column("kind", String, nullable=False),
    Column("queue", String, nullable=False),
    document("params"),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("once", String),
    moment("run_at", nullable=False),
    moment("lease_until"),
    Column("error", String, nullable=False, server_default=""),
    document("result", nullable=True),
    moment("created_at", nullable=False),
    moment("started_at"),
    moment("ended_at"),
    Column("done", Integer),
    Column("total", Integer),
    Column("phase", String, nullable=False, server_default=""),
    Index("ix_jobs_due", "run_at", postgresql_where=text("state IN ('pending', 'running')")),
    Index("uq_jobs_once", "tenant", "once", unique=True, postgresql_where=text("state IN ('pending', 'running')")),
)

_OPEN = (JobState.PENDING, JobState.RUNNING)


class Jobs(Questions):
    """Work to do. Times are the database's, so that workers with wrong clocks agree."""

    async def add(
        self,
        kind: str,
        queue: str,
        params: dict[str, Any],
        *,
        person: UUID,
        conversation: UUID | None = None,
        run_at: datetime | None = None,
        once: str | None = None,
    ) -> JobId | None:
        """Asks for a job. With `once`, None when one of that name is already open."""
        statement = (
            insert(jobs)
            .values(
                id=new_id(),
                tenant=self.scope.tenant,
                person=person,
                conversation=conversation,
                kind=kind,
                queue=queue,
                params=params,
                state=JobState.PENDING,
                once=once,
                run_at=run_at if run_at is not None else func.now(),
                created_at=func.now(),
            )
            .on_conflict_do_nothing()
            .returning(jobs.c.id)
        )
        made = (await self.scope.run(statement)).scalar_one_or_none()
        if made is None:
            return None
        if run_at is None:
            self.scope.due.append((queue, made))
        return JobId(made)

    async def claim(self, job: UUID, lease: timedelta) -> Row[Any] | None:
        """Takes a due job for this long; None when it is not due, done, or in another's hands."""
        free = or_(
            and_(jobs.c.state == JobState.PENDING, jobs.c.run_at <= func.now()),
            and_(jobs.c.state == JobState.RUNNING, jobs.c.lease_until < func.now()),
        )
        return await self.scope.one(
            update(jobs)
            .where(jobs.c.id == job, free)
            .values(
                state=JobState.RUNNING,
                attempts=jobs.c.attempts + 1,
                started_at=func.now(),
                lease_until=func.now() + lease,
                done=None,
                total=None,
                phase="",
            )
            .returning(*jobs.c)
        )

    async def due(self, limit: int) -> Sequence[Row[Any]]:
        """Id, tenant and queue of what is due or was dropped by a dead worker, over all tenants."""
        return await self.scope.all(
            select(jobs.c.id, jobs.c.tenant, jobs.c.queue)
            .where(
                or_(
                    and_(jobs.c.state == JobState.PENDING, jobs.c.run_at <= func.now()),
                    and_(jobs.c.state == JobState.RUNNING, jobs.c.lease_until < func.now()),
                )
            )
            .order_by(jobs.c.run_at)
            .limit(limit)
        )

    async def hold(self, job: UUID, attempt: int) -> bool:
        """Whether this attempt still has the job; if so, nobody takes or cancels it before this transaction has ended. What
        a handler must not do twice is done under this."""
        mine = select(jobs.c.id).where(jobs.c.id == job, jobs.c.state == JobState.RUNNING, jobs.c.attempts == attempt)
        return (await self.scope.one(mine.with_for_update())) is not None

    async def far(self, job: UUID, attempt: int, phase: str, done: int | None, total: int | None) -> bool:
        """How far this attempt is: a phase in words, and how much of how much where that is known. False when it does not
        hold the job any more: it was called off, or is in another's hands."""
        told = await self.scope.run(
            _held(job, attempt).values(phase=phase, done=done, total=total).returning(jobs.c.id)
        )
        return told.first() is not None

    async def complete(self, job: UUID, attempt: int, result: dict[str, Any]) -> bool:
        """Done, if this attempt still holds the job."""
        return await self._end(job, attempt, state=JobState.COMPLETED, result=result)

    async def fail(self, job: UUID, attempt: int, error: str) -> bool:
        """Given up, if this attempt still holds the job."""
        return await self._end(job, attempt, state=JobState.FAILED, error=error)

    async def again(self, job: UUID, attempt: int, wait: timedelta, error: str) -> bool:
        """Back to the queue after a while."""
        done = await self.scope.run(
            _held(job, attempt)
            .values(state=JobState.PENDING, run_at=func.now() + wait, error=error, lease_until=None)
            .returning(jobs.c.id)
        )
        return done.first() is not None

    async def let_go(self, job: UUID, attempt: int) -> bool:
        """Back to the queue at once, as if this attempt had not been."""
        done = await self.scope.run(
            _held(job, attempt)
            .values(state=JobState.PENDING, run_at=func.now(), lease_until=None, attempts=jobs.c.attempts - 1)
            .returning(jobs.c.id)
        )
        return done.first() is not None

    async def cancel(self, job: UUID) -> bool:
        """Not to be done any more. False when it has ended."""
        done = await self.scope.run(
            update(jobs)
            .where(jobs.c.id == job, jobs.c.state.in_(_OPEN))
            .values(state=JobState.CANCELLED, ended_at=func.now())
            .returning(jobs.c.id)
        )
        return done.first() is not None

    async def open_for(self, conversation: UUID) -> int:
        """How many jobs of this conversation are running or due now."""
        statement = (
            select(func.count())
            .select_from(jobs)
            .where(jobs.c.conversation == conversation, jobs.c.state.in_(_OPEN), jobs.c.run_at <= func.now())
        )
        return int((await self.scope.run(statement)).scalar_one())

    async def cancel_all(self, conversation: UUID, kind: str) -> int:
        """The jobs of this kind that a conversation asked for are not to be done any more; gives how many there were."""
        done = await self.scope.run(
            update(jobs)
            .where(jobs.c.conversation == conversation, jobs.c.kind == kind, jobs.c.state.in_(_OPEN))
            .values(state=JobState.CANCELLED, ended_at=func.now())
            .returning(jobs.c.id)
        )
        return len(done.all())

    async def get(self, job: UUID) -> Row[Any] | None:
        """One job."""
        return await self.scope.one(select(jobs).where(jobs.c.id == job))

    async def list(self, limit: int, person: UUID | None = None) -> Sequence[Row[Any]]:
        """The latest jobs of the tenant, or of one person."""
        statement = select(jobs).order_by(jobs.c.created_at.desc()).limit(limit)
        return await self.scope.all(statement if person is None else statement.where(jobs.c.person == person))

    async def _end(self, job: UUID, attempt: int, **values: Any) -> bool:
        done = await self.scope.run(
            _held(job, attempt).values(ended_at=func.now(), lease_until=None, **values).returning(jobs.c.id)
        )
        return done.first() is not None


def _held(job: UUID, attempt: int) -> Any:
    return update(jobs).where(jobs.c.id == job, jobs.c.state == JobState.RUNNING, jobs.c.attempts == attempt)
