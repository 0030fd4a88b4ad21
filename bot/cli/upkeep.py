"""The admin's actions: the memory's shape, the keys, a code for a first chat, a job that is not to be done."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from uuid import UUID

from bot.household import resident
from bot.program import key_file, open_program, open_servers
from bot.settings import Settings, read_settings
from bot.telemetry import set_up_logs
from storage import migrations
from storage.crypto import add_key, sealed_version
from storage.database import Database
from storage.values.errors import Refused


async def command(action: str, *words: str) -> int:
    """Does one of the actions and says what came of it."""
    settings = read_settings()
    set_up_logs(settings)
    return await ACTIONS[action](settings, *words)


async def _upgrade(settings: Settings) -> int:
    async with open_servers(settings) as servers:
        await migrations.upgrade(servers.admin_url)
    sys.stdout.write(f"The memory has the shape {migrations.HEAD}, the newest.\n")
    return 0


async def _downgrade(settings: Settings, revision: str) -> int:
    from alembic.util import CommandError

    async with open_servers(settings) as servers:
        try:
            await migrations.downgrade(servers.admin_url, revision)
        except CommandError as error:
            raise Refused(
                f"There is no step {revision}; the newest is {migrations.HEAD}, and `base` is none."
            ) from error
        now = await migrations.current(servers.admin_url)
    sys.stdout.write(f"The memory has the shape {now or 'base'}.\n")
    return 0


async def _cancel(settings: Settings, job: str) -> int:
    try:
        wanted = UUID(job)
    except ValueError:
        raise Refused(f"{job} is no job's id; `deskhand jobs list` shows them.") from None
    async with open_program(settings) as program, program.database.as_system() as tx:
        if not await tx.jobs.cancel(wanted):
            raise Refused("That job has ended already, or there is none with that id.")
    sys.stdout.write("Cancelled.\n")
    return 0


async def _code(settings: Settings, name: str) -> int:
    async with open_program(settings) as program:
        who = await resident(program.database, name)
        async with program.database.acting_as(who.caller) as tx:
            code = await tx.link_codes.make(who.caller.person)
            await tx.audit.sign(who.caller.person, "link_code_made", f"person:{who.caller.person}", {}, origin="cli")
    sys.stdout.write(
        f"The code for {who.caller.name} is {code}. Sent to Deskhand from a new chat within ten minutes, it makes that chat "
        "theirs. It works once.\n"
    )
    return 0


async def _rotate(settings: Settings) -> int:
    """Seals every workspace's data key with a new key. What the data keys seal stays as it is, so nobody waits."""
    own_file = settings.encryption_key is None and settings.encryption_key_provider == "file"
    async with open_program(settings) as program:
        ring = add_key(key_file(settings)) if own_file else program.database.keyring
        async with program.database.as_system() as tx:
            tenants = await tx.people.tenants()
        rewrapped = 0
        for tenant in tenants:
            async with program.database.as_system() as tx:
                old = await tx.people.data_key(tenant.id)
                if sealed_version(old) != ring.newest.version:
                    rewrapped += await tx.people.rewrap(tenant.id, old, ring.rewrapped(tenant.id, old))
                    await _signed(program.database, tenant.id, ring.newest.version)
    version = ring.newest.version
    if not rewrapped:
        hint = "" if own_file else " Add the next one to ENCRYPTION_KEY as “2:…”, restart, and rotate again."
        sys.stdout.write(f"Every workspace is sealed with key {version} already.{hint}\n")
        return 0
    sys.stdout.write(
        f"{rewrapped} workspace{'s' if rewrapped > 1 else ''} sealed with key {version} now. Keep the older keys.\n"
    )
    return 0


async def _signed(database: Database, tenant: UUID, version: int) -> None:
    async with database.acting_as(tenant) as tx:
        people = await tx.people.list()
        if people:
            await tx.audit.sign(people[0].id, "key_rotated", f"tenant:{tenant}", {"version": version}, origin="cli")


ACTIONS: dict[str, Callable[..., Awaitable[int]]] = {
    "upgrade": _upgrade,
    "downgrade": _downgrade,
    "cancel": _cancel,
    "code": _code,
    "rotate": _rotate,
}
