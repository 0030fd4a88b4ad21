"""Whose mail it is: every address at which an account's owner is reached, and what changes when one more is known."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.transaction import Transaction
from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.inbox.mail_rows import Owner
from tools.mail.envelope import ascii_address
from tools.mail.mailbox import Named
from tools.toolbox import Toolbox

STAND_IN = "@localhost"
"""Exported mail whose owner cannot be told has a stand-in here, which is nobody's: then nothing can be said about to whom a
mail was addressed."""


def own_addresses(address: str, aliases: Collection[str] = ()) -> frozenset[str]:
    """The owner's addresses in lower case: the account's own and the others that count."""
    own = frozenset() if address.endswith(STAND_IN) else frozenset({address.casefold()})
    return own | frozenset(aliases)


async def owner_of(tx: Transaction, account: Row[Any]) -> Owner:
    """Whose mail an account holds."""
    return Owner(account.tenant, account.id, own_addresses(account.address, await tx.aliases.own(account.id)))


async def settle(tx: Transaction, account: Row[Any], *changed: str) -> None:
    """After addresses came or went: stored mail that names them stands as new mail would."""
    own = (await owner_of(tx, account)).own
    for address in changed:
        await tx.aliases.read_anew(account.id, address, own)


async def learn(box: Toolbox, tenant: UUID, account: UUID, *, again: bool = False) -> None:
    """Asks the provider for the mailbox's other addresses, where it knows them: once, or `again`. One that will not say, says
    none; one that is away is asked another time."""
    async with box.database.acting_as(tenant) as tx:
        row = await tx.accounts.get(account)
    mailbox = await box.mailboxes.get(tenant, account)
    if not isinstance(mailbox, Named) or (row.addresses_told_at is not None and not again):
        return
    told = await _told(mailbox, row.address.casefold())
    if told is not None:
        async with box.database.acting_as(tenant) as tx:
            await settle(tx, row, *await tx.aliases.told(account, told))


async def _told(mailbox: Named, own: str) -> frozenset[str] | None:
    try:
        named = await mailbox.addresses()
    except (Refused, NeedsPerson):
        return frozenset()
    except Unavailable:
        return None
    return frozenset(one for one in map(_plain, named) if one and one != own)


def _plain(address: str) -> str:
    try:
        return ascii_address(address).casefold()
    except Refused:
        return ""
