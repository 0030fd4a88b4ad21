"""Doorbook: who is who at the doors, remembered for a breath, so that a running talk asks the database once."""

from __future__ import annotations

import asyncio
import time
import weakref

from storage.database import Database
from storage.doors import who_is
from storage.values.access import Caller
from storage.values.ids import ConversationId

FRESH = 5.0
"""Seconds for which somebody is taken for who they were. Whoever is suspended is out after that; buttons and commands do
not wait for it, they always look."""

ENTRIES = 1_000

Known = tuple[Caller, ConversationId]


class Doorbook:
    """One for the process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[tuple[str, str, str], tuple[float, Known]] = {}
        self._lines: weakref.WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = weakref.WeakValueDictionary()

    async def who(self, channel: str, external: str, address: str, *, look: bool = False) -> Known | None:
        """The person and their conversation; None for a stranger, Refused when suspended. `look`: as it is this moment.
        Those who ask at one door are told in the order in which they asked, so that nobody overtakes on the way in."""
        door = channel, external, address
        line = self._lines.setdefault(door, asyncio.Lock())
        async with line:
            return await self._found(door, look=look)

    async def _found(self, door: tuple[str, str, str], *, look: bool) -> Known | None:
        at, known = self._seen.get(door, (0.0, None))
        if look:  # and forget: what is pressed or commanded may change who they are
            self._seen.pop(door, None)
            return await who_is(self._database, *door)
        if known is None or time.monotonic() - at > FRESH:
            self._seen.pop(door, None)
            known = await who_is(self._database, *door)
            if known is not None:
                self._write(door, known)
        return known

    def _write(self, door: tuple[str, str, str], known: Known) -> None:
        if len(self._seen) >= ENTRIES:
            self._seen.clear()
        self._seen[door] = time.monotonic(), known
