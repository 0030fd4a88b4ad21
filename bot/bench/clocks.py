"""Clocks: what a piece of work took on the clock and of the processors, the embedded servers' part included."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.bench.processes import cpu_of_servers


@dataclass
class Taken:
    """Seconds; filled in when the work has ended."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.wall + other.wall, self.cpu + other.cpu)

    def each(self, number: int) -> Taken:
        """The same for one of so many."""
        return Taken(self.wall / number, self.cpu / number)


@contextmanager
def taken(home: Path) -> Iterator[Taken]:
    """Measures the block: this process, and the servers of this home."""
    found = Taken()
    wall, cpu = time.monotonic(), time.process_time() + cpu_of_servers(home)
    yield found
    found.cpu = time.process_time() + cpu_of_servers(home) - cpu
    found.wall = time.monotonic() - wall
