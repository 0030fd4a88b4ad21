"""Saying: a model's words on their way to the person while it still writes, no further than they may be shown.

They pass the same cleaning as the finished answer, and of what is unfinished nothing is shown: neither half a sentence nor
an address, a bracket or a mark that is still open. Who shows them is slower than who writes them, so it is always the newest
words that are shown, by a task of their own, and the answer waits for nobody but the one showing that is under way.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from agent.chat import Progress, Saying
from tools.inbox.show import plain

FIRST_AFTER = 0.4
"""Seconds; an answer that is whole by then is shown whole."""

PAUSE = 0.1
"""Seconds between two showings at least, where showing itself takes no time."""

LONGEST = 12_000
"""Characters that are shown before the answer is whole; more is more than anybody reads meanwhile."""

LONG_SENTENCE = 240
"""Characters after which a sentence is shown up to its last word."""

LOOKED_BACK = 500
"""Characters within which an open bracket or mark is still open."""

_ENDS = re.compile(r"(?:(?<!\d)\.|[!?…:;])[\"'”’»)\]]*(?=\s)|\n|[。！？]")
_OPEN = re.compile(r"!?\[[^\]\n]*$|\]\([^)\n]*$|<[^>\n]*$")


@dataclass(frozen=True)
class Show:
    """How the person sees what happens during a turn: the steps, and the words as they come where that can be shown."""

    step: Callable[[Progress], Awaitable[None]]
    words: Callable[[Saying], Awaitable[None]] | None = None
    first_after: float = FIRST_AFTER
    pause: float = PAUSE

    async def __call__(self, progress: Progress) -> None:
        """Shows a step."""
        await self.step(progress)


def clean(text: str) -> str:
    """The words of an answer as a person may see them, whole or in part."""
    return plain(text).strip()


def finished(text: str) -> str:
    """As much of unfinished words as may be shown, cleaned."""
    text = text[:LONGEST]
    end = max((one.end() for one in _ENDS.finditer(text)), default=0)
    if len(text) - end > LONG_SENTENCE:
        end = max(end, text.rfind(" ") + 1)
    return clean(_closed(text[:end]))


def _closed(text: str) -> str:
    """Without what is still open in its last line."""
    start = max(text.rfind("\n") + 1, len(text) - LOOKED_BACK)
    if text.count("`", start) % 2:
        text = text[: text.rfind("`")]
    while unfinished := _OPEN.search(text, start):
        text = text[: unfinished.start()]
    return text


class Telling:
    """The words of one thought."""

    def __init__(self, show: Callable[[Saying], Awaitable[None]]) -> None:
        self._show = show
        self._written: list[str] = []
        self._shown = ""
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    def hear(self, words: str) -> None:
        """The model wrote on."""
        self._written.append(words)
        self._news.set()

    def over(self) -> None:
        """Nothing more is shown, but for what is being shown right now."""
        self._over.set()
        self._news.set()

    async def run(self, first_after: float, pause: float) -> None:
        """Shows the newest words until it is over."""
        wait = first_after
        while not await self._over_within(wait):
            wait = pause
            await self._news.wait()
            self._news.clear()
            await self._newest()

    async def _over_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
        return self._over.is_set()

    async def _newest(self) -> None:
        text = finished("".join(self._written))
        if not self._over.is_set() and len(text) > len(self._shown) and text.startswith(self._shown):
            self._shown = text
            await self._show(Saying(text))


@asynccontextmanager
async def telling(show: Show) -> AsyncIterator[Callable[[str], None] | None]:
    """While the block runs, what is heard is shown; None where nobody can show it."""
    if show.words is None:
        yield None
        return
    words = Telling(show.words)
    task = asyncio.create_task(words.run(show.first_after, show.pause))
    try:
        yield words.hear
    finally:
        words.over()
        await task
