"""Shown: which message of a platform shows which card, so that a card can be redrawn wherever a person sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, String, Table, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import metadata, moment, tenant_column
from storage.scope import Questions
from storage.values.ids import ConversationId

shown = Table(
    "shown",
    metadata,
    tenant_column(primary_key=True),
    Column("conversation", Uuid, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("card", String, primary_key=True),
    Column("external", String, nullable=False),
    moment("shown_at", nullable=False),
    Index("ix_shown_tenant_card", "tenant", "card"),
)


class ShownCards(Questions):
    """Cards in sight."""

    async def put(self, conversation: UUID, card: str, external: str) -> None:
        """A card is shown in a conversation by the message of this name; an earlier one there is history."""
        row = insert(shown).values(
            tenant=self.scope.tenant, conversation=conversation, card=card, external=external, shown_at=func.now()
        )
        await self.scope.run(
            row.on_conflict_do_update(
                index_elements=["tenant", "conversation", "card"],
                set_={"external": external, "shown_at": func.now()},
            )
        )

    async def find(self, conversation: UUID, card: str) -> str | None:
        """The platform's name of the message that shows a card in a conversation."""
        row = await self.scope.one(
            select(shown.c.external).where(shown.c.conversation == conversation, shown.c.card == card)
        )
        return str(row.external) if row else None

    async def places(self, card: str) -> Sequence[ConversationId]:
        """Every conversation in which a card is shown."""
        rows = await self.scope.all(select(shown.c.conversation).where(shown.c.card == card))
        return [ConversationId(row.conversation) for row in rows]

    async def of(self, conversation: UUID, limit: int) -> Sequence[Row[Any]]:
        """The cards that a conversation shows (`card`, `shown_at`), the latest ones, oldest first."""
        rows = await self.scope.all(
            select(shown.c.card, shown.c.shown_at)
            .where(shown.c.conversation == conversation)
            .order_by(shown.c.shown_at.desc())
            .limit(limit)
        )
        return list(reversed(rows))
