"""Pace: as many messages as Telegram allows, and silence for exactly as long as it asks for."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from storage.values.errors import Unavailable

OVERALL = (30, 1.0)
PER_CHAT = (1, 1.0)
PER_GROUP = (20, 60.0)
"""How many messages in how many seconds (Bots FAQ, "My bot is hitting limits")."""

MARGIN = 0.05
"""Seconds added, since their clock is not ours."""

PATIENCE = 20.0
"""Seconds that a message may wait here. What would wait longer goes back to the outbox."""

ATTEMPTS = 3
"""How often a message is tried here before it goes back to the outbox."""

CHATS = 2_000
"""Chats whose last minute is remembered."""

_COUNTED = ("send", "edit", "copy", "forward")
_FREE = frozenset({"sendChatAction", "sendMessageDraft"})


@dataclass
class Window:
    """Calls within so many seconds. One that is under way counts too, since nobody knows when it will arrive."""

    most: int
    within: float
    under_way: int = 0
    done: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until one more may leave; nothing or less when it may leave now."""
        while self.done and self.done[0] + self.within + MARGIN <= now:
            self.done.popleft()
        if self.under_way + len(self.done) < self.most:
            return 0.0
        return self.done[0] + self.within + MARGIN - now if self.done else MARGIN


@dataclass
class Pace(BaseRateLimiter[None]):
    """Waits before a call that would be one too many. A call that Telegram refuses for now silences the bot: nothing
    leaves inside that window, whatever chat it is for, since nobody says whose fault it was."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _until: float = 0.0
    _all: Window = field(default_factory=lambda: Window(*OVERALL))
    _chats: OrderedDict[int, tuple[asyncio.Lock, list[Window]]] = field(default_factory=OrderedDict)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Makes the call when it may be made. Unavailable, with the time to wait, when that is too far away."""
        chat = data.get("chat_id")
        if endpoint.startswith(_COUNTED) and endpoint not in _FREE and isinstance(chat, int):
            return await self._in_line(chat, lambda: callback(*args, **kwargs))
        if self._until > self.now():
            raise self._later(self._until - self.now())
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._silent_for(seconds_of(error))
            raise self._later(seconds_of(error)) from error

    async def _in_line(self, chat: int, call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """One call of a chat after the other, in the order in which they came."""
        line, windows = self._chat(chat)
        async with line:
            for _ in range(ATTEMPTS):
                await self._turn(windows)
                try:
                    return await self._counted(windows, call)
                except RetryAfter as error:
                    self._silent_for(seconds_of(error))
            raise self._later(self._until - self.now())

    async def _turn(self, windows: list[Window]) -> None:
        while (wait := max(self._until - self.now(), *(one.wait(self.now()) for one in windows))) > 0:
            if wait > PATIENCE:
                raise self._later(wait)
            await self.sleep(wait)

    async def _counted(self, windows: list[Window], call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        for one in windows:
            one.under_way += 1
        try:
            return await call()
        finally:
            for one in windows:
                one.under_way -= 1
                one.done.append(self.now())

    def _chat(self, chat: int) -> tuple[asyncio.Lock, list[Window]]:
        if chat not in self._chats:
            own = [Window(*PER_CHAT), Window(*PER_GROUP)] if chat < 0 else [Window(*PER_CHAT)]
            self._chats[chat] = asyncio.Lock(), [self._all, *own]
        self._chats.move_to_end(chat)
        while len(self._chats) > CHATS:
            self._chats.popitem(last=False)
        return self._chats[chat]

    def _silent_for(self, seconds: float) -> None:
        self._until = max(self._until, self.now() + seconds + MARGIN)

    def _later(self, seconds: float) -> Unavailable:
        return Unavailable("Telegram asks me to slow down.", timedelta(seconds=max(0.0, seconds) + MARGIN))


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants silence. The library gives a period, or a number where it was not told to."""
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
