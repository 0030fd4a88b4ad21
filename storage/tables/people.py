"""People: tenants, who belongs to them, and by which chat names they are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, String, Table, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.access import Caller, Role
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import PersonId, TenantId, new_id

tenants = Table(
    "tenants",
    metadata,
    id_column(),
    Column("name", String, nullable=False),
    Column("data_key", LargeBinary, nullable=False),
    moment("created_at", nullable=False),
)

people = Table(
    "people",
    metadata,
    id_column(),
    reference("tenant", to="tenants"),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("suspended", String, nullable=False, server_default=""),
    document("settings"),
    moment("created_at", nullable=False),
    moment("seen_at", nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("channel", String, primary_key=True),
    Column("external", String, primary_key=True),
    tenant_column(),
    reference("person", to="people"),
)


class People(Questions):
    """Who is who."""

    async def found(self, name: str) -> TenantId:
        """Makes a tenant with a data key of its own. Only the system may."""
        tenant = TenantId(new_id())
        key = self.scope.keyring.new_data_key(tenant)
        await self.scope.run(insert(tenants).values(id=tenant, name=name, data_key=key, created_at=now()))
        return tenant

    async def add(self, name: str, role: Role, zone: str) -> PersonId:
        """Adds a person to the tenant."""
        person = PersonId(new_id())
        await self.scope.run(
            insert(people).values(
                id=person,
                tenant=self.scope.tenant,
                name=name,
                role=role,
                zone=zone,
                settings={},
                created_at=now(),
                seen_at=now(),
            )
        )
        return person

    async def name_on(self, channel: str, external: str, person: PersonId) -> None:
        """Binds a chat identity to a person."""
        await self.scope.run(
            insert(identities).values(channel=channel, external=external, tenant=self.scope.tenant, person=person)
        )

    async def alone_at(self, channel: str, external: str) -> bool:
        """Whether nobody of the tenant has this chat identity yet. Nobody else asks the same until this transaction ends."""
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{channel}\n{external}", 0))))
        known = select(identities.c.person).where(identities.c.channel == channel, identities.c.external == external)
        return await self.scope.one(known) is None

    async def part_from(self, channel: str, external: str) -> bool:
        """Unbinds a chat identity. False when it was not bound."""
        gone = delete(identities).where(identities.c.channel == channel, identities.c.external == external)
        return (await self.scope.run(gone.returning(identities.c.person))).first() is not None

    async def channels(self, person: UUID) -> Sequence[str]:
        """Where the person is known."""
        rows = await self.scope.all(
            select(identities.c.channel).where(identities.c.person == person).order_by(identities.c.channel).distinct()
        )
        return [row.channel for row in rows]

    async def settings(self, person: UUID) -> dict[str, Any]:
        """What the person set."""
        row = await self.scope.one(select(people.c.settings).where(people.c.id == person))
        return dict(row.settings) if row else {}

    async def set(self, person: UUID, name: str, value: Any) -> None:
        """Sets one thing and leaves the others."""
        changed = people.c.settings.op("||")(literal({name: value}, JSONB))
        await self.scope.run(update(people).where(people.c.id == person).values(settings=changed))

    async def identify(self, channel: str, external: str) -> tuple[TenantId, PersonId] | None:
        """Who this chat identity is, over all tenants. None for a stranger."""
        row = await self.scope.one(
            select(identities.c.tenant, identities.c.person).where(
                identities.c.channel == channel, identities.c.external == external
            )
        )
        return (TenantId(row.tenant), PersonId(row.person)) if row else None

    async def tenants(self) -> Sequence[Row[Any]]:
        """Every tenant: id and name."""
        return await self.scope.all(select(tenants.c.id, tenants.c.name).order_by(tenants.c.created_at))

    async def data_key(self, tenant: UUID) -> bytes:
        """A tenant's data key as it is stored. Only the system may see others' rows."""
        row = await self.scope.one(select(tenants.c.data_key).where(tenants.c.id == tenant))
        assert row is not None
        return bytes(row.data_key)

    async def rewrap(self, tenant: UUID, old: bytes, new: bytes) -> bool:
        """Stores a tenant's data key under another seal; False when somebody else has done so meanwhile."""
        done = await self.scope.run(
            update(tenants)
            .where(tenants.c.id == tenant, tenants.c.data_key == old)
            .values(data_key=new)
            .returning(tenants.c.id)
        )
        return done.first() is not None

    async def doors(self, channel: str) -> Sequence[Row[Any]]:
        """Every chat identity on a channel: external name, tenant and person."""
        return await self.scope.all(select(identities).where(identities.c.channel == channel))

    async def by_arrival(self) -> Sequence[Row[Any]]:
        """The people of the tenant, who moved in last first."""
        return await self.scope.all(select(people).order_by(people.c.seen_at.desc()))

    async def seen(self, person: UUID) -> None:
        """The person was here just now."""
        await self.scope.run(update(people).where(people.c.id == person).values(seen_at=now()))

    async def list(self) -> Sequence[Row[Any]]:
        """The people of the tenant, oldest first."""
        return await self.scope.all(select(people).order_by(people.c.created_at))

    async def caller(self, person: UUID) -> Caller:
        """The person as one who asks. Refused when unknown or suspended."""
        row = await self.scope.one(select(people).where(people.c.id == person))
        if row is None:
            raise Refused("I do not know you here. Ask the person who runs this Deskhand to add you.")
        return as_caller(row)

    async def set_zone(self, person: UUID, zone: str) -> None:
        """Changes the zone in which the person says times."""
        await self.scope.run(update(people).where(people.c.id == person).values(zone=zone))


def as_caller(row: Any) -> Caller:
    """A row of `people` as one who asks. Refused when suspended."""
    if row.suspended:
        raise Refused(f"Your access is suspended: {row.suspended} Ask the person who runs this Deskhand.")
    return Caller(TenantId(row.tenant), PersonId(row.id), row.name, Role(row.role), row.zone)
