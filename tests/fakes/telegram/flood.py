"""Flood limits of the Bot API on a clock that a test moves: nobody ever waits."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.fakes.telegram.errors import TooMany

OVERALL, PER_CHAT, PER_GROUP = (30, 1.0), (1, 1.0), (20, 60.0)
"""How many messages in how many seconds."""


@dataclass
class Clock:
    """Seconds that pass when somebody waits for them."""

    at: float = 1_000.0

    def now(self) -> float:
        """The moment."""
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Is over at once, and the clock shows it."""
        until = self.at + seconds
        await asyncio.sleep(0)
        self.at = max(self.at, until)


@dataclass
class Flood:
    """Who sent how much, and what was sent although it was told to wait."""

    clock: Clock
    disobeyed: list[tuple[str, int]] = field(default_factory=list)
    """Calls inside a window of `retry_after`: the method and the chat."""
    told: int = 0
    """How often somebody was told to wait."""
    _calls: dict[object, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _until: dict[int | None, float] = field(default_factory=dict)

    def hold(self, seconds: int, chat: int | None = None) -> None:
        """From now on, for so long, a chat (or everybody) is told to wait."""
        self._until[chat] = self.clock.now() + seconds

    def check(self, method: str, chat: int) -> None:
        """Counts a message. TooMany when it is one too many, or when it comes inside a window."""
        left = max((self._until.get(one, 0.0) - self.clock.now() for one in (chat, None)), default=0.0)
        if left > 0:
            self._refuse(method, chat, left, again=(chat in self._known))
        self._known.discard(chat)
        for key, (most, within) in self._limits(chat):
            calls = self._calls[key]
            while calls and calls[0] <= self.clock.now() - within:
                calls.popleft()
            if len(calls) >= most:
                wait = calls[0] + within - self.clock.now()
                self._until[chat] = self.clock.now() + math.ceil(wait)
                self._refuse(method, chat, wait, again=False)
        for key, _limit in self._limits(chat):
            self._calls[key].append(self.clock.now())

    def pause(self, key: object, method: str, chat: int) -> None:
        """Counts what is no message but must not come more than once in a second."""
        calls = self._calls[key]
        if calls and calls[-1] > self.clock.now() - 1.0:
            self._refuse(method, chat, 1.0, again=False)
        calls.append(self.clock.now())

    def __post_init__(self) -> None:
        self._known: set[int] = set()

    def _limits(self, chat: int) -> list[tuple[object, tuple[int, float]]]:
        limits: list[tuple[object, tuple[int, float]]] = [("all", OVERALL), (chat, PER_CHAT)]
        return [*limits, (("group", chat), PER_GROUP)] if chat < 0 else limits

    def _refuse(self, method: str, chat: int, left: float, *, again: bool) -> None:
        self.told += 1
        self._known.add(chat)
        if again:
            self.disobeyed.append((method, chat))
        raise TooMany(max(1, math.ceil(left)))
