"""Ties: whom the owner of a mailbox writes to, and whose mail they answer. Read from the mail itself, kept nowhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, column, func, select

from storage.scope import Questions
from storage.tables.email_rows import emails


@dataclass(frozen=True)
class Tie:
    """What binds the owner to one address. Counts are of mails."""

    written: int = 0
    """Mails of the owner's to the address."""
    answered: int = 0
    """Mails of the address that the owner answered."""


class Ties(Questions):
    """The owner's ties to those who write to them."""

    async def of(self, account: UUID, addresses: Collection[str], since: datetime) -> dict[str, Tie]:
        """The ties to these addresses (lower-case) since a moment; who has none is left out."""
        wanted = sorted({one for one in addresses if one})
        if not wanted:
            return {}
        written = await self._written(account, wanted, since)
        answered = await self._answered(account, wanted, since)
        return {
            one: Tie(written.get(one, 0), answered.get(one, 0)) for one in wanted if one in written.keys() | answered
        }

    async def _written(self, account: UUID, addresses: list[str], since: datetime) -> dict[str, int]:
        each = func.jsonb_array_elements(func.coalesce(emails.c.recipients["to"], func.jsonb_build_array()))
        named = each.table_valued(column("value", emails.c.recipients.type), name="recipient")
        address = cast(named.c.value["address"].astext, String)
        rows = await self.scope.all(
            select(address.label("address"), func.count(func.distinct(emails.c.id)).label("mails"))
            .select_from(emails.join(named, onclause=func.now().isnot(None)))
            .where(emails.c.account == account, emails.c.outgoing, emails.c.sent_at > since, address.in_(addresses))
            .group_by(address)
        )
        return {row.address: int(row.mails) for row in rows}

    async def _answered(self, account: UUID, addresses: list[str], since: datetime) -> dict[str, int]:
        answers = emails.alias()
        rows = await self.scope.all(
            select(emails.c.sender_address, func.count(func.distinct(emails.c.id)).label("mails"))
            .join(answers, answers.c.in_reply_to == emails.c.message_id)
            .where(emails.c.account == account, emails.c.sent_at > since, emails.c.sender_address.in_(addresses))
            .where(~emails.c.outgoing, emails.c.message_id != "", answers.c.account == account, answers.c.outgoing)
            .group_by(emails.c.sender_address)
        )
        return {row.sender_address: int(row.mails) for row in rows}
