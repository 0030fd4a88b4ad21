"""Conversations: where a person talks with us, what was said, and the small state that the mind keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.people import people
from storage.values.clock import now
from storage.values.ids import ConversationId, new_id

conversations = Table(
    "conversations",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("state", LargeBinary),
    moment("stopped_at"),
    moment("created_at", nullable=False),
    UniqueConstraint("tenant", "channel", "address"),
)

messages = Table(
    "messages",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    tenant_column(),
    reference("conversation", to="conversations"),
    document("body"),
    moment("said_at", nullable=False),
    Index("ix_messages_recent", "conversation", "number"),
)


class Conversations(Questions):
    """Threads of talk."""

    async def open(self, person: UUID, channel: str, address: str) -> ConversationId:
        """The conversation at this address of this channel; made when it is new."""
        statement = (
            insert(conversations)
            .values(
                id=new_id(),
                tenant=self.scope.tenant,
                person=person,
                channel=channel,
                address=address,
                created_at=now(),
            )
            .on_conflict_do_update(index_elements=["tenant", "channel", "address"], set_={"channel": channel})
            .returning(conversations.c.id)
        )
        return ConversationId((await self.scope.run(statement)).scalar_one())

    async def get(self, conversation: UUID) -> Row[Any] | None:
        """Channel, address and person of a conversation."""
        return await self.scope.one(select(conversations).where(conversations.c.id == conversation))

    async def latest(self, person: UUID) -> Row[Any] | None:
        """Where the person wants to be told: where they spoke with us last, on the channel that they chose if they talk
        there at all."""
        chosen = select(people.c.settings["notify"].astext).where(people.c.id == person).scalar_subquery()
        spoken = select(func.max(messages.c.number)).where(messages.c.conversation == conversations.c.id)
        found = await self.scope.all(
            select(conversations)
            .where(conversations.c.person == person)
            .order_by(
                (conversations.c.channel == chosen).desc().nulls_last(),
                spoken.scalar_subquery().desc().nulls_last(),
                conversations.c.created_at.desc(),
            )
            .limit(1)
        )
        return found[0] if found else None

    async def keep(self, conversation: UUID, state: bytes) -> None:
        """Keeps the mind's state after something that was no turn of talk."""
        await self.scope.run(update(conversations).where(conversations.c.id == conversation).values(state=state))

    async def stop(self, conversation: UUID) -> None:
        """Everything that was asked for before this moment is not to be done any more."""
        await self.scope.run(
            update(conversations).where(conversations.c.id == conversation).values(stopped_at=func.now())
        )

    async def said(self, conversation: UUID, limit: int) -> Sequence[Row[Any]]:
        """The last messages, oldest first."""
        rows = await self.scope.all(
            select(messages.c.body, messages.c.said_at)
            .where(messages.c.conversation == conversation)
            .order_by(messages.c.number.desc())
            .limit(limit)
        )
        return list(reversed(rows))

    async def say(self, conversation: UUID, body: dict[str, Any]) -> None:
        """Adds something that was said outside a turn, such as the outcome of a job."""
        await self.scope.run(
            insert(messages).values(tenant=self.scope.tenant, conversation=conversation, body=body, said_at=now())
        )
