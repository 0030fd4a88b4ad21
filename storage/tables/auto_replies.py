"""Auto-replies: each mail that a rule wanted answered, what the gates said, and the counters that no race gets past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.accounts import accounts
from storage.tables.sends import sends
from storage.values.clock import now
from storage.values.ids import new_id


class AutoReplyState(StrEnum):
    """How far an auto-reply is."""

    WAITING = "waiting"
    """All gates let it pass; it leaves when its undo window is over."""
    LEAVING = "leaving"
    """Its mail is frozen and being sent; the send's own row knows how far."""
    SENT = "sent"
    HELD = "held"
    """A gate said no: a person looks at it."""
    SILENT = "silent"
    """Nobody is to be answered: a machine, a list, oneself."""
    CANCELLED = "cancelled"
    DRAFTED = "drafted"
    """It became a draft that waits for a click."""


COUNTED = (AutoReplyState.WAITING, AutoReplyState.LEAVING, AutoReplyState.SENT)

auto_replies = Table(
    "auto_replies",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("account"),
    reference("email"),
    Column("answers", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("recipient", String, nullable=False),
    reference("rule"),
    Column("rule_name", String, nullable=False),
    reference("template", nullable=True),
    Column("template_name", String, nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("subject", String, nullable=False),
    Column("body", String, nullable=False),
    Column("confidence", Double),
    Column("state", String, nullable=False),
    document("gates"),
    Column("reason", String, nullable=False),
    Column("day", Date),
    reference("approval", nullable=True),
    moment("due_at"),
    moment("created_at", nullable=False),
    moment("changed_at", nullable=False),
    UniqueConstraint("tenant", "email"),
    Index("ix_auto_replies_recipient", "tenant", "person", "recipient"),
    Index("ix_auto_replies_recent", "tenant", "person", "created_at"),
)

auto_reply_days = Table(
    "auto_reply_days",
    metadata,
    tenant_column(primary_key=True),
    Column("person", Uuid, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("used", Integer, nullable=False),
)

_WHOLE = (
    *auto_replies.c,
    select(accounts.c.address).where(accounts.c.id == auto_replies.c.account).scalar_subquery().label("sender"),
)
"""A row with the address of the mailbox that answers."""


class AutoReplies(Questions):
    """What was answered unattended, or nearly."""

    async def alone(self, person: UUID) -> None:
        """Holds back everybody else who decides on this person's auto-replies until this transaction has ended."""
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"auto-replies:{person}", 0))))

    async def note(self, **columns: Any) -> UUID | None:
        """Writes down what is to become of a mail; None when that was decided before."""
        moment_ = now()
        row = dict(columns, id=new_id(), tenant=self.scope.tenant, created_at=moment_, changed_at=moment_)
        made = insert(auto_replies).values(row).on_conflict_do_nothing().returning(auto_replies.c.id)
        return (await self.scope.run(made)).scalar_one_or_none()

    async def get(self, auto_reply: UUID) -> Row[Any] | None:
        """One of them."""
        return await self.scope.one(select(*_WHOLE).where(auto_replies.c.id == auto_reply))

    async def of(self, email: UUID) -> Row[Any] | None:
        """What was decided about a mail."""
        return await self.scope.one(select(*_WHOLE).where(auto_replies.c.email == email))

    async def earlier(
        self, person: UUID, recipient: str, thread: str, answers: str, since: datetime, but: UUID | None = None
    ) -> Row[Any] | None:
        """An auto-reply that left or is about to: to the same sender since a moment, or ever in the same thread or to the
        same message. `but` is not counted."""
        lately = (auto_replies.c.recipient == recipient) & (auto_replies.c.created_at > since)
        thread_or_message = [auto_replies.c.thread == thread]
        if answers:
            thread_or_message.append(auto_replies.c.answers == answers)
        statement = (
            select(auto_replies)
            .where(auto_replies.c.person == person, auto_replies.c.state.in_(COUNTED), or_(lately, *thread_or_message))
            .order_by(auto_replies.c.created_at.desc())
            .limit(1)
        )
        return await self.scope.one(statement if but is None else statement.where(auto_replies.c.id != but))

    async def count_up(self, person: UUID, day: date, limit: int) -> bool:
        """Takes one of the day's replies; False when none is left. One statement, so no number of workers gets past it."""
        used = auto_reply_days.c.used
        statement = insert(auto_reply_days).values(tenant=self.scope.tenant, person=person, day=day, used=1)
        counted = statement.on_conflict_do_update(
            index_elements=["tenant", "person", "day"], set_={"used": used + 1}, where=used < limit
        ).returning(used)
        return limit > 0 and (await self.scope.run(counted)).first() is not None

    async def count_down(self, person: UUID, day: date) -> None:
        """Gives one back: it did not leave."""
        one = (auto_reply_days.c.person == person, auto_reply_days.c.day == day, auto_reply_days.c.used > 0)
        await self.scope.run(update(auto_reply_days).where(*one).values(used=auto_reply_days.c.used - 1))

    async def used(self, person: UUID, day: date) -> int:
        """How many of the day's replies are taken."""
        statement = select(auto_reply_days.c.used).where(
            auto_reply_days.c.person == person, auto_reply_days.c.day == day
        )
        return (await self.scope.run(statement)).scalar_one_or_none() or 0

    async def become(
        self, auto_reply: UUID, state: AutoReplyState, *, only_from: Sequence[AutoReplyState], **values: Any
    ) -> Row[Any] | None:
        """Moves on; None when it was in none of the expected states."""
        return await self.scope.one(
            update(auto_replies)
            .where(auto_replies.c.id == auto_reply, auto_replies.c.state.in_(only_from))
            .values(state=state, changed_at=now(), **values)
            .returning(*_WHOLE)
        )

    async def waiting(self, person: UUID) -> Sequence[Row[Any]]:
        """Those in their undo window, the next to leave first."""
        return await self.scope.all(
            select(auto_replies)
            .where(auto_replies.c.person == person, auto_replies.c.state == AutoReplyState.WAITING)
            .order_by(auto_replies.c.due_at)
        )

    async def since(self, person: UUID, since: datetime, states: Sequence[AutoReplyState]) -> Sequence[Row[Any]]:
        """What came into one of these states since a moment, the latest first."""
        return await self.scope.all(
            select(auto_replies)
            .where(
                auto_replies.c.person == person,
                auto_replies.c.state.in_(states),
                auto_replies.c.created_at > since,
            )
            .order_by(auto_replies.c.created_at.desc())
        )

    async def own_message_ids(self, message_ids: Sequence[str]) -> bool:
        """Whether one of these messages was sent by us: an answer to an auto-reply is answered by no auto-reply."""
        named = [one for one in message_ids if one]
        if not named:
            return False
        found = select(sends.c.id).join(auto_replies, auto_replies.c.approval == sends.c.approval)
        return await self.scope.one(found.where(sends.c.message_id.in_(named)).limit(1)) is not None
