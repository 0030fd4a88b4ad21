"""Pace: as many messages as Telegram allows, and silence for exactly as long as it asks for."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter
from telegram.warnings import PTBDeprecationWarning

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
class Pace(BaseRateLimiter[None]):
    """Waits before a call that would be one too many. A call that Telegram refuses for now silences the bot: nothing
    leaves inside that window, whatever chat it is for, since nobody says whose fault it was."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _until: float = 0.0
    _all: deque[float] = field(default_factory=deque)
    _chats: OrderedDict[int, deque[float]] = field(default_factory=OrderedDict)
    _lines: dict[int, asyncio.Lock] = field(default_factory=dict)

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
        counted = endpoint.startswith(_COUNTED) and endpoint not in _FREE and isinstance(chat, int)
        for _ in range(ATTEMPTS):
            if counted:
                await self._turn(int(chat or 0))
            elif self._until > self.now():
                raise self._later(self._until - self.now())
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self._until = max(self._until, self.now() + seconds_of(error) + MARGIN)
                if not counted:
                    break
        raise self._later(self._until - self.now())

    async def _turn(self, chat: int) -> None:
        """Waits for the chat's turn; messages of one chat leave in the order in which they came here."""
        line = self._lines.setdefault(chat, asyncio.Lock())
        async with line:
            while (wait := self._wait(chat)) > 0:
                if wait > PATIENCE:
                    raise self._later(wait)
                await self.sleep(wait)
            self._all.append(self.now())
            self._calls(chat).append(self.now())
        self._forget()

    def _wait(self, chat: int) -> float:
        limits = [(self._all, OVERALL), (self._calls(chat), PER_CHAT)]
        if chat < 0:
            limits.append((self._calls(chat), PER_GROUP))
        waits = [self._until - self.now()]
        for calls, (most, within) in limits:
            if len(calls) >= most:
                waits.append(calls[-most] + within + MARGIN - self.now())
        return max(waits)

    def _calls(self, chat: int) -> deque[float]:
        calls = self._chats.setdefault(chat, deque(maxlen=PER_GROUP[0]))
        self._chats.move_to_end(chat)
        return calls

    def _forget(self) -> None:
        while len(self._all) > OVERALL[0]:
            self._all.popleft()
        while len(self._chats) > CHATS:
            gone, _ = self._chats.popitem(last=False)
            self._lines.pop(gone, None)

    def _later(self, seconds: float) -> Unavailable:
        return Unavailable("Telegram asks me to slow down.", timedelta(seconds=max(0.0, seconds) + MARGIN))


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants silence. The library gives a number or a period, and warns about the number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBDeprecationWarning)
        asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
