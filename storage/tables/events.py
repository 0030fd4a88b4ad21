"""Events: what came in through a door. A row first, then the work; so a crash loses nothing and a repeat does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.conversations import conversations
from storage.values.errors import Refused

log = structlog.get_logger()

TRIES = 3
"""How often an event is taken up after a crash. One that is still not done then is what ends the program."""

ONE_START = timedelta(seconds=10)
"""Processes that start together take up the same events; within this time that is one try."""

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
    Column("tries", Integer, nullable=False, server_default="0"),
    moment("tried_at"),
    UniqueConstraint("tenant", "channel", "external"),
    Index("ix_events_open", "received_at", postgresql_where=text("done_at IS NULL")),
)


class Events(Questions):
    """Received messages and clicks."""

    async def receive(
        self, event: UUID, person: UUID, conversation: UUID, channel: str, external: str, body: dict[str, Any]
    ) -> bool:
        """Stores what came in. False when the very same event is here already, under whatever id."""
        statement = (
            insert(events)
            .values(
                id=event,
                tenant=self.scope.tenant,
                person=person,
                conversation=conversation,
                channel=channel,
                external=external,
                body=body,
                received_at=func.now(),
            )
            .on_conflict_do_nothing()
            .returning(events.c.id)
        )
        return (await self.scope.run(statement)).first() is not None

    async def stopped_since(self, event: UUID) -> bool:
        """Whether the person said stop in its conversation after this event was received."""
        statement = (
            select(conversations.c.stopped_at >= events.c.received_at)
            .join_from(events, conversations, conversations.c.id == events.c.conversation)
            .where(events.c.id == event)
        )
        return bool((await self.scope.run(statement)).scalar_one_or_none())

    async def done(self, event: UUID) -> None:
        """Nothing is left to do about it: it was answered, or came to nothing and the person knows. That it came stays known;
        what was said or filled into a form does not."""
        await self.scope.run(
            update(events).where(events.c.id == event, events.c.done_at.is_(None)).values(done_at=func.now(), body={})
        )

    async def take_up(self, event: UUID) -> None:
        """One more try at what a crash left, noted before it is made. Refused when there were enough: it is then done with,
        and the person is told."""
        lately = events.c.tried_at > func.now() - ONE_START
        await self.scope.run(
            update(events)
            .where(events.c.id == event, or_(events.c.tried_at.is_(None), ~lately))
            .values(tries=events.c.tries + 1, tried_at=func.now())
        )
        tries = (await self.scope.run(select(events.c.tries).where(events.c.id == event))).scalar_one_or_none() or 0
        if tries > TRIES:
            log.error("event.set_aside", id=str(event), tries=tries)
            raise Refused(
                f"I broke off {TRIES + 1} times in the middle of what you said or pressed here, so I let it be. Nothing waits "
                "for it; please say it again in other words."
            )

    async def open(self, channel: str, address: str | None = None) -> Sequence[Row[Any]]:
        """What was received through this channel (or at one address of it) and not finished, oldest first, over all
        tenants; each with the address of its conversation."""
        places = [events.c.channel == channel, *([] if address is None else [conversations.c.address == address])]
        return await self.scope.all(
            select(events, conversations.c.address)
            .join(conversations, conversations.c.id == events.c.conversation)
            .where(*places, events.c.done_at.is_(None))
            .order_by(events.c.id)  # given at the door, so in the order of arrival
        )
