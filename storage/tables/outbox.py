"""Outbox: words that wait to be carried to a chat. Written with the action they tell of, delivered after its commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Identity,
    Index,
    Integer,
    String,
    Table,
    any_,
    false,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.conversations import conversations

TRIES_ASIDE = 12
"""How often words are tried that the channel itself could take, but that something is wrong with."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    tenant_column(),
    reference("conversation"),
    Column("kind", String, nullable=False),
    document("body"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String, nullable=False, server_default=""),
    Column("set_aside", Boolean, nullable=False, server_default=false()),
    moment("due_at", nullable=False),
    moment("delivered_at"),
    Index("ix_outbox_waiting", "due_at", postgresql_where=text("delivered_at IS NULL")),
)


class Outbox(Questions):
    """Words on their way to a chat."""

    async def post(self, conversation: UUID, kind: str, body: dict[str, Any]) -> None:
        """Leaves words for a conversation."""
        await self.scope.run(
            insert(outbox).values(
                tenant=self.scope.tenant, conversation=conversation, kind=kind, body=body, due_at=func.now()
            )
        )

    async def take(
        self, channels: Sequence[str], lease: timedelta, limit: int, address: str | None = None
    ) -> Sequence[Row[Any]]:
        """Takes waiting words for these channels (or one address of theirs) in order, over all tenants; they come again
        after the lease unless delivered. Nobody overtakes: words wait for the earlier ones of their conversation that are
        in somebody's hands or are to be tried again, but not for those that were set aside."""
        earlier = outbox.alias()
        overtaking = (
            select(earlier.c.number)
            .where(
                earlier.c.conversation == outbox.c.conversation,
                earlier.c.number < outbox.c.number,
                earlier.c.delivered_at.is_(None),
                earlier.c.due_at > func.now(),
                ~earlier.c.set_aside,
            )
            .exists()
        )
        places: list[ColumnElement[bool]] = [conversations.c.channel.in_(channels)]
        if address is not None:
            places.append(conversations.c.address == address)
        chosen = (
            select(outbox.c.number)
            .join(conversations, conversations.c.id == outbox.c.conversation)
            .where(
                outbox.c.delivered_at.is_(None),
                outbox.c.due_at <= func.now(),
                or_(~outbox.c.set_aside, outbox.c.attempts < TRIES_ASIDE),
                ~overtaking,
                *places,
            )
            .order_by(outbox.c.number)
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True, of=[outbox, conversations])
        )
        taken = (
            update(outbox)
            .where(outbox.c.number.in_(chosen), conversations.c.id == outbox.c.conversation)
            .values(due_at=func.now() + lease, attempts=outbox.c.attempts + 1)
            .returning(*outbox.c, conversations.c.channel, conversations.c.address, conversations.c.person)
        )
        return sorted(await self.scope.all(taken), key=lambda row: row.number)

    async def told(self, conversation: UUID, limit: int) -> Sequence[Row[Any]]:
        """The last words for a conversation, oldest first; those that wait still have no `delivered_at`."""
        rows = await self.scope.all(
            select(outbox.c.kind, outbox.c.body, outbox.c.delivered_at)
            .where(outbox.c.conversation == conversation)
            .order_by(outbox.c.number.desc())
            .limit(limit)
        )
        return list(reversed(rows))

    async def delivered(self, numbers: Sequence[int]) -> None:
        """They have arrived."""
        await self.scope.run(
            update(outbox)
            .where(outbox.c.number == any_(literal(list(numbers), ARRAY(BigInteger))))
            .values(delivered_at=func.now())
        )

    async def failed(self, number: int, wait: timedelta, error: str, *, aside: bool = False) -> None:
        """It did not arrive; it is tried again after a while. `aside`: what follows need not wait for it, and after
        TRIES_ASIDE it is let be."""
        await self.scope.run(
            update(outbox)
            .where(outbox.c.number == number)
            .values(due_at=func.now() + wait, error=error, set_aside=aside)
        )

    async def give_back(self, numbers: Sequence[int]) -> None:
        """They were taken and not tried."""
        await self.scope.run(
            update(outbox)
            .where(outbox.c.number == any_(literal(list(numbers), ARRAY(BigInteger))))
            .values(due_at=func.now(), attempts=outbox.c.attempts - 1)
        )
