"""Usage: what was done for a person in a span of time, counted from the rows of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from storage.scope import Questions
from storage.tables.accounts import accounts
from storage.tables.approvals import approvals
from storage.tables.email_rows import emails
from storage.tables.jobs import JobState, jobs
from storage.tables.sends import SendState, sends


@dataclass(frozen=True)
class Counts:
    """How many of each."""

    mails: int
    drafts: int
    sent: int
    analyses: int


class Usage(Questions):
    """What was done."""

    async def since(self, person: UUID, moment: datetime) -> Counts:
        """What was done for a person since a moment."""
        own = select(accounts.c.id).where(accounts.c.person == person)
        counts = (
            select(func.count()).select_from(emails).where(emails.c.account.in_(own), emails.c.stored_at >= moment),
            select(func.count())
            .select_from(approvals)
            .where(approvals.c.person == person, approvals.c.created_at >= moment),
            select(func.count())
            .select_from(sends)
            .where(sends.c.account.in_(own), sends.c.state == SendState.SENT, sends.c.changed_at >= moment),
            select(func.count())
            .select_from(jobs)
            .where(
                jobs.c.person == person,
                jobs.c.kind == "run_analysis",
                jobs.c.state == JobState.COMPLETED,
                jobs.c.ended_at >= moment,
            ),
        )
        names = ("mails", "drafts", "sent", "analyses")
        row = await self.scope.one(
            select(*(one.scalar_subquery().label(name) for name, one in zip(names, counts, strict=True)))
        )
        assert row is not None
        return Counts(**row._mapping)
