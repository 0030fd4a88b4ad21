"""Installations: the Slack workspaces that installed us, each with its sealed token; and forms that are open in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, tenant_column
from storage.scope import Questions
from storage.tables.conversations import conversations
from storage.tables.jobs import JobState, jobs
from storage.tables.people import identities, people
from storage.values.ids import TenantId, new_id

installations = Table(
    "installations",
    metadata,
    id_column(),
    tenant_column(),
    Column("team", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("bot_user", String, nullable=False),
    Column("bot_id", String, nullable=False),
    Column("scopes", String, nullable=False),
    Column("token", LargeBinary, nullable=False),
    moment("installed_at", nullable=False),
)

card_forms = Table(
    "card_forms",
    metadata,
    id_column(),
    tenant_column(),
    Column("card", String, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    moment("made_at", nullable=False),
    UniqueConstraint("tenant", "card"),
)


class Installations(Questions):
    """Which workspaces we may speak in."""

    async def put(self, team: str, name: str, bot_user: str, bot_id: str, scopes: str, token: str) -> None:
        """Remembers an installation; installing again replaces the token."""
        known = await self.find(team)
        identity = known.id if known else new_id()
        values = {
            "name": name,
            "bot_user": bot_user,
            "bot_id": bot_id,
            "scopes": scopes,
            "token": await self.scope.seal(identity, "slack-token", token),
            "installed_at": func.now(),
        }
        row = insert(installations).values(id=identity, tenant=self.scope.tenant, team=team, **values)
        await self.scope.run(row.on_conflict_do_update(index_elements=["id"], set_=values))

    async def find(self, team: str) -> Row[Any] | None:
        """The installation in a workspace, over all tenants when the system asks."""
        return await self.scope.one(select(installations).where(installations.c.team == team))

    async def all(self) -> Sequence[Row[Any]]:
        """Every installation, oldest first."""
        return await self.scope.all(select(installations).order_by(installations.c.installed_at))

    async def token(self, row: Row[Any]) -> str:
        """The opened token."""
        return (await self.scope.open(row.id, "slack-token", row.token)).decode()

    async def remove(self, team: str) -> bool:
        """Forgets an installation and its token. False when there was none."""
        done = await self.scope.run(
            delete(installations).where(installations.c.team == team).returning(installations.c.id)
        )
        return done.first() is not None

    async def stop(self, team: str, sentence: str) -> int:
        """Nothing more is done for those whom only this workspace knows: their open jobs are cancelled, and they are let in
        again with `go_on`. Gives how many people that are."""
        known = select(identities.c.person).where(_of(team))
        elsewhere = select(identities.c.person).where(~_of(team))
        stopped = await self.scope.run(
            update(people)
            .where(people.c.id.in_(known), people.c.id.not_in(elsewhere), people.c.suspended == "")
            .values(suspended=sentence)
            .returning(people.c.id)
        )
        gone = [row.id for row in stopped]
        open_jobs = jobs.c.state.in_((JobState.PENDING, JobState.RUNNING))
        await self.scope.run(
            update(jobs)
            .where(jobs.c.person.in_(gone), open_jobs)
            .values(state=JobState.CANCELLED, error=sentence, ended_at=func.now())
        )
        return len(gone)

    async def go_on(self, sentence: str) -> None:
        """The workspace is back: those who were stopped with this sentence are let in again."""
        await self.scope.run(update(people).where(people.c.suspended == sentence).values(suspended=""))

    async def tenants_at(self, address: str) -> Sequence[TenantId]:
        """Whose talk takes place at an address, over all tenants: in a channel several may share a thread."""
        found = select(conversations.c.tenant).where(
            conversations.c.channel == "slack", conversations.c.address == address
        )
        return [TenantId(row.tenant) for row in await self.scope.all(found)]

    async def keep_form(self, card: str, inputs: Sequence[dict[str, Any]]) -> None:
        """What the form of a card is filled with when it is opened, sealed."""
        known = await self.scope.one(select(card_forms.c.id).where(card_forms.c.card == card))
        identity: UUID = known.id if known else new_id()
        values = {
            "inputs": await self.scope.seal(identity, "card-form", json.dumps(list(inputs))),
            "made_at": func.now(),
        }
        row = insert(card_forms).values(id=identity, tenant=self.scope.tenant, card=card, **values)
        await self.scope.run(row.on_conflict_do_update(index_elements=["id"], set_=values))

    async def form(self, card: str) -> list[dict[str, Any]] | None:
        """What a card's form is filled with; None when it has none any more."""
        row = await self.scope.one(select(card_forms).where(card_forms.c.card == card))
        if row is None:
            return None
        return list(json.loads(await self.scope.open(row.id, "card-form", row.inputs)))

    async def drop_form(self, card: str) -> None:
        """The card is decided."""
        await self.scope.run(delete(card_forms).where(card_forms.c.card == card))


def _of(team: str) -> ColumnElement[bool]:
    """The identities of a workspace's members."""
    return and_(identities.c.channel == "slack", identities.c.external.startswith(f"{team}:", autoescape=True))
