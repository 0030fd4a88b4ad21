"""Trust cards: what was asked before it was done, what was told after, and what was proposed; each is settled once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, Table, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now


class CardKind(StrEnum):
    """What a card wants."""

    ASKED = "asked"
    """Shall it be done?"""
    TOLD = "told"
    """It was done; was it right?"""
    RAISE = "raise"
    """Shall the act stand on a higher rung?"""


class CardState(StrEnum):
    """What the person said."""

    PENDING = "pending"
    YES = "yes"
    NO = "no"


trust_cards = Table(
    "trust_cards",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("kind", String, nullable=False),
    reference("rule"),
    Column("rule_name", String, nullable=False),
    Column("act", String, nullable=False),
    Column("rung", String, nullable=False),
    document("deeds"),
    Column("state", String, nullable=False),
    Column("outcome", String, nullable=False),
    moment("made_at", nullable=False),
    moment("settled_at"),
    Column("settled_by", String, nullable=False),
    Index("ix_trust_cards_recent", "tenant", "person", "made_at"),
)


class TrustCards(Questions):
    """Every card about what is done by itself."""

    async def make(self, identity: UUID, **columns: Any) -> bool:
        """Writes a card. False when it was made before."""
        row = dict(columns, id=identity, tenant=self.scope.tenant, state=CardState.PENDING, made_at=now())
        row |= {"outcome": "", "settled_by": ""}
        made = insert(trust_cards).values(row).on_conflict_do_nothing().returning(trust_cards.c.id)
        return (await self.scope.run(made)).first() is not None

    async def get(self, card: UUID) -> Row[Any] | None:
        """One of them."""
        return await self.scope.one(select(trust_cards).where(trust_cards.c.id == card))

    async def settle(self, card: UUID, state: CardState, by: str) -> Row[Any] | None:
        """The atomic word: one press gets the row, every other one None. The same press, taken up again after a crash, gets it
        again."""
        mine = (trust_cards.c.state == CardState.PENDING) | (trust_cards.c.settled_by == by)
        return await self.scope.one(
            update(trust_cards)
            .where(trust_cards.c.id == card, mine)
            .values(state=state, settled_at=now(), settled_by=by)
            .returning(*trust_cards.c)
        )

    async def conclude(self, card: UUID, outcome: str) -> None:
        """What came of it, in words."""
        await self.scope.run(update(trust_cards).where(trust_cards.c.id == card).values(outcome=outcome))

    async def waiting(self, person: UUID) -> Sequence[Row[Any]]:
        """The questions and proposals that nobody answered, the oldest first."""
        kinds = (CardKind.ASKED, CardKind.RAISE)
        return await self.scope.all(
            select(trust_cards)
            .where(
                trust_cards.c.person == person, trust_cards.c.state == CardState.PENDING, trust_cards.c.kind.in_(kinds)
            )
            .order_by(trust_cards.c.made_at)
        )

    async def declined(self, person: UUID, rule: UUID, act: str) -> int:
        """How often the person left an act of a rule where it stood."""
        row = await self.scope.one(
            select(func.count().label("cards")).where(
                trust_cards.c.person == person,
                trust_cards.c.rule == rule,
                trust_cards.c.act == act,
                trust_cards.c.kind == CardKind.RAISE,
                trust_cards.c.state == CardState.NO,
            )
        )
        assert row is not None
        return int(row.cards)
