"""Work that goes on after Slack was answered: Slack wants to hear within three seconds that we have it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger()

SOON = 2.0
"""Seconds until Slack is answered at the latest, which waits for three. Almost always what came is stored long before, so that
a crash before the answer makes Slack send it again, and one after it finds it stored."""

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

    async def taken(self, work: Callable[[Callable[[], object]], Coroutine[Any, Any, Any]]) -> None:
        """Begins, and waits until no crash can lose it any more, which it says by calling what it is given; or until it is done,
        but never for long."""
        safe = asyncio.Event()
        self.begin(work(safe.set)).add_done_callback(lambda _: safe.set())
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON):
                await safe.wait()

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
