"""Set aside: messages that could not be read, with how often it was tried and why it failed; the rest of the mailbox goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import document, metadata, moment, tenant_column
from storage.scope import Questions
from storage.values.clock import now

TRIES = 3
"""After so many a message is left alone."""

set_aside = Table(
    "set_aside",
    metadata,
    tenant_column(primary_key=True),
    Column("account", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True),
    document("stands"),
    Column("tries", Integer, nullable=False),
    Column("reason", String, nullable=False),
    moment("noted_at", nullable=False),
)


class SetAside(Questions):
    """The messages that could not be read."""

    async def note(self, account: UUID, key: str, stands: dict[str, Any], reason: str) -> int:
        """One more try that failed, at a message that stands so in its mailbox. Gives how many tries there were."""
        row = insert(set_aside).values(
            tenant=self.scope.tenant, account=account, key=key, stands=stands, tries=1, reason=reason, noted_at=now()
        )
        again = row.on_conflict_do_update(
            index_elements=["tenant", "account", "key"],
            set_={"tries": set_aside.c.tries + 1, "reason": reason, "noted_at": now()},
        )
        return int((await self.scope.run(again.returning(set_aside.c.tries))).scalar_one())

    async def to_try(self, account: UUID, limit: int) -> Sequence[Row[Any]]:
        """Those that are worth another try, the oldest note first."""
        return await self.scope.all(
            select(set_aside)
            .where(set_aside.c.account == account, set_aside.c.tries < TRIES)
            .order_by(set_aside.c.noted_at)
            .limit(limit)
        )

    async def of(self, account: UUID) -> Sequence[Row[Any]]:
        """All of an account, the latest first."""
        return await self.scope.all(
            select(set_aside).where(set_aside.c.account == account).order_by(set_aside.c.noted_at.desc())
        )

    async def drop(self, account: UUID, keys: Sequence[str]) -> None:
        """They were read after all, or left the mailbox."""
        if keys:
            await self.scope.run(delete(set_aside).where(set_aside.c.account == account, set_aside.c.key.in_(keys)))
