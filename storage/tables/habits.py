"""Habits: how far a person lets Deskhand act alone, and when they want to hear of the rest. No row: the careful defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, Double, ForeignKey, Integer, String, Table, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.base import metadata, moment, tenant_column
from storage.scope import Questions
from storage.values.clock import now

habits = Table(
    "habits",
    metadata,
    tenant_column(primary_key=True),
    Column("person", Uuid, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("enable_auto_replies", Boolean, nullable=False),
    Column("max_daily_replies", Integer, nullable=False),
    Column("threshold", Double, nullable=False),
    Column("days_between", Integer, nullable=False),
    Column("undo_seconds", Integer, nullable=False),
    Column("sensitive_added", ARRAY(String), nullable=False),
    Column("sensitive_removed", ARRAY(String), nullable=False),
    Column("digest_hours", ARRAY(Integer), nullable=False),
    Column("digest_last", String, nullable=False),
    moment("digested_at"),
)


@dataclass(frozen=True)
class Habit:
    """A person's own settings."""

    enable_auto_replies: bool = False
    max_daily_replies: int = 10
    """In a day of the person's zone."""
    threshold: float = 0.85
    """How sure the sorting must be at least; it can be raised, never lowered."""
    days_between: int = 7
    """Days in which one sender gets one auto-reply at most."""
    undo_seconds: int = 60
    """How long an auto-reply waits before it leaves."""
    sensitive_added: tuple[str, ...] = ()
    sensitive_removed: tuple[str, ...] = ()
    digest_hours: tuple[int, ...] = (8, 17)
    """Hours of the person's day at which the digest comes; none: never."""
    digest_last: str = ""
    digested_at: Any = None


_LISTS = ("sensitive_added", "sensitive_removed", "digest_hours")


class Habits(Questions):
    """Everybody's own settings."""

    async def of(self, person: UUID) -> Habit:
        """The person's, or the defaults."""
        row = await self.scope.one(select(habits).where(habits.c.person == person))
        if row is None:
            return Habit()
        known: dict[str, Any] = {one.name: getattr(row, one.name) for one in fields(Habit)}
        return Habit(**{**known, **{name: tuple(known[name]) for name in _LISTS}})

    async def change(self, person: UUID, values: Mapping[str, Any]) -> Habit:
        """Changes some of them."""
        given = {name: list(value) if name in _LISTS else value for name, value in values.items()}
        row = _row(Habit()) | given
        statement = insert(habits).values(tenant=self.scope.tenant, person=person, **row)
        keys = ["tenant", "person"]
        await self.scope.run(statement.on_conflict_do_update(index_elements=keys, set_=given))
        return await self.of(person)

    async def take_digest(self, person: UUID, slot: str) -> bool:
        """Notes that the digest of this hour is being made; False when somebody has made it."""
        await self.scope.run(
            insert(habits).values(tenant=self.scope.tenant, person=person, **_row(Habit())).on_conflict_do_nothing()
        )
        done = update(habits).where(habits.c.person == person, habits.c.digest_last != slot)
        taken = await self.scope.run(done.values(digest_last=slot, digested_at=now()).returning(habits.c.person))
        return taken.first() is not None


def _row(habit: Habit) -> dict[str, Any]:
    return {
        one.name: list(getattr(habit, one.name)) if one.name in _LISTS else getattr(habit, one.name)
        for one in fields(Habit)
    }
