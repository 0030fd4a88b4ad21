"""Commitments: what the owner promised others in mail, and what others promised them, until it is kept or waved away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.email_rows import emails
from storage.values.clock import now

READ = 12_000
"""Characters of a mail that are read."""


class CommitmentState(StrEnum):
    """How far a commitment is."""

    OPEN = "open"
    KEPT = "kept"
    """It closed itself: what was promised came."""
    DONE = "done"
    """A person said so."""
    DISMISSED = "dismissed"
    """A person said that it is none; it does not come back."""


commitments = Table(
    "commitments",
    metadata,
    id_column(),
    tenant_column(),
    reference("account", to="accounts"),
    reference("email", to="emails"),
    Column("content", LargeBinary, nullable=False),
    Column("mine", Boolean, nullable=False),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("quote", String, nullable=False),
    Column("file", Boolean, nullable=False),
    Column("thread", String, nullable=False),
    moment("said_at", nullable=False),
    moment("counts_from", nullable=False),
    Column("due_on", Date),
    Column("state", String, nullable=False),
    reference("kept_by", nullable=True),
    moment("changed_at", nullable=False),
    UniqueConstraint("tenant", "account", "content"),
    Index("ix_commitments_open", "tenant", "account", postgresql_where=text("state = 'open'")),
    Index("ix_commitments_email", "email"),
)

commitment_reads = Table(
    "commitment_reads",
    metadata,
    Column("email", Uuid, ForeignKey("emails.id", ondelete="CASCADE"), primary_key=True),
    tenant_column(),
)
"""The mails that were looked through, so that each is once."""

_MAIL = (
    *(
        emails.c[name]
        for name in [
            "id",
            "account",
            "folder",
            "thread",
            "message_id",
            "sender_name",
            "sender_address",
            "recipients",
            "sent_at",
            "outgoing",
        ]
    ),
    *(emails.c[name] for name in ["attachments", "signals", "category"]),
    func.left(emails.c.reply, READ).label("reply"),
    (emails.c.reply == emails.c.body).label("bare"),
)
"""What is read of a mail. `bare`: nothing of it was left out, as when it only forwards another."""


class Commitments(Questions):
    """What was promised."""

    async def unread(self, account: UUID, since: datetime, limit: int) -> Sequence[Row[Any]]:
        """Mails sent since a moment that nobody has looked through yet, oldest first: the owner's own, and sorted ones."""
        seen = select(commitment_reads.c.email).where(commitment_reads.c.email == emails.c.id)
        return await self.scope.all(
            select(*_MAIL)
            .where(emails.c.account == account, emails.c.sent_at > since, ~seen.exists())
            .where(or_(emails.c.outgoing, emails.c.category.isnot(None)))
            .order_by(emails.c.sent_at)
            .limit(limit)
        )

    async def add(self, found: Sequence[dict[str, Any]], read: Sequence[UUID]) -> None:
        """Keeps what was found; what is known already, dismissed things included, stays as it is. `read`: the mails that
        were looked through, which may have gone meanwhile."""
        at = now()
        fresh = {"state": CommitmentState.OPEN, "changed_at": at, "kept_by": None}
        there = {
            row.id for row in await self.scope.all(select(emails.c.id).where(emails.c.id.in_(read)).with_for_update())
        }
        rows = [{**one, **fresh, "counts_from": one["said_at"]} for one in found if one["email"] in there]
        if rows:
            await self.scope.run(insert(commitments).on_conflict_do_nothing(), rows)
        if there:
            marks = [{"email": one, "tenant": self.scope.tenant} for one in there]
            await self.scope.run(insert(commitment_reads).on_conflict_do_nothing(), marks)

    async def open_in(self, account: UUID, threads: Sequence[str]) -> Sequence[Row[Any]]:
        """What is open in these threads."""
        return await self.scope.all(
            select(commitments).where(
                commitments.c.account == account,
                commitments.c.state == CommitmentState.OPEN,
                commitments.c.thread.in_(threads),
            )
        )

    async def mails_in(self, account: UUID, threads: Sequence[str], since: datetime) -> Sequence[Row[Any]]:
        """The mails of these threads that were sent after a moment, oldest first."""
        return await self.scope.all(
            select(*_MAIL)
            .where(emails.c.account == account, emails.c.thread.in_(threads), emails.c.sent_at > since)
            .order_by(emails.c.sent_at)
        )

    async def keep(self, kept: Sequence[tuple[UUID, UUID]]) -> None:
        """These closed themselves: each with the mail that kept it."""
        for commitment, mail in kept:
            await self._become(commitment, [CommitmentState.OPEN], state=CommitmentState.KEPT, kept_by=mail)

    async def open(self, accounts: Sequence[UUID]) -> Sequence[Row[Any]]:
        """Everything open, in a lasting order: by the day it is due, what has none last, then by when it was said."""
        return await self.scope.all(
            select(commitments)
            .where(commitments.c.account.in_(accounts), commitments.c.state == CommitmentState.OPEN)
            .order_by(commitments.c.due_on.nulls_last(), commitments.c.said_at, commitments.c.id)
        )

    async def latest(self, accounts: Sequence[UUID], limit: int) -> Sequence[Row[Any]]:
        """What was closed last, by whomever."""
        return await self.scope.all(
            select(commitments)
            .where(commitments.c.account.in_(accounts), commitments.c.state != CommitmentState.OPEN)
            .order_by(commitments.c.changed_at.desc(), commitments.c.id)
            .limit(limit)
        )

    async def get(self, commitment: UUID) -> Row[Any] | None:
        """One commitment."""
        return await self.scope.one(select(commitments).where(commitments.c.id == commitment))

    async def settle(self, commitment: UUID, state: CommitmentState) -> Row[Any] | None:
        """A person says that it is done, or none; the row, or None when it was closed before."""
        return await self._become(commitment, [CommitmentState.OPEN], state=state)

    async def reopen(self, commitment: UUID) -> Row[Any] | None:
        """It stands again, and only mail from now on can keep it; the row, or None when it is open."""
        closed = [one for one in CommitmentState if one != CommitmentState.OPEN]
        return await self._become(commitment, closed, state=CommitmentState.OPEN, kept_by=None, counts_from=now())

    async def _become(self, commitment: UUID, only_from: Sequence[CommitmentState], **values: Any) -> Row[Any] | None:
        return await self.scope.one(
            update(commitments)
            .where(commitments.c.id == commitment, commitments.c.state.in_(only_from))
            .values(**values, changed_at=now())
            .returning(*commitments.c)
        )
