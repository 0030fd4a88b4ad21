"""`deskhand audit verify`: recomputes every workspace's chain, and holds it against a head that was kept elsewhere."""

from __future__ import annotations

import re
import sys

from bot.cli.ending import REFUSED
from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from storage.values.errors import Refused

_HEAD = re.compile(r"[1-9]\d{0,17}:[0-9a-f]{64}")


async def command(kept: str | None) -> int:
    """Says of each workspace whether its chain holds, and which row is its head. With a head that was kept: whether it is
    still there. 1 when anything is wrong."""
    if kept is not None and not _HEAD.fullmatch(kept):
        raise Refused("A head is a number and 64 signs, as `deskhand audit verify` prints it: 42:3f9a…")
    settings = read_settings()
    set_up_logs(settings)
    wrong, found = 0, False
    async with open_program(settings) as program:
        async with program.database.as_system() as tx:
            tenants = await tx.people.tenants()
        for tenant in tenants:
            async with program.database.acting_as(tenant.id) as tx:
                number, head = await tx.audit.first_bad(), await tx.audit.head()
                found = found or (kept is not None and await tx.audit.holds(kept))
            wrong += number is not None
            words = "the chain holds" if number is None else f"row {number} was altered, or rows before it are missing"
            sys.stdout.write(f"{tenant.name}: {words}; its head is {head or 'not there yet'}\n")
    if kept is not None and not found:
        sys.stdout.write(
            f"Row {kept.partition(':')[0]} is not what it was: a chain was cut off before it or written anew.\n"
        )
    return REFUSED if wrong or (kept is not None and not found) else 0
