"""Unlinking: an account goes with its mail rows, and its grant is given back to the provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Row

from storage.values.access import Caller
from storage.values.errors import Refused, Trouble
from tools.mail.accounts import Mailboxes
from tools.mail.linking import LINKS, open_link
from tools.mail.linking.finish import give_back
from tools.mail.linking.link import Grant


@dataclass(frozen=True)
class Unlinked:
    """What went. `given_back` is None where nothing had been granted by a provider."""

    address: str
    given_back: bool | None
    manage: str = ""


async def unlink(mailboxes: Mailboxes, caller: Caller, address: str, *, origin: str) -> Unlinked:
    """Unlinks the person's mailbox of this address. The row goes first: if the provider cannot be told, nothing of it is
    left with us all the same. Refused when none or several have the address."""
    async with mailboxes.database.acting_as(caller) as tx:
        row = chosen(await tx.accounts.of(caller.person), address)
        secret = await tx.accounts.secret(row)
        await tx.accounts.unlink(row.id)
        await tx.audit.sign(
            caller.person,
            "email_account_unlinked",
            f"account:{row.id}",
            {"provider": row.provider, "address": row.address},
            origin=origin,
        )
    await mailboxes.forget(row.id)
    if row.provider not in LINKS:
        return Unlinked(row.address, None)
    try:
        link = open_link(mailboxes.linking, row.provider)
    except Trouble:  # the registration was taken out of the settings
        return Unlinked(row.address, False)
    grant = Grant.from_text(secret)
    ended = not grant.keep or await give_back(link, grant)
    return Unlinked(row.address, ended, link.manage)


def chosen(rows: Sequence[Row[Any]], address: str) -> Row[Any]:
    """The account that is meant: by its address, or as “gmail:ana@example.org” where two providers have it."""
    wanted = address.strip().casefold()
    found = [row for row in rows if wanted in (row.address.casefold(), f"{row.provider}:{row.address.casefold()}")]
    if len(found) == 1:
        return found[0]
    if found:
        names = " or ".join(f"{row.provider}:{row.address}" for row in found)
        raise Refused(f"Two mailboxes have that address: say {names}.")
    linked = ", ".join(row.address for row in rows) or "none"
    raise Refused(f"No mailbox {wanted[:80] or 'without an address'} is linked for you; linked are: {linked}.")
