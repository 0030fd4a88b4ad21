"""Styles: how the owner writes, counted from their own letters, to everybody and to single persons. Rows exist only while
the owner allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.accounts import accounts
from storage.tables.approvals import State, approvals
from storage.tables.email_rows import emails
from storage.tables.sends import sends
from storage.values.clock import now
from storage.values.ids import new_id

EVERYBODY = ""
"""In place of an address: how the owner writes to anybody."""

READ = 4_000
"""Characters of a letter that are read."""

styles = Table(
    "styles",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("address", String, nullable=False),
    document("facts"),
    Column("letters", Integer, nullable=False),
    moment("learned_at", nullable=False),
    UniqueConstraint("tenant", "person", "address"),
)


class Styles(Questions):
    """How people write."""

    async def replace(self, person: UUID, learned: Mapping[str, tuple[dict[str, Any], int]]) -> None:
        """What was learned takes the place of what was known: by address, the facts and from how many letters."""
        await self.forget(person)
        at = now()
        rows = [
            {
                "id": new_id(),
                "tenant": self.scope.tenant,
                "person": person,
                "address": address,
                "facts": facts,
                "letters": letters,
                "learned_at": at,
            }
            for address, (facts, letters) in learned.items()
        ]
        if rows:
            await self.scope.run(insert(styles), rows)

    async def forget(self, person: UUID) -> int:
        """Deletes what was learned; gives how many rows that were."""
        return int((await self.scope.run(delete(styles).where(styles.c.person == person))).rowcount)

    async def of(self, person: UUID, address: str) -> tuple[Row[Any] | None, Row[Any] | None]:
        """How the person writes to an address and to everybody; None where nothing is known."""
        rows = await self.scope.all(
            select(styles).where(styles.c.person == person, styles.c.address.in_([address, EVERYBODY]))
        )
        by_address = {row.address: row for row in rows}
        return (by_address.get(address) if address else None), by_address.get(EVERYBODY)

    async def all(self, person: UUID) -> Sequence[Row[Any]]:
        """Everything that was learned, those written to most first."""
        return await self.scope.all(
            select(styles).where(styles.c.person == person).order_by(styles.c.letters.desc(), styles.c.address)
        )

    async def learned_at(self, person: UUID) -> datetime | None:
        """When it was learned last."""
        return (await self.scope.run(select(func.max(styles.c.learned_at)).where(styles.c.person == person))).scalar()

    async def written_at(self, person: UUID) -> datetime | None:
        """When the person last wrote something that can be learned from."""
        mine = select(accounts.c.id).where(accounts.c.person == person)
        stored = select(func.max(emails.c.stored_at).label("at")).where(emails.c.account.in_(mine), emails.c.outgoing)
        edited = select(func.max(approvals.c.settled_at)).where(self._edited(person))
        return (await self.scope.run(select(func.max(union_all(stored, edited).subquery().c.at)))).scalar()

    async def letters(self, person: UUID, limit: int) -> Sequence[Row[Any]]:
        """What the person wrote by hand, the latest first: sent mail that was not drafted here."""
        drafted = select(sends.c.message_id).where(sends.c.message_id == emails.c.message_id)
        mine = select(accounts.c.id).where(accounts.c.person == person)
        return await self.scope.all(
            select(
                emails.c.recipients, func.left(emails.c.reply, READ).label("text"), emails.c.signals, emails.c.sent_at
            )
            .where(emails.c.account.in_(mine), emails.c.outgoing, emails.c.folder != "Drafts", ~drafted.exists())
            .order_by(emails.c.sent_at.desc())
            .limit(limit)
        )

    async def edits(self, person: UUID, limit: int) -> Sequence[Row[Any]]:
        """Drafts that the person rewrote on their card and then approved, the latest first."""
        return await self.scope.all(
            select(approvals.c.action, approvals.c.settled_at, emails.c.sender_name)
            .outerjoin(emails, emails.c.id == approvals.c.email)
            .where(self._edited(person))
            .order_by(approvals.c.settled_at.desc())
            .limit(limit)
        )

    def _edited(self, person: UUID) -> ColumnElement[bool]:
        return and_(
            approvals.c.person == person,
            approvals.c.state == State.APPROVED,
            approvals.c.request.endswith("/edit"),
            approvals.c.replaces.isnot(None),
        )
