"""Household: who lives in a single-machine installation, and which mailbox each of them works on."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Row

from storage.database import Database
from storage.values.access import Caller, Role
from storage.values.errors import Refused
from storage.values.ids import AccountId
from tools.mail.mailbox import Credentials

HOUSEHOLD = "home"
CHANNEL = "console"


@dataclass(frozen=True)
class Resident:
    """A person of this installation, and their name at the terminal's door."""

    caller: Caller
    external: str


async def settle_in(database: Database, external: str, name: str, zone: str) -> Resident:
    """The resident of this name at the terminal's door, who moves in if new."""
    async with database.as_system() as tx:
        tenants = await tx.people.tenants()
        tenant = tenants[0].id if tenants else await tx.people.found(HOUSEHOLD)
        known = await tx.people.identify(CHANNEL, external)
    async with database.acting_as(tenant) as tx:
        if known is None:
            person = await tx.people.add(name, Role.ADMIN, zone)
            await tx.people.name_on(CHANNEL, external, person)
        else:
            person = known[1]
        await tx.conversations.open(person, CHANNEL, str(person))
        await tx.people.seen(person)
        return Resident(await tx.people.caller(person), external)


async def resident(database: Database, name: str | None) -> Resident:
    """The resident that is meant: by name, or who moved in last. Refused when nobody of that name lives here."""
    async with database.as_system() as tx:
        tenants = await tx.people.tenants()
        doors = await tx.people.doors(CHANNEL)
    if not doors:
        raise Refused("Nobody lives here yet. Run `deskhand demo` first; with --mailbox it links your mail.")
    for tenant in tenants:
        async with database.acting_as(tenant.id) as tx:
            found = _chosen(await tx.people.by_arrival(), name)
            if found is not None:
                external = next(door.external for door in doors if door.person == found.id)
                return Resident(await tx.people.caller(found.id), external)
    raise Refused(f"Nobody called {name} lives here; `deskhand people list` shows who does.")


async def only_resident(database: Database) -> Resident | None:
    """The one who lives here, when it is a single-machine installation with one owner; None for any other."""
    async with database.as_system() as tx:
        tenants = await tx.people.tenants()
        doors = await tx.people.doors(CHANNEL)
    if len(tenants) != 1 or len({door.person for door in doors}) != 1:
        return None
    async with database.acting_as(tenants[0].id) as tx:
        return Resident(await tx.people.caller(doors[0].person), doors[0].external)


async def link(database: Database, who: Resident, provider: str, credentials: Credentials) -> AccountId:
    """Links the mailbox to the resident."""
    async with database.acting_as(who.caller) as tx:
        account = await tx.accounts.link(
            who.caller.person, provider, credentials.address, credentials.settings, credentials.secret
        )
        await tx.audit.sign(
            who.caller.person,
            "email_account_linked",
            f"account:{account}",
            {"provider": provider, "address": credentials.address},
            origin=CHANNEL,
        )
    return account


def door_of(provider: str, credentials: Credentials) -> str:
    """The terminal name of whoever works on this mailbox: the same mailbox, the same person, and no password in it."""
    place = [credentials.settings.get(name, "") for name in ("path", "host", "port", "user")]
    words = "\n".join([provider, credentials.address, *place])
    return f"mailbox:{hashlib.sha256(words.encode()).hexdigest()[:24]}"


def own_name(address: str) -> str:
    """What to call the owner of an address: `ana.sousa@…` is Ana Sousa; without an address, the user of this machine."""
    local = address.partition("@")[0]
    words = local.replace("_", ".").replace("-", ".").split(".") if local else [_user()]
    return " ".join(word.capitalize() for word in words if word) or "You"


def own_zone() -> str:
    """The zone of this machine, as an IANA name; UTC when it cannot be told."""
    link_ = Path("/etc/localtime")
    if link_.is_symlink():
        name = str(link_.readlink()).partition("zoneinfo/")[2]
        if name and name not in ("localtime", "Universal", "Etc/UTC"):
            return name
    return "UTC"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "you"


def _chosen(rows: Sequence[Row[Any]], name: str | None) -> Row[Any] | None:
    if name is None:
        return rows[0] if rows else None
    return next((row for row in rows if row.name.casefold() == name.casefold() or str(row.id) == name), None)
