"""TerminalTalk: a person at a terminal, as a program that reads JSON lines sees it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from agent.chat import Click, Message
from bot.console.channel import Console
from bot.delivery import Delivery
from bot.desk import Desk, Visitor
from tests.fakes.program import House

Shown = dict[str, Any]


class TerminalTalk:
    """One person's terminal. What they see is a list of plain dicts: kind, text, title, fields, buttons (labels)."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._lines: list[str] = []
        self._entries: dict[str, dict[str, Any]] = {}
        self._console = Console(self._lines.append, house.box.blobs, house.servers.home / "exports", json=True)
        self._visitor = Visitor(self._console, house.who.external, str(house.caller.person))
        self._delivery = Delivery(house.database, {"console": self._console}, self._visitor.address)
        self._desk = Desk(house.assistant, self._delivery)

    @property
    def shown(self) -> list[Shown]:
        """What stands there; a card that changed, as it is now."""
        self._read()
        return [_plain(one) for one in self._entries.values()]

    async def say(self, text: str) -> list[Shown]:
        """Types a line; gives what is new."""
        return await self._news(self._desk.receive(self._visitor, Message(text)))

    async def press(self, label: str, **fields: str) -> list[Shown]:
        """Presses the newest button of this label."""
        self._read()
        tokens = [
            button["token"]
            for entry in self._entries.values()
            for button in entry.get("buttons", ())
            if button["label"] == label
        ]
        return await self._news(self._desk.receive(self._visitor, Click(tokens[-1], fields)))

    async def drop(self, name: str, content: bytes, text: str = "") -> list[Shown]:
        """Gives a file."""
        given = await self._desk.give(self._visitor, name, content)
        return await self.say(text or f"analyze {given}")

    async def stop(self) -> list[Shown]:
        """Says stop."""
        return await self._news(self._desk.stop(self._visitor))

    async def work(self) -> list[Shown]:
        """What is due is done, and what it left is carried here."""
        return await self._news(self._worked())

    async def _worked(self) -> None:
        await self.house.runner.drain()
        while await self._delivery.flush():
            pass

    async def _news(self, happening: Any) -> list[Shown]:
        before = {name: _plain(one) for name, one in self._entries.items()}
        await happening
        self._read()
        return [_plain(one) for name, one in self._entries.items() if before.get(name) != _plain(one)]

    def _read(self) -> None:
        for line in self._lines:
            word = json.loads(line)
            if word["type"] != "progress":
                self._entries[word.get("id") or f"line {len(self._entries)}"] = word
        self._lines.clear()


def _plain(word: dict[str, Any]) -> Shown:
    return {
        "kind": {"update": "card"}.get(word["type"], word["type"]),
        "title": word.get("title", word.get("name", "")),
        "text": word["text"],
        "fields": {one["label"]: one["value"] for one in word.get("fields", ())},
        "buttons": [one["label"] for one in word.get("buttons", ())],
    }


@asynccontextmanager
async def terminal_talk(house: House) -> AsyncIterator[TerminalTalk]:
    """The house's person at a terminal of their own."""
    yield TerminalTalk(house)
