"""Doorbook: who is who at the doors, remembered for a breath, so that a running talk asks the database once."""

from __future__ import annotations

import asyncio
import time
import weakref
from typing import Any

from storage.database import Database
from storage.doors import Door, Taken, take, who_is
from storage.values.access import Caller
from storage.values.ids import ConversationId, EventId

FRESH = 5.0
"""Seconds for which somebody is taken for who they were. Whoever is suspended is out after that; buttons and commands do
not wait for it, they always look."""

ENTRIES = 1_000

Known = tuple[Caller, ConversationId]


class Doorbook:
    """One for the process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[Door, tuple[float, Known]] = {}
        self._lines: weakref.WeakValueDictionary[Door, asyncio.Lock] = weakref.WeakValueDictionary()

    async def who(self, door: Door, *, look: bool = False) -> Known | None:
        """The person and their conversation; None for a stranger, Refused when suspended. `look`: as it is this moment.
        Those who ask at one door are told in the order in which they asked, so that nobody overtakes on the way in."""
        async with self._line(door):
            at, known = self._seen.get(door, (0.0, None))
            if look or known is None or time.monotonic() - at > FRESH:
                self._seen.pop(door, None)
                known = await who_is(self._database, door)
                if known is not None and not look:
                    self._write(door, known)
            return known

    async def take(self, door: Door, event: EventId, name: str, body: dict[str, Any]) -> Taken | None:
        """Who it is this moment, with what they brought stored as theirs, in the same line. It is forgotten who they are:
        what is pressed or commanded may change that."""
        async with self._line(door):
            self._seen.pop(door, None)
            return await take(self._database, door, event, name, body)

    def _line(self, door: Door) -> asyncio.Lock:
        return self._lines.setdefault(door, asyncio.Lock())

    def _write(self, door: Door, known: Known) -> None:
        if len(self._seen) >= ENTRIES:
            self._seen.clear()
        self._seen[door] = time.monotonic(), known
