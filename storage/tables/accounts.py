"""Accounts: the mailboxes that a person linked. The secret is sealed; `cursor` is how far we have read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    delete,
    false,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.email_rows import emails
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import AccountId, PersonId, new_id

accounts = Table(
    "accounts",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("provider", String, nullable=False),
    Column("address", String, nullable=False),
    document("settings"),
    Column("secret", LargeBinary, nullable=False),
    Column("cursor", String),
    Column("trouble", String, nullable=False, server_default=""),
    moment("synced_at"),
    moment("created_at", nullable=False),
    Column("preferred", Boolean, nullable=False, server_default=false()),
    moment("addresses_told_at"),
    UniqueConstraint("tenant", "person", "provider", "address"),
)


class Accounts(Questions):
    """Linked mailboxes."""

    async def link(
        self, person: PersonId, provider: str, address: str, settings: Mapping[str, str], secret: str
    ) -> AccountId:
        """Links a mailbox; linking the same one again replaces its settings and secret."""
        known = await self.scope.one(
            select(accounts.c.id).where(
                accounts.c.person == person, accounts.c.provider == provider, accounts.c.address == address
            )
        )
        account = AccountId(known.id if known else new_id())
        sealed = await self.scope.seal(account, "account-secret", secret)
        if known:
            await self.scope.run(
                update(accounts)
                .where(accounts.c.id == account)
                .values(settings=dict(settings), secret=sealed, trouble="")
            )
        else:
            await self.scope.run(
                insert(accounts).values(
                    id=account,
                    tenant=self.scope.tenant,
                    person=person,
                    provider=provider,
                    address=address,
                    settings=dict(settings),
                    secret=sealed,
                    created_at=now(),
                )
            )
        return account

    async def get(self, account: UUID) -> Row[Any]:
        """The account. Refused when it was unlinked."""
        row = await self.scope.one(select(accounts).where(accounts.c.id == account))
        if row is None:
            raise Refused("That mailbox is not linked any more; link it again to use it.")
        return row

    async def unlink(self, account: UUID) -> None:
        """Removes the account and everything that was read from it."""
        await self.scope.run(delete(accounts).where(accounts.c.id == account))

    async def keys(self, account: UUID) -> frozenset[str]:
        """The keys of all messages of the account that are stored."""
        rows = await self.scope.all(select(emails.c.key).where(emails.c.account == account))
        return frozenset(row.key for row in rows)

    async def hold_tokens(self, account: UUID) -> None:
        """Nobody else renews the account's tokens until this transaction ends; its row can be changed meanwhile."""
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"tokens:{account}", 0))))

    async def keep_secret(self, account: UUID, secret: str) -> None:
        """Replaces the account's secret."""
        sealed = await self.scope.seal(account, "account-secret", secret)
        await self.scope.run(update(accounts).where(accounts.c.id == account).values(secret=sealed))

    async def secret(self, row: Row[Any]) -> str:
        """The account's opened secret."""
        return (await self.scope.open(row.id, "account-secret", row.secret)).decode()

    async def of(self, person: UUID) -> Sequence[Row[Any]]:
        """The person's accounts: the default first, which is the oldest unless they chose another, then by age."""
        return await self.scope.all(
            select(accounts)
            .where(accounts.c.person == person)
            .order_by(accounts.c.preferred.desc(), accounts.c.created_at, accounts.c.id)
        )

    async def prefer(self, person: UUID, account: UUID) -> None:
        """This one is the person's default from now on."""
        await self.scope.run(
            update(accounts).where(accounts.c.person == person).values(preferred=accounts.c.id == account)
        )

    async def at(self, provider: str, address: str) -> Sequence[Row[Any]]:
        """Tenant, id and person of every account of this address, over all tenants."""
        return await self.scope.all(
            select(accounts.c.tenant, accounts.c.id, accounts.c.person).where(
                accounts.c.provider == provider, func.lower(accounts.c.address) == address.casefold()
            )
        )

    async def everywhere(self) -> Sequence[Row[Any]]:
        """Tenant and id of every account, for the timetable."""
        return await self.scope.all(select(accounts.c.tenant, accounts.c.id, accounts.c.person))

    async def read_up_to(self, account: UUID, cursor: str, *, after: str | None) -> bool:
        """Remembers how far the mailbox was read, in the transaction that stored the mail. False when somebody else has
        read on from `after` meanwhile: then this reading is to be rolled back."""
        same = accounts.c.cursor.is_not_distinct_from(after)
        done = await self.scope.run(
            update(accounts)
            .where(accounts.c.id == account, same)
            .values(cursor=cursor, synced_at=now(), trouble="")
            .returning(accounts.c.id)
        )
        return done.first() is not None

    async def in_trouble(self, account: UUID, sentence: str) -> bool:
        """Notes why the mailbox cannot be read. Tells whether this is news."""
        done = await self.scope.run(
            update(accounts)
            .where(accounts.c.id == account, accounts.c.trouble != sentence)
            .values(trouble=sentence)
            .returning(text("1"))
        )
        return done.first() is not None
