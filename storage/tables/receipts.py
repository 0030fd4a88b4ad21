"""Receipts: what was done, with what was there before, so that it can be shown and undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, UniqueConstraint, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.ids import ReceiptId, new_id


@dataclass(frozen=True)
class By:
    """Which rule did something without being asked, and what it was: the facts on which trust rests."""

    rule: UUID
    act: str
    """What was done, such as `apply_label:Finance`."""
    sender: str
    category: str


receipts = Table(
    "receipts",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("conversation"),
    Column("number", BigInteger, nullable=False),
    Column("request", String, nullable=False),
    Column("action", String, nullable=False),
    Column("words", String, nullable=False),
    Column("reversible", Boolean, nullable=False),
    document("before"),
    moment("done_at", nullable=False),
    moment("undone_at"),
    Column("undone_by", String, nullable=False, server_default=""),
    reference("rule", nullable=True),
    Column("act", String, nullable=False, server_default=""),
    Column("sender", String, nullable=False, server_default=""),
    Column("category", String, nullable=False, server_default=""),
    UniqueConstraint("tenant", "request"),
    Index("ix_receipts_recent", "tenant", "person", "number"),
    Index("ix_receipts_act", "tenant", "person", "act", postgresql_where=text("rule IS NOT NULL")),
)


class Receipts(Questions):
    """What was done."""

    async def add(
        self,
        *,
        person: UUID,
        conversation: UUID,
        request: str,
        action: str,
        words: str,
        before: dict[str, Any],
        reversible: bool,
        by: By | None = None,
    ) -> int:
        """Writes a receipt and gives its number, counted per person. The same request keeps its first receipt. `by`: the rule
        that did it, when the person did not ask."""
        following = select(func.coalesce(func.max(receipts.c.number), 0) + 1).where(receipts.c.person == person)
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"receipts:{person}", 0))))
        statement = (
            insert(receipts)
            .values(
                id=ReceiptId(new_id()),
                tenant=self.scope.tenant,
                person=person,
                conversation=conversation,
                number=following.scalar_subquery(),
                request=request,
                action=action,
                words=words,
                reversible=reversible,
                before=before,
                done_at=now(),
                **(asdict(by) if by else {}),
            )
            .on_conflict_do_nothing()
            .returning(receipts.c.number)
        )
        made = (await self.scope.run(statement)).scalar_one_or_none()
        if made is None:
            same = select(receipts.c.number).where(receipts.c.request == request)
            made = (await self.scope.run(same)).scalar_one()
        return int(made)

    async def add_all(self, person: UUID, conversation: UUID, done: Sequence[dict[str, Any]]) -> list[int]:
        """Writes receipts (request, action, words, before, reversible) of requests that have none yet, and gives their
        numbers."""
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"receipts:{person}", 0))))
        last = select(func.coalesce(func.max(receipts.c.number), 0)).where(receipts.c.person == person)
        first = int((await self.scope.run(last)).scalar_one()) + 1
        whose = {"tenant": self.scope.tenant, "person": person, "conversation": conversation, "done_at": now()}
        rows = [{"id": new_id(), "number": number, **whose, **one} for number, one in enumerate(done, first)]
        await self.scope.run(insert(receipts), rows)
        return [row["number"] for row in rows]

    async def by_requests(self, requests: Sequence[str]) -> Sequence[Row[Any]]:
        """What these very requests did before."""
        return await self.scope.all(select(receipts).where(receipts.c.request.in_(requests)))

    async def by_request(self, request: str) -> Row[Any] | None:
        """What this very request did before."""
        return await self.scope.one(select(receipts).where(receipts.c.request == request))

    async def standing(
        self, person: UUID, *, last: int | None = None, since: datetime | None = None
    ) -> Sequence[Row[Any]]:
        """What was done and not undone, newest first, held fast until the end of this transaction."""
        statement = (
            select(receipts)
            .where(receipts.c.person == person, receipts.c.undone_at.is_(None))
            .order_by(receipts.c.number.desc())
            .limit(last)
            .with_for_update()
        )
        if since is not None:
            statement = statement.where(receipts.c.done_at >= since)
        return await self.scope.all(statement)

    async def undone_by(self, person: UUID, request: str) -> Sequence[Row[Any]]:
        """What this very request has begun to take back, newest first."""
        return await self.scope.all(
            select(receipts)
            .where(receipts.c.person == person, receipts.c.undone_by == request)
            .order_by(receipts.c.number.desc())
        )

    async def of(self, person: UUID, requests: Sequence[str]) -> Sequence[Row[Any]]:
        """What these requests did and was not undone, newest first, held fast until the end of this transaction."""
        return await self.scope.all(
            select(receipts)
            .where(receipts.c.person == person, receipts.c.request.in_(requests), receipts.c.undone_at.is_(None))
            .order_by(receipts.c.number.desc())
            .with_for_update()
        )

    async def labelling(self, person: UUID, email: UUID, label: str, *, undone_by: str) -> Sequence[Row[Any]]:
        """What rules did to put a label on a mail, that was undone by this request, or not at all if that is empty."""
        what = {"label": label, "removed": False, "emails": [str(email)]}
        return await self.scope.all(
            select(receipts)
            .where(receipts.c.person == person, receipts.c.rule.isnot(None), receipts.c.undone_by == undone_by)
            .where(receipts.c.before.contains(what))
            .with_for_update()
        )

    async def undo(self, receipt: UUID, request: str) -> None:
        """Marks as undone by a request, before it is."""
        await self.scope.run(
            update(receipts).where(receipts.c.id == receipt).values(undone_at=now(), undone_by=request)
        )

    async def redo(self, chosen: Sequence[UUID]) -> None:
        """Taking them back failed: they stand again."""
        await self.scope.run(update(receipts).where(receipts.c.id.in_(chosen)).values(undone_at=None, undone_by=""))

    async def rewrite(self, before: dict[str, Any], words: str) -> None:
        """What a receipt told is to be forgotten: it keeps that something was done, which can be undone no more."""
        await self.scope.run(
            update(receipts).where(receipts.c.before.contains(before)).values(words=words, reversible=False)
        )
