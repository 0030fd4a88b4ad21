"""Rules: what a person wants done with new mail, as the YAML that they wrote, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Integer, String, Table, delete, func, insert, select, text, update
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import new_id


class RuleState(StrEnum):
    """Whether a rule acts."""

    PROPOSED = "proposed"
    """It waits for the person's word, and does nothing."""
    ON = "on"
    OFF = "off"
    SHADOW = "shadow"
    """It is recorded what it would have done, and nothing is done."""


rules = Table(
    "rules",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("name", String, nullable=False),
    Column("title", String, nullable=False),
    Column("source", String, nullable=False),
    Column("state", String, nullable=False),
    Column("place", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    moment("shadow_until"),
    moment("active_since", nullable=False),
    moment("created_at", nullable=False),
    moment("changed_at", nullable=False),
    Index("uq_rules_name", "tenant", "person", "name", unique=True, postgresql_where=text("state <> 'proposed'")),
)

_WATCHING = (RuleState.ON, RuleState.SHADOW)


class Rules(Questions):
    """The rules of the tenant's people."""

    async def list(self, person: UUID) -> Sequence[Row[Any]]:
        """A person's rules in the order in which they apply, without what is only proposed."""
        return await self.scope.all(
            select(rules)
            .where(rules.c.person == person, rules.c.state != RuleState.PROPOSED)
            .order_by(rules.c.place, rules.c.name)
        )

    async def watching(self, person: UUID) -> Sequence[Row[Any]]:
        """Those that look at new mail: on, or in the shadow."""
        return [row for row in await self.list(person) if row.state in _WATCHING]

    async def find(self, rule: UUID) -> Row[Any] | None:
        """One rule; None when it is gone."""
        return await self.scope.one(select(rules).where(rules.c.id == rule))

    async def get(self, rule: UUID) -> Row[Any]:
        """One rule. Refused when it is gone."""
        row = await self.find(rule)
        if row is None:
            raise Refused("That rule is not there any more.")
        return row

    async def held(self, rule: UUID) -> Row[Any]:
        """One rule, held fast until the end of this transaction. Refused when it is gone."""
        await self.scope.run(select(rules.c.id).where(rules.c.id == rule).with_for_update())
        return await self.get(rule)

    async def named(self, person: UUID, name: str) -> Row[Any]:
        """The person's rule of this name. Refused when there is none."""
        row = await self._named(person, name)
        if row is None:
            raise Refused(f"There is no rule “{name[:60]}”; /rules shows those that there are.")
        return row

    async def save(self, person: UUID, name: str, title: str, source: str, state: RuleState) -> UUID:
        """Keeps a rule. One of this name that is there already becomes its next version, in its place; what it reads of
        new mail begins now."""
        await self._alone(person)
        known = await self._named(person, name)
        moment_ = now()
        values = {"title": title, "source": source, "state": state, "active_since": moment_, "changed_at": moment_}
        if known is not None:
            same = update(rules).where(rules.c.id == known.id)
            await self.scope.run(same.values(**values, version=known.version + 1, shadow_until=None))
            return UUID(str(known.id))
        return await self._add(person, name, **values)

    async def propose(self, person: UUID, name: str, title: str, source: str) -> UUID:
        """Writes down a rule that waits for the person's word. What was proposed before under this name is dropped."""
        same = (rules.c.person == person, rules.c.name == name, rules.c.state == RuleState.PROPOSED)
        await self.scope.run(delete(rules).where(*same))
        moment_ = now()
        return await self._add(
            person,
            name,
            title=title,
            source=source,
            state=RuleState.PROPOSED,
            active_since=moment_,
            changed_at=moment_,
        )

    async def take(self, rule: UUID) -> Row[Any] | None:
        """Takes a proposal away, for one caller only; None for all others."""
        gone = delete(rules).where(rules.c.id == rule, rules.c.state == RuleState.PROPOSED)
        return await self.scope.one(gone.returning(*rules.c))

    async def become(self, rule: UUID, state: RuleState, shadow_until: datetime | None = None) -> None:
        """Switches a rule. Mail that came while it was off is not looked at afterwards."""
        values = {"state": state, "shadow_until": shadow_until, "active_since": now(), "changed_at": now()}
        await self.scope.run(update(rules).where(rules.c.id == rule).values(values))

    async def move(self, rule: UUID, place: int) -> None:
        """Puts a rule before those of a higher place."""
        await self.scope.run(update(rules).where(rules.c.id == rule).values(place=place))

    async def remove(self, rule: UUID) -> None:
        """Forgets a rule. What it did stays written down."""
        await self.scope.run(delete(rules).where(rules.c.id == rule))

    async def _named(self, person: UUID, name: str) -> Row[Any] | None:
        return await self.scope.one(
            select(rules).where(
                rules.c.person == person,
                func.lower(rules.c.name) == name.casefold(),
                rules.c.state != RuleState.PROPOSED,
            )
        )

    async def _add(self, person: UUID, name: str, **values: Any) -> UUID:
        last = select(func.coalesce(func.max(rules.c.place), 0) + 1).where(rules.c.person == person)
        identity = new_id()
        row = {"id": identity, "tenant": self.scope.tenant, "person": person, "name": name, "version": 1}
        row |= {"place": last.scalar_subquery(), "created_at": now(), **values}
        await self.scope.run(insert(rules).values(row))
        return identity

    async def _alone(self, person: UUID) -> None:
        """Two that save at once do it one after the other."""
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"rules:{person}", 0))))
