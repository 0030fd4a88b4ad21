"""Our side of the turn bench: a desk at an endpoint's model, and one person per length of history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from agent.assistant import Assistant
from agent.chat import Message
from bot.bench.endpoint import ANSWER
from bot.console.channel import NAME, Console
from bot.delivery import Delivery
from bot.desk import Desk, Visitor
from bot.household import Resident, settle_in
from bot.program import open_program
from bot.settings import Settings
from storage.database import Database
from storage.values.access import Permission
from storage.values.clock import now
from tools.tool import Ask, Result, tool
from tools.toolbox import Toolbox


@tool(Permission.VIEW_OWN_EMAILS)
async def look_up(box: Toolbox, ask: Ask, words: str) -> Result:
    """Looks words up."""
    return Result(ANSWER)


class Ours:
    """Talks as one person, whose words go through the desk into the stored answer."""

    def __init__(self, desk: Desk, visitor: Visitor, shown: list[str]) -> None:
        self._desk = desk
        self._visitor = visitor
        self._shown = shown

    async def turn(self, text: str) -> str:
        """One turn, and what was shown."""
        self._shown.clear()
        await self._desk.receive(self._visitor, Message(text))
        return "".join(self._shown).strip()


class House:
    """An open program for the bench."""

    def __init__(self, box: Toolbox, home: Path) -> None:
        self._home = home
        self._shown: list[str] = []
        self.box = box
        self._console = Console(self._shown.append, box.blobs, home / "exports")
        self.delivery = Delivery(box.database, {NAME: self._console})
        self._desk = Desk(Assistant(box, [look_up]), self.delivery)

    async def person(self, name: str, history: int) -> Ours:
        """Somebody who has said and heard so many messages."""
        who = await settle_in(self.box.database, name, name, "UTC")
        await _remember(self.box.database, who, history)
        return Ours(self._desk, Visitor(self._console, who.external, str(who.caller.person)), self._shown)


@asynccontextmanager
async def open_house(home: Path, database_url: str, redis_url: str, endpoint: str) -> AsyncIterator[House]:
    """The program as `deskhand demo` opens it, on the given servers."""
    values: dict[str, Any] = {
        "deskhand_home": home,
        "database_url": database_url,
        "redis_url": redis_url,
        "encryption_key": None,
        "openai_api_key": "none",
        "openai_base_url": endpoint,
        "openai_model": "bench",
        "log_level": "WARNING",
    }
    async with open_program(Settings(**values)) as program:
        yield House(program.box, home)


async def _remember(database: Database, who: Resident, history: int) -> None:
    """Fills up the conversation to so many messages, as a turn writes them."""
    async with database.acting_as(who.caller) as tx:
        where = await tx.conversations.open(who.caller.person, NAME, str(who.caller.person))
    said = [{"role": ("user", "assistant")[number % 2], "content": ANSWER} for number in range(history)]
    async with database.driver_as(who.caller.tenant) as connection, connection.cursor() as cursor:
        await cursor.execute("DELETE FROM messages WHERE conversation = %s", (where,))
        rows = [(who.caller.tenant, where, Jsonb(one), now()) for one in said]
        await cursor.executemany(
            "INSERT INTO messages (tenant, conversation, body, said_at) VALUES (%s, %s, %s, %s)", rows
        )
