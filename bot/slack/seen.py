"""Seen: what this process has taken already. What another took, or this one before a crash, the desk knows."""

from __future__ import annotations

from collections import OrderedDict

MOST = 5_000


class Seen:
    """One for the process."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()

    def first(self, external: str) -> bool:
        """Whether it comes for the first time."""
        if external in self._names:
            return False
        self._names[external] = None
        if len(self._names) > MOST:
            self._names.popitem(last=False)
        return True
