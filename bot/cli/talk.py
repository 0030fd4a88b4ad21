"""What `demo` and `chat` share: a person, a terminal, and the desk between them."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.assistant import Assistant
from bot.console.channel import NAME, Console
from bot.console.inbound import Talk, existing_file
from bot.delivery import Delivery
from bot.desk import Desk, Visitor
from bot.household import Resident
from bot.program import Program
from bot.tables import take_table

SETTLES_WITHIN = 300.0
"""Seconds that a script waits for what it asked for; as long as the longest of the steady jobs."""

LOOKS_EVERY = 0.05


@asynccontextmanager
async def talking(program: Program, who: Resident, *, json: bool, works: bool) -> AsyncIterator[Talk]:
    """A talk with this person on this terminal. `works`: this process does the jobs too, so a script can wait for them."""
    interactive = sys.stdin.isatty()
    address = str(who.caller.person)
    columns = shutil.get_terminal_size().columns if interactive and sys.stdout.isatty() else 0
    console = Console(_write, program.box.blobs, program.settings.home / "exports", json=json, columns=columns)
    delivery = Delivery(program.database, {NAME: console}, address)
    assistant = Assistant(program.box)
    desk = Desk(assistant, delivery)

    async def settle() -> None:
        if works and not interactive:
            await _settled(program, who, address)
        await delivery.flush()

    async def give(path: str) -> str:
        name = await take_table(program.box, who.caller, existing_file(path))
        assistant.surroundings.changed(who.caller.person)
        return name

    visitor = Visitor(console, who.external, address)
    await desk.take_up(console, address)
    async with delivery.running():
        yield Talk(desk, console, visitor, _write, give, settle, json, interactive)
        await delivery.flush()


async def _settled(program: Program, who: Resident, address: str) -> None:
    async with program.database.acting_as(who.caller) as tx:
        where = await tx.conversations.open(who.caller.person, NAME, address)
    try:
        async with asyncio.timeout(SETTLES_WITHIN):
            while True:
                async with program.database.acting_as(who.caller) as tx:
                    if not await tx.jobs.open_for(where):
                        return
                await asyncio.sleep(LOOKS_EVERY)
    except TimeoutError:
        return


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
