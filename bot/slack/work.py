"""Work that goes on after Slack was answered: Slack wants to hear within three seconds that we have it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()

SOON = 0.6
"""Seconds until Slack is answered at the latest. Most work is done or at least stored by then, so that a crash before the
answer makes Slack send it again, and one after it finds it stored."""

ENDS_IN = 10.0


class Work:
    """What is under way for one platform."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begins, and waits for nothing."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def soon(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begins, and waits until it is done, but not for long."""
        await asyncio.wait({self.begin(work)}, timeout=SOON)

    async def all_done(self) -> None:
        """Waits for everything that was begun."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def aclose(self) -> None:
        """Lets what is under way end, for a while."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=ENDS_IN)
        for task in set(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("slack.work", error=f"{type(error).__name__}: {error}", exc_info=error)
