"""Events: what came in through a door. A row first, then the work; so a crash loses nothing and a repeat does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, Table, UniqueConstraint, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.ids import EventId, new_id

events = Table(
    "events",
    metadata,
    id_column(),
    tenant_column(),
    reference("person"),
    reference("conversation"),
    Column("channel", String, nullable=False),
    Column("external", String, nullable=False),
    document("body"),
    moment("received_at", nullable=False),
    moment("done_at"),
    UniqueConstraint("tenant", "channel", "external"),
    Index("ix_events_open", "received_at", postgresql_where=text("done_at IS NULL")),
)


class Events(Questions):
    """Received messages and clicks."""

    async def receive(
        self, person: UUID, conversation: UUID, channel: str, external: str, body: dict[str, Any]
    ) -> EventId | None:
        """Stores what came in. None when the very same event is here already."""
        statement = (
            insert(events)
            .values(
                id=new_id(),
                tenant=self.scope.tenant,
                person=person,
                conversation=conversation,
                channel=channel,
                external=external,
                body=body,
                received_at=now(),
            )
            .on_conflict_do_nothing()
            .returning(events.c.id)
        )
        found = (await self.scope.run(statement)).scalar_one_or_none()
        return EventId(found) if found else None

    async def done(self, event: UUID) -> None:
        """Nothing is left to do about it."""
        await self.scope.run(update(events).where(events.c.id == event).values(done_at=now()))

    async def give_up(self, channel: str, external: str) -> None:
        """It came to nothing, and the person knows."""
        await self.scope.run(
            update(events)
            .where(events.c.channel == channel, events.c.external == external, events.c.done_at.is_(None))
            .values(done_at=now())
        )

    async def open(self, channel: str) -> Sequence[Row[Any]]:
        """What was received through this channel and not finished, oldest first, over all tenants."""
        return await self.scope.all(
            select(events).where(events.c.channel == channel, events.c.done_at.is_(None)).order_by(events.c.received_at)
        )
