"""Listeners: which process hears what a mailbox says by itself, so that one does and not all of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Column, ForeignKey, String, Table, Uuid, delete, func, or_
from sqlalchemy.dialects.postgresql import insert

from storage.base import metadata, moment, tenant_column
from storage.scope import Questions

listeners = Table(
    "listeners",
    metadata,
    tenant_column(primary_key=True),
    Column("account", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("holder", String, nullable=False),
    moment("until", nullable=False),
)


class Listeners(Questions):
    """Who listens to which mailbox, and until when unless they say so again. Times are those of the database, which all
    processes share."""

    async def hold(self, account: UUID, holder: str, length: timedelta) -> bool:
        """Listening is the holder's from now on; False when it is another's, who has said so lately."""
        until = func.now() + length
        row = insert(listeners).values(tenant=self.scope.tenant, account=account, holder=holder, until=until)
        mine = row.on_conflict_do_update(
            index_elements=["tenant", "account"],
            set_={"holder": holder, "until": until},
            where=or_(listeners.c.holder == holder, listeners.c.until < func.now()),
        )
        return (await self.scope.run(mine.returning(listeners.c.account))).first() is not None

    async def let_go(self, account: UUID, holder: str) -> None:
        """Another may listen at once."""
        await self.scope.run(delete(listeners).where(listeners.c.account == account, listeners.c.holder == holder))
