"""Far: how somebody who works for long says how far they are, whoever listens."""

from __future__ import annotations

from typing import Protocol


class Far(Protocol):
    """Takes what is being done, and how much of how much where that is known. It may be told often; it looks up rarely."""

    async def __call__(self, phase: str, done: int | None = None, total: int | None = None) -> None:
        """Says how far it is. Raises what ends the work when it was called off."""
        ...


async def nobody(phase: str, done: int | None = None, total: int | None = None) -> None:
    """Where nobody listens."""


def in_words(phase: str, done: int | None, total: int | None) -> str:
    """`reading mail, 42 % (420 of 1,000)`; without a total `reading mail, 420 so far`."""
    if done is None:
        return phase
    if not total:
        return f"{phase}, {done:,} so far"
    return f"{phase}, {min(100, 100 * done // total)} % ({done:,} of {total:,})"
