"""Templates: texts for answers. Each edit is a new version, which nobody has approved yet; an approved one never changes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Double, Integer, String, Table, UniqueConstraint, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import new_id


class TemplateState(StrEnum):
    """Whether a version may be sent without a click."""

    DRAFT = "draft"
    APPROVED = "approved"
    REVOKED = "revoked"
    REPLACED = "replaced"
    REMOVED = "removed"


templates = Table(
    "templates",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("name", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", String, nullable=False),
    Column("body", String, nullable=False),
    Column("threshold", Double),
    Column("state", String, nullable=False),
    reference("approved_by", nullable=True),
    moment("approved_at"),
    moment("created_at", nullable=False),
    UniqueConstraint("tenant", "person", "name", "version"),
)


class Templates(Questions):
    """The templates of the tenant's people. The id is that of one version."""

    async def list(self, person: UUID) -> Sequence[Row[Any]]:
        """The newest version of each of a person's templates, by name."""
        return [one for one in await self.scope.all(_newest().where(templates.c.person == person)) if _stands(one)]

    async def everyones(self) -> Sequence[Row[Any]]:
        """The newest versions of all people of the tenant, for who may approve."""
        return [one for one in await self.scope.all(_newest()) if _stands(one)]

    async def get(self, version: UUID) -> Row[Any]:
        """One version. Refused when unknown."""
        row = await self.scope.one(select(templates).where(templates.c.id == version))
        if row is None:
            raise Refused("That template is not there any more.")
        return row

    async def named(self, person: UUID, name: str) -> Row[Any] | None:
        """The newest version of the person's template of this name, if there is one."""
        mine = _newest().where(templates.c.person == person, func.lower(templates.c.name) == name.casefold())
        row = await self.scope.one(mine)
        return row if row is not None and _stands(row) else None

    async def save(self, person: UUID, name: str, subject: str, body: str, threshold: float | None) -> UUID:
        """Adds a version, which nobody has approved; an earlier one may not be sent unattended any more."""
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"templates:{person}", 0))))
        last = (
            await self.scope.run(
                select(func.max(templates.c.version)).where(templates.c.person == person, templates.c.name == name)
            )
        ).scalar_one()
        await self._drop(person, name, TemplateState.REPLACED)
        identity = new_id()
        row = {"id": identity, "tenant": self.scope.tenant, "person": person, "name": name, "subject": subject}
        row |= {"body": body, "threshold": threshold, "version": (last or 0) + 1, "state": TemplateState.DRAFT}
        await self.scope.run(insert(templates).values(row | {"created_at": now()}))
        return identity

    async def approve(self, version: UUID, by: UUID) -> Row[Any] | None:
        """From now on this version may be sent unattended. None when it is not a draft any more."""
        return await self.scope.one(
            update(templates)
            .where(templates.c.id == version, templates.c.state.in_([TemplateState.DRAFT, TemplateState.REVOKED]))
            .values(state=TemplateState.APPROVED, approved_by=by, approved_at=now())
            .returning(*templates.c)
        )

    async def revoke(self, version: UUID) -> Row[Any] | None:
        """It may not be sent unattended any more. None when it was not approved."""
        return await self.scope.one(
            update(templates)
            .where(templates.c.id == version, templates.c.state == TemplateState.APPROVED)
            .values(state=TemplateState.REVOKED)
            .returning(*templates.c)
        )

    async def remove(self, person: UUID, name: str) -> None:
        """No version of this name can be used any more; what they sent stays written down."""
        await self._drop(person, name, TemplateState.REMOVED, everything=True)

    async def _drop(self, person: UUID, name: str, state: TemplateState, *, everything: bool = False) -> None:
        mine = update(templates).where(templates.c.person == person, templates.c.name == name)
        if not everything:
            mine = mine.where(
                templates.c.state.in_([TemplateState.DRAFT, TemplateState.APPROVED, TemplateState.REVOKED])
            )
        await self.scope.run(mine.values(state=state))


def _newest() -> Any:
    return (
        select(templates)
        .ext(distinct_on(templates.c.person, templates.c.name))
        .order_by(templates.c.person, templates.c.name, templates.c.version.desc())
    )


def _stands(row: Row[Any]) -> bool:
    return str(row.state) != TemplateState.REMOVED
