"""Pace: work begins a little at a time, so that those who stand at the door are heard first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PLACES = 8
"""How much may begin at once. All of it shares one processor; what waits for a database or a model leaves room for this many."""

HELD = 0.5
"""Seconds for which work holds its place. Long work goes on without one, so that nothing waits for what somebody else's mailbox
or model takes."""


class Pace:
    """One for the process."""

    def __init__(self, places: int = PLACES, held: float = HELD) -> None:
        self._places = asyncio.Semaphore(places)
        self._held = held

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Waits for a place, in order of arrival, and gives it back when the work is done, or before when it is long."""
        await self._places.acquire()
        giving_back = asyncio.get_running_loop().call_later(self._held, self._places.release)
        try:
            yield
        finally:
            if (
                giving_back.when() > asyncio.get_running_loop().time()
            ):  # else it is given back already, or will be in this breath
                giving_back.cancel()
                self._places.release()
