"""Memories: facts and preferences that a person asked us to keep, found by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, Table, UniqueConstraint, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import embedding, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.ids import MemoryId, new_id

memories = Table(
    "memories",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("request", String, nullable=False),
    Column("fact", String, nullable=False),
    Column("source", String, nullable=False),
    embedding("embedding"),
    moment("created_at", nullable=False),
    UniqueConstraint("tenant", "request"),
    Index("ix_memories_person", "tenant", "person"),
)


class Memories(Questions):
    """What a person asked us to remember."""

    async def add(self, person: UUID, fact: str, source: str, vector: Sequence[float], request: str) -> MemoryId:
        """Keeps a fact; the same request keeps one."""
        memory = MemoryId(new_id())
        await self.scope.run(
            insert(memories)
            .values(
                id=memory,
                tenant=self.scope.tenant,
                person=person,
                request=request,
                fact=fact,
                source=source,
                embedding=vector,
                created_at=now(),
            )
            .on_conflict_do_nothing()
        )
        return memory

    async def near(self, person: UUID, vector: Sequence[float], limit: int, at_least: float) -> Sequence[Row[Any]]:
        """The facts nearest in meaning, with their cosine, best first."""
        distance = memories.c.embedding.max_inner_product(vector)
        return await self.scope.all(
            select(
                memories.c.id, memories.c.fact, memories.c.source, memories.c.created_at, (-distance).label("cosine")
            )
            .where(memories.c.person == person, distance <= -at_least)
            .order_by(distance)
            .limit(limit)
        )

    async def list(self, person: UUID) -> Sequence[Row[Any]]:
        """All facts of a person, oldest first."""
        return await self.scope.all(
            select(memories.c.id, memories.c.fact, memories.c.source, memories.c.created_at)
            .where(memories.c.person == person)
            .order_by(memories.c.created_at)
        )

    async def forget(self, ids: Sequence[UUID]) -> None:
        """Deletes facts, vectors included."""
        await self.scope.run(delete(memories).where(memories.c.id.in_(ids)))
