"""`deskhand accounts link` and `unlink`: for a person of this installation, what they could say in the chat."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

from bot.household import CHANNEL, Resident, resident
from bot.linking_command import parted
from bot.program import Program, open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from tools.mail.linking.start import ask
from tools.mail.linking.unlink import unlink

ORIGIN = "deskhand accounts"


async def command(action: str, words: str, name: str | None) -> None:
    """Does one of the two for the resident of this name, or who spoke last."""
    settings = read_settings()
    set_up_logs(settings)
    async with open_program(settings) as program:
        who = await resident(program.database, name)
        sys.stdout.write(await ACTIONS[action](program, who, words) + "\n")


async def _link(program: Program, who: Resident, provider: str) -> str:
    async with program.database.acting_as(who.caller) as tx:
        where = await tx.conversations.open(who.caller.person, CHANNEL, str(who.caller.person))
    url = await ask(program.database, program.box.mailboxes.linking, who.caller, where, provider.casefold())
    return f"{who.caller.name} opens this address within ten minutes, while `deskhand serve` runs:\n{url}"


async def _unlink(program: Program, who: Resident, address: str) -> str:
    return parted(await unlink(program.box.mailboxes, who.caller, address, origin=ORIGIN))


ACTIONS: dict[str, Callable[[Program, Resident, str], Awaitable[str]]] = {"link": _link, "unlink": _unlink}
