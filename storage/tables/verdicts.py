"""Verdicts: what a person thought of an answer, by the event that it answered. The last word counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Table, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.events import events

verdicts = Table(
    "verdicts",
    metadata,
    Column("event", Uuid, primary_key=True),
    tenant_column(),
    reference("person"),
    Column("good", Boolean, nullable=False),
    moment("given_at", nullable=False),
)


class Verdicts(Questions):
    """What people thought of answers."""

    async def give(self, event: UUID, person: UUID, *, good: bool) -> bool:
        """Keeps what a person thinks of the answer to their own event; an earlier word is replaced. False when there is no
        such event of theirs."""
        own = select(events.c.id, events.c.tenant, events.c.person).where(
            events.c.id == event, events.c.person == person
        )
        row = await self.scope.one(own)
        if row is None:
            return False
        statement = insert(verdicts).values(
            event=event, tenant=self.scope.tenant, person=person, good=good, given_at=func.now()
        )
        await self.scope.run(
            statement.on_conflict_do_update(
                index_elements=[verdicts.c.event], set_={"good": good, "given_at": func.now()}
            )
        )
        return True

    async def counts(self, since: datetime) -> Row[Any]:
        """How many answers were found `good` and `bad`, in the whole workspace since a moment."""
        good, bad = func.count().filter(verdicts.c.good), func.count().filter(~verdicts.c.good)
        row = await self.scope.one(select(good.label("good"), bad.label("bad")).where(verdicts.c.given_at >= since))
        assert row is not None
        return row
