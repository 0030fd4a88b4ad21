"""Trust: what a person ratified for an act, what they said of single deeds, and the record of what became of those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    and_,
    delete,
    desc,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.approvals import approvals
from storage.tables.email_rows import emails
from storage.tables.receipts import By, receipts
from storage.values.clock import now
from storage.values.ids import new_id

trust_rungs = Table(
    "trust_rungs",
    metadata,
    tenant_column(primary_key=True),
    Column("person", Uuid, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("act", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("rung", String, nullable=False),
    moment("since", nullable=False),
)

trust_words = Table(
    "trust_words",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("rule"),
    Column("act", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("category", String, nullable=False),
    Column("request", String, nullable=False),
    Column("yes", Boolean, nullable=False),
    moment("said_at", nullable=False),
    UniqueConstraint("tenant", "request"),
    Index("ix_trust_words_act", "tenant", "person", "act"),
)

STANDS_AFTER = timedelta(days=1)
"""A deed that was told of and not taken back for so long stands."""

_LOOKED_AT = 2_000
"""Reversals that are looked at, the latest first; a person who takes back more is asked anyway."""


@dataclass(frozen=True)
class Record:
    """What became of the deeds of one act since a moment."""

    done: int = 0
    undone: int = 0
    """Taken back, in the chat or in the mailbox."""
    yes: int = 0
    """The person said: do it, or: that was right."""
    no: int = 0
    """The person said: not this one."""
    yes_since: int = 0
    """The same as `yes`, since the last time that it was taken back or refused."""
    stood_since: int = 0
    """Deeds that stand for a day and longer, since then."""
    against_at: datetime | None = None
    """When it was taken back or refused last."""

    @property
    def against(self) -> int:
        """How often the person was of another mind."""
        return self.undone + self.no


class TrustRungs(Questions):
    """How far each act is trusted, and why."""

    async def ratified(
        self, person: UUID, acts: Sequence[str], scopes: Sequence[str]
    ) -> dict[tuple[str, str], Row[Any]]:
        """What the person set, by act and scope."""
        rows = await self.scope.all(
            select(trust_rungs).where(
                trust_rungs.c.person == person, trust_rungs.c.act.in_(acts), trust_rungs.c.scope.in_(scopes)
            )
        )
        return {(row.act, row.scope): row for row in rows}

    async def all_of(self, person: UUID) -> Sequence[Row[Any]]:
        """All that the person set."""
        return await self.scope.all(
            select(trust_rungs).where(trust_rungs.c.person == person).order_by(trust_rungs.c.scope, trust_rungs.c.act)
        )

    async def ratify(self, person: UUID, act: str, scope: str, rung: str) -> None:
        """From now on it stands on this rung; the record begins anew."""
        row = insert(trust_rungs).values(
            tenant=self.scope.tenant, person=person, act=act, scope=scope, rung=rung, since=now()
        )
        keys = ["tenant", "person", "act", "scope"]
        changed = {name: row.excluded[name] for name in ("rung", "since")}
        await self.scope.run(row.on_conflict_do_update(index_elements=keys, set_=changed))

    async def free(self, person: UUID, act: str, scope: str) -> bool:
        """Nothing is set any more. False when nothing was."""
        gone = delete(trust_rungs).where(
            trust_rungs.c.person == person, trust_rungs.c.act == act, trust_rungs.c.scope == scope
        )
        return (await self.scope.run(gone.returning(trust_rungs.c.act))).first() is not None

    async def say(self, person: UUID, by: By, request: str, *, yes: bool) -> None:
        """The person's word on one deed, once."""
        row = {"id": new_id(), "tenant": self.scope.tenant, "person": person, "request": request, "yes": yes}
        row |= {"rule": by.rule, "act": by.act, "sender": by.sender, "category": by.category, "said_at": now()}
        await self.scope.run(insert(trust_words).values(row).on_conflict_do_nothing())

    async def record(
        self,
        person: UUID,
        act: str,
        since: datetime,
        *,
        rule: UUID,
    ) -> Record:
        """The record of an act of one rule."""
        deeds = [receipts.c.person == person, receipts.c.act == act, receipts.c.rule == rule]
        words = [trust_words.c.person == person, trust_words.c.act == act, trust_words.c.rule == rule]
        words.append(trust_words.c.said_at >= since)
        against = await self._last_against(and_(*deeds, receipts.c.undone_at >= since), and_(*words))
        after = against or since
        standing = and_(receipts.c.undone_at.is_(None), receipts.c.done_at < now() - STANDS_AFTER)
        done = await self.scope.one(
            select(
                func.count().filter(receipts.c.done_at >= since).label("done"),
                func.count().filter(receipts.c.undone_at >= since).label("undone"),
                func.count().filter(receipts.c.done_at >= after, standing).label("stood"),
            ).where(*deeds)
        )
        said = await self.scope.one(
            select(
                func.count().filter(trust_words.c.yes).label("yes"),
                func.count().filter(~trust_words.c.yes).label("no"),
                func.count().filter(trust_words.c.yes, trust_words.c.said_at > after).label("after"),
            ).where(*words)
        )
        assert done is not None
        assert said is not None
        return Record(done.done, done.undone, said.yes, said.no, said.after, done.stood, against)

    async def against(self, person: UUID, acts: Sequence[str]) -> Sequence[Row[Any]]:
        """Every time that one of these acts was taken back or refused: rule, act, sender, category, at. The latest first."""
        facts = ("rule", "act", "sender", "category")
        undone = select(*(receipts.c[name] for name in facts), receipts.c.undone_at.label("at")).where(
            receipts.c.person == person,
            receipts.c.act.in_(acts),
            receipts.c.rule.isnot(None),
            receipts.c.undone_at.isnot(None),
        )
        refused = select(*(trust_words.c[name] for name in facts), trust_words.c.said_at.label("at")).where(
            trust_words.c.person == person, trust_words.c.act.in_(acts), ~trust_words.c.yes
        )
        return await self.scope.all(union_all(undone, refused).order_by(desc("at")).limit(_LOOKED_AT))

    async def approvals(self, person: UUID, acts: Sequence[str]) -> Sequence[Row[Any]]:
        """When the person last approved one of these acts on mail of a sender and category: act, sender, category, at."""
        facts = [trust_words.c[name] for name in ("act", "sender", "category")]
        return await self.scope.all(
            select(*facts, func.max(trust_words.c.said_at).label("at"))
            .where(trust_words.c.person == person, trust_words.c.act.in_(acts), trust_words.c.yes)
            .group_by(*facts)
        )

    async def _last_against(self, deeds: Any, words: Any) -> datetime | None:
        undone = select(func.max(receipts.c.undone_at)).where(deeds).scalar_subquery()
        refused = select(func.max(trust_words.c.said_at)).where(words, ~trust_words.c.yes).scalar_subquery()
        row = await self.scope.one(select(func.greatest(undone, refused).label("at")))
        assert row is not None
        found: datetime | None = row.at
        return found

    async def drafts(self, person: UUID) -> dict[str, int]:
        """What the person said of drafts so far: state -> how many. A draft that was changed is `replaced`."""
        rows = await self.scope.all(
            select(approvals.c.state, func.count().label("drafts"))
            .where(approvals.c.person == person)
            .group_by(approvals.c.state)
        )
        return {row.state: int(row.drafts) for row in rows}

    async def categories(self, accounts: Sequence[UUID]) -> set[str]:
        """Every category that mail of these accounts is sorted as."""
        rows = await self.scope.all(select(emails.c.category).where(emails.c.account.in_(accounts)).distinct())
        return {row.category.casefold() for row in rows if row.category}
