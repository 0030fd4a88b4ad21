"""Channel: what a platform must be able to do. A platform is a folder here."""

from __future__ import annotations

from typing import Protocol

from agent.chat import Progress, Word


class Channel(Protocol):
    """A platform, as the desk and the delivery see it."""

    name: str

    async def send(self, address: str, word: Word) -> None:
        """Shows a word at an address of the platform. Unavailable: try later."""
        ...

    async def progress(self, address: str, progress: Progress) -> None:
        """Shows that a tool is being called."""
        ...
