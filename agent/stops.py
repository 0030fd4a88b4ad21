"""Stop: a sign that a turn looks at before every thought and every tool, and that breaks off a thought in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from storage.values.errors import Trouble

T = TypeVar("T")


class StoppedError(Trouble):
    """The person said stop."""


class Stop:
    """Raised once, for one turn."""

    def __init__(self) -> None:
        self._raised = asyncio.Event()

    def raise_(self) -> None:
        """From now on the turn goes no further."""
        self._raised.set()

    def check(self) -> None:
        """Goes on, or raises StoppedError."""
        if self._raised.is_set():
            raise StoppedError("Stopped.")

    async def race(self, thought: Coroutine[Any, Any, T]) -> T:
        """The thought's outcome, or StoppedError as soon as the person says stop: before it is begun, too."""
        if self._raised.is_set():
            thought.close()
        self.check()
        thinking = asyncio.create_task(thought)
        stopping = asyncio.create_task(self._raised.wait())
        try:
            await asyncio.wait({thinking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not thinking.done():
                raise StoppedError("Stopped.")
            return thinking.result()
        finally:
            thinking.cancel()
            stopping.cancel()
            await asyncio.gather(thinking, stopping, return_exceptions=True)
