"""Work that goes on after a platform was answered, which wants to hear soon that we have what it brought."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger()

SOON = 1.0
"""Seconds until a platform is answered at the latest; Slack waits for three. Almost always what came is stored long before, so
that a crash before the answer makes the platform bring it again, and one after it finds it stored."""

Taken = Callable[[], object]
"""Is called when no crash can lose what was brought: it is stored, or nothing is to be."""

ENDS_IN = 10.0


class Work:
    """What is under way for one platform. `soon`: how long a platform waits at most."""

    def __init__(self, soon: float = SOON) -> None:
        self._soon = soon
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begins, and waits for nothing."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def taken(self, work: Callable[[Taken], Coroutine[Any, Any, Any]]) -> asyncio.Task[Any]:
        """Begins, and waits until it is safe, which the work says by calling what it is given, or done; but never for long."""
        safe = asyncio.Event()
        task = self.begin(work(safe.set))
        task.add_done_callback(lambda _: safe.set())
        with suppress(TimeoutError):
            async with asyncio.timeout(self._soon):
                await safe.wait()
        return task

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
            log.error("work.bug", error=f"{type(error).__name__}: {error}", exc_info=error)
