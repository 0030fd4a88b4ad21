"""A Gmail account to test a mailbox on, and the means to do things behind its back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.fakes.google import ADDRESS, Google, open_google
from tests.fakes.line import Line, line_to
from tools.mail.mailbox import Credentials


@dataclass
class GmailBench:
    """Ana's account on a Google of this machine."""

    google: Google
    line: Line
    provider: str = "gmail"

    def __post_init__(self) -> None:
        token, _ = self.google.oauth.signed_in(ADDRESS)
        endpoint = f"http://127.0.0.1:{self.line.port}"
        self.credentials = Credentials(ADDRESS, {"api_endpoint": endpoint, "pause": "0.001"}, token)
        self._came: list[str] = []

    async def deliver(self, raw: bytes) -> None:
        """Into the account's inbox."""
        self._came.append(self.google.account.deliver(raw).id)

    async def remove(self, number: int) -> None:
        """Deleted for good."""
        self.google.account.delete(self.google.account.mails[self._came.pop(number)])

    async def read_marks(self) -> list[bool]:
        """By the account's labels."""
        return ["UNREAD" not in self.google.account.mails[one].labels for one in self._came]

    async def renumber(self) -> None:
        """The history expires."""
        self.google.account.forget_history()

    async def go_away(self) -> None:
        """The line is taken away."""
        await self.line.close()

    def sent(self) -> list[bytes]:
        """What left through the account."""
        return self.google.account.sent

    def lie(self, true: bytes, false: bytes) -> None:
        """Wherever it is shown."""
        self.google.gmail.shows = lambda raw: raw.replace(true, false)

    def other_address(self, address: str) -> None:
        """The owner proved it; another one is not proved yet."""
        self.google.account.send_as = {address.title(): "accepted", "not-proved@example.com": "pending"}


@asynccontextmanager
async def gmail_bench(_: Any, __: Any) -> AsyncIterator[GmailBench]:
    """One account."""
    async with open_google() as google, line_to(google.port) as line:
        yield GmailBench(google, line)
