"""Telegram forms: what a card's form asks for, and the dialog that is asking a person. Both are sealed: they hold mail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, String, Table, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.conversations import conversations
from storage.tables.outbox import outbox
from storage.tables.people import identities
from storage.values.ids import PersonId, TenantId, new_id

KEPT_FOR = timedelta(days=40)
"""A little longer than the longest life of a button."""

telegram_forms = Table(
    "telegram_forms",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("token", String, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    moment("made_at", nullable=False),
    UniqueConstraint("tenant", "token"),
)

telegram_dialogs = Table(
    "telegram_dialogs",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("address", String, nullable=False),
    reference("form", to="telegram_forms"),
    Column("given", LargeBinary, nullable=False),
    Column("heard", String, nullable=False),
    moment("opened_at", nullable=False),
    UniqueConstraint("tenant", "person", "address"),
)

Plain = dict[str, str]


@dataclass(frozen=True)
class Dialog:
    """A form that is being asked for: its button, its inputs (`name`, `label`, `value`), what was said so far, and the
    event that was heard last."""

    id: UUID
    token: str
    inputs: Sequence[Plain]
    given: Mapping[str, str]
    heard: str
    opened_at: datetime


class TelegramForms(Questions):
    """Forms of cards in sight, and open dialogs."""

    async def owner(self, address: str) -> tuple[TenantId, PersonId] | None:
        """Whose conversation an address of Telegram's is, over all tenants."""
        where = select(conversations.c.tenant, conversations.c.person).where(
            conversations.c.channel == "telegram", conversations.c.address == address
        )
        row = (await self.scope.run(where.order_by(conversations.c.created_at.desc()).limit(1))).one_or_none()
        return (TenantId(row.tenant), PersonId(row.person)) if row else None

    async def private_chat(self, person: UUID) -> str | None:
        """The private chat of a person: Telegram gives it the person's own number."""
        rows = await self.scope.all(
            select(identities.c.external).where(identities.c.channel == "telegram", identities.c.person == person)
        )
        return str(rows[0].external) if rows else None

    async def moved(self, old: str, new: str) -> None:
        """A group goes on under another number: its conversations go with it, unless it was heard there already."""
        known = select(conversations.c.id).where(conversations.c.channel == "telegram", conversations.c.address == new)
        await self.scope.run(
            update(conversations)
            .where(conversations.c.channel == "telegram", conversations.c.address == old, ~known.exists())
            .values(address=new)
        )

    async def opened(self, address: str) -> None:
        """The chat at this address can be reached again: what waits for it is due now."""
        there = select(conversations.c.id).where(
            conversations.c.channel == "telegram", conversations.c.address == address
        )
        waiting = outbox.c.delivered_at.is_(None) & outbox.c.conversation.in_(there)
        await self.scope.run(update(outbox).where(waiting).values(due_at=func.now()))

    async def keep(self, person: UUID, token: str, inputs: Sequence[Plain]) -> None:
        """The form behind a button. Forms that no button can open any more are forgotten."""
        await self.scope.run(delete(telegram_forms).where(telegram_forms.c.made_at < func.now() - KEPT_FOR))
        row = new_id()
        sealed = await self.scope.seal(row, "form", json.dumps(list(inputs)))
        await self.scope.run(
            insert(telegram_forms)
            .values(id=row, tenant=self.scope.tenant, person=person, token=token, inputs=sealed, made_at=func.now())
            .on_conflict_do_nothing()
        )

    async def open(self, person: UUID, address: str, token: str) -> Sequence[Plain] | None:
        """Begins to ask for the form of this button; a dialog that was open there is left. None: there is no such form of
        this person's."""
        form = await self.scope.one(
            select(telegram_forms).where(telegram_forms.c.token == token, telegram_forms.c.person == person)
        )
        if form is None:
            return None
        await self.close(person, address)
        row = new_id()
        await self.scope.run(
            insert(telegram_dialogs).values(
                id=row,
                tenant=self.scope.tenant,
                person=person,
                address=address,
                form=form.id,
                given=await self.scope.seal(row, "given", "{}"),
                heard="",
                opened_at=func.now(),
            )
        )
        return await self._inputs(form)

    async def asking(self, person: UUID, address: str) -> Dialog | None:
        """The dialog that is open."""
        row = await self.scope.one(
            select(telegram_dialogs, telegram_forms.c.token, telegram_forms.c.inputs)
            .join(telegram_forms, telegram_forms.c.id == telegram_dialogs.c.form)
            .where(telegram_dialogs.c.person == person, telegram_dialogs.c.address == address)
        )
        if row is None:
            return None
        given = json.loads(await self.scope.open(row.id, "given", bytes(row.given)))
        inputs = json.loads(await self.scope.open(row.form, "form", bytes(row.inputs)))
        return Dialog(row.id, row.token, inputs, given, row.heard, row.opened_at)

    async def answered(self, dialog: UUID, given: Mapping[str, str], heard: str) -> None:
        """One more answer of a dialog, from this event."""
        sealed = await self.scope.seal(dialog, "given", json.dumps(dict(given)))
        await self.scope.run(
            update(telegram_dialogs).where(telegram_dialogs.c.id == dialog).values(given=sealed, heard=heard)
        )

    async def close(self, person: UUID, address: str) -> bool:
        """Leaves the dialog. False when none was open."""
        gone = delete(telegram_dialogs).where(
            telegram_dialogs.c.person == person, telegram_dialogs.c.address == address
        )
        return (await self.scope.run(gone.returning(telegram_dialogs.c.id))).first() is not None

    async def _inputs(self, form: Row[Any]) -> Sequence[Plain]:
        found: list[Plain] = json.loads(await self.scope.open(form.id, "form", bytes(form.inputs)))
        return found
