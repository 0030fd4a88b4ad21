"""Aliases: a mailbox's other addresses, as its provider tells them or as its owner typed and confirmed them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, String, Table, UniqueConstraint, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.accounts import accounts
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import new_id


class Origin(StrEnum):
    """Who says that it is one."""

    ASKED = "asked"
    """The owner typed it and has not confirmed it: it counts for nothing yet."""
    OWNER = "owner"
    PROVIDER = "provider"


aliases = Table(
    "aliases",
    metadata,
    id_column(),
    tenant_column(),
    reference("account", to="accounts"),
    Column("address", String, nullable=False),
    Column("origin", String, nullable=False),
    moment("created_at", nullable=False),
    UniqueConstraint("tenant", "account", "address"),
)

_MINE = (
    "(recipients -> '{}') @> ANY (SELECT jsonb_build_array(jsonb_build_object('address', own)) FROM unnest(:own) own)"
)
_ANEW = text(
    f"""
    UPDATE emails SET
        outgoing = folder IN ('Sent', 'Drafts') OR sender_address = ANY(:own),
        needs_me = needs_me AND NOT sender_address = ANY(:own),
        signals = signals || jsonb_build_object(
            'from_me', sender_address = ANY(:own),
            'addressed', CASE WHEN {_MINE.format("to")} THEN 'direct' WHEN {_MINE.format("cc")} THEN 'copied' ELSE 'hidden' END
        )
    WHERE account = :account AND (
        sender_address = :address
        OR recipients -> 'to' @> jsonb_build_array(jsonb_build_object('address', CAST(:address AS text)))
        OR recipients -> 'cc' @> jsonb_build_array(jsonb_build_object('address', CAST(:address AS text)))
    )
    """  # noqa: S608 - nothing of a person's stands in the statement
)


class Aliases(Questions):
    """Other addresses."""

    async def own(self, account: UUID) -> frozenset[str]:
        """The account's other addresses that count, in lower case."""
        rows = await self.scope.all(
            select(aliases.c.address).where(aliases.c.account == account, aliases.c.origin != Origin.ASKED)
        )
        return frozenset(row.address for row in rows)

    async def of(self, person: UUID) -> list[Row[Any]]:
        """Account, address and origin of every address that counts, of all of a person's mailboxes."""
        return list(
            await self.scope.all(
                select(aliases)
                .join(accounts, accounts.c.id == aliases.c.account)
                .where(accounts.c.person == person, aliases.c.origin != Origin.ASKED)
                .order_by(aliases.c.address)
            )
        )

    async def get(self, alias: UUID) -> Row[Any]:
        """One of them. Refused when it was taken back."""
        row = await self.scope.one(select(aliases).where(aliases.c.id == alias))
        if row is None:
            raise Refused("That address was taken back already, so nothing was done.")
        return row

    async def ask(self, account: UUID, address: str) -> Row[Any]:
        """Notes what the owner typed; what is known stays as it is."""
        await self._put(account, address, Origin.ASKED)
        where = (aliases.c.account == account, aliases.c.address == address)
        return (await self.scope.run(select(aliases).where(*where))).one()

    async def confirm(self, alias: UUID) -> None:
        """The owner says that it is theirs."""
        await self.scope.run(update(aliases).where(aliases.c.id == alias).values(origin=Origin.OWNER))

    async def drop(self, alias: UUID) -> None:
        """It is none."""
        await self.scope.run(delete(aliases).where(aliases.c.id == alias))

    async def told(self, account: UUID, addresses: Collection[str]) -> list[str]:
        """Takes over what the provider says now; what the owner confirmed stays. Gives the addresses whose standing changed."""
        known = {one.address: one for one in await self.scope.all(select(aliases).where(aliases.c.account == account))}
        before = {address for address, one in known.items() if one.origin == Origin.PROVIDER}
        counted = {address for address, one in known.items() if one.origin != Origin.ASKED}
        for address in set(addresses) - counted:
            await self._put(account, address, Origin.PROVIDER, replaces=True)
        gone = before - set(addresses)
        await self.scope.run(delete(aliases).where(aliases.c.account == account, aliases.c.address.in_(gone)))
        await self.scope.run(update(accounts).where(accounts.c.id == account).values(addresses_told_at=now()))
        return sorted((set(addresses) - counted) | gone)

    async def read_anew(self, account: UUID, address: str, own: Collection[str]) -> None:
        """Stored mail from or to an address stands as it would if it came now and `own` were the owner's addresses. How it was
        sorted stays."""
        await self.scope.run(_ANEW.bindparams(account=account, address=address, own=list(own)))

    async def _put(self, account: UUID, address: str, origin: Origin, *, replaces: bool = False) -> None:
        values = {"account": account, "address": address, "origin": origin}
        row = insert(aliases).values(id=new_id(), tenant=self.scope.tenant, created_at=now(), **values)
        names = ["tenant", "account", "address"]
        await self.scope.run(
            row.on_conflict_do_update(index_elements=names, set_={"origin": origin})
            if replaces
            else row.on_conflict_do_nothing(index_elements=names)
        )
