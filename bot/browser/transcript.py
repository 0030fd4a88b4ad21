"""Transcript: what one talk shows on the page, and every change of it under a number, so that nobody who was away misses one."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]
"""A plain thing to show: `kind`, and what `render` gives for it. `name` is its own within the talk."""

LONGEST = 400
"""Entries that are kept for the page; older ones are left out, and it says so."""

REMEMBERED = 1_000
"""Changes that a page may have missed and still catch up with; after more it is shown everything anew."""


@dataclass(frozen=True)
class Change:
    """Something that the page is told: `at` is where it stands then."""

    at: str
    kind: str
    body: Mapping[str, Any]


class Transcript:
    """One talk. All in one event loop, so what happens between two awaits is one step for every reader."""

    def __init__(self, entries: Iterable[Entry] = (), *, cut: bool = False) -> None:
        self._run = secrets.token_hex(4)
        self._number = 0
        self._entries: dict[str, Entry] = {str(one["name"]): one for one in entries}
        self._cut = cut
        self._changes: deque[tuple[int, Change]] = deque(maxlen=REMEMBERED)
        self._working: dict[str, None] = {}
        self._heard: dict[str, None] = {}
        self._step: Entry | None = None
        self._news = asyncio.Event()
        self._open = True
        self._shorten()

    def show(self, entry: Entry) -> None:
        """Shows an entry at the end. One of the same name moves there."""
        name = str(entry["name"])
        self._entries.pop(name, None)
        self._entries[name] = entry
        self._shorten()
        self._tell("show", entry)

    def change(self, entry: Entry) -> bool:
        """The entry of this name looks like this now; False when it is not shown."""
        name = str(entry["name"])
        if name not in self._entries:
            return False
        self._entries[name] = entry
        self._tell("change", entry)
        return True

    def has(self, name: str) -> bool:
        """Whether an entry of this name is shown."""
        return name in self._entries

    def entry(self, name: str) -> Entry | None:
        """The entry of this name."""
        return self._entries.get(name)

    def begin(self, event: str) -> bool:
        """An event of the page came in and is being answered; False when it came before."""
        if event in self._heard:
            return False
        self._heard[event] = None
        if len(self._heard) > REMEMBERED:
            self._heard.pop(next(iter(self._heard)))
        self._working[event] = None
        self._tell("working", {"events": list(self._working), "done": ""})
        return True

    def end(self, event: str) -> None:
        """It has been answered."""
        self._working.pop(event, None)
        if not self._working:
            self._step = None
        self._tell("working", {"events": list(self._working), "done": event})

    def step(self, step: Entry) -> None:
        """What is being done right now."""
        self._step = step
        self._tell("step", step)

    def close(self) -> None:
        """Every reader's stream ends."""
        self._open = False
        self._wake()

    async def follow(self, after: str = "") -> AsyncIterator[Change]:
        """Every change after the one of this name. Who comes new, comes from another run, or was away too long is told
        the whole state first."""
        place = self._place(after)
        while self._open:
            news = self._news
            if place is None or place < self._oldest():
                place = self._number
                yield self._whole()
                continue
            for number, change in [one for one in self._changes if one[0] > place]:
                place = number
                yield change
            if place == self._number:
                await news.wait()

    def _place(self, after: str) -> int | None:
        run, _, number = after.partition("-")
        if run != self._run or not number.isdecimal() or int(number) > self._number:
            return None
        return int(number)

    def _oldest(self) -> int:
        """From here on every change is remembered."""
        return self._changes[0][0] - 1 if self._changes else self._number

    def _whole(self) -> Change:
        state = {
            "entries": list(self._entries.values()),
            "cut": self._cut,
            "events": list(self._working),
            "step": self._step,
        }
        return Change(f"{self._run}-{self._number}", "start", state)

    def _tell(self, kind: str, body: Mapping[str, Any]) -> None:
        self._number += 1
        self._changes.append((self._number, Change(f"{self._run}-{self._number}", kind, body)))
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _shorten(self) -> None:
        while len(self._entries) > LONGEST:
            self._entries.pop(next(iter(self._entries)))
            self._cut = True
