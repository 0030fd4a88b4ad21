"""DovecotServer: Debian's Dovecot with accounts to deliver to: keywords, UIDPLUS, MOVE, SPECIAL-USE, all there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from bot.bench import dovecot
from bot.bench.dovecot import PASSWORD, Dovecot, dovecot_is_here

__all__ = ["MISSING", "PASSWORD", "DovecotAccount", "DovecotServer", "dovecot_is_here", "open_dovecot"]

MISSING = "DOVECOT IS NOT INSTALLED: apt-get install dovecot-imapd, or IMAP keywords stay untested"


class DovecotServer:
    """A server with as many accounts as one asks for, each empty at first."""

    def __init__(self, running: Dovecot) -> None:
        self._running = running
        self.base, self.port = running.base, running.port
        self._numbers = count(1)

    def account(self) -> DovecotAccount:
        """A new account."""
        return DovecotAccount(f"ana{next(self._numbers)}", self._running)


class DovecotAccount:
    """One account's maildir, and what happens to it behind the client's back."""

    def __init__(self, user: str, running: Dovecot) -> None:
        self.user, self._running = user, running
        self._folder = running.maildir(user)
        self._numbers = count(1)

    def deliver(self, raw: bytes) -> None:
        """A message comes in."""
        self._running.deliver(self._folder, f"{next(self._numbers):06}.mail", raw)

    def files(self) -> list[Path]:
        """The messages of INBOX, in order of arrival."""
        return sorted([*self._folder.glob("cur/*"), *self._folder.glob("new/*")], key=lambda path: path.name)

    def renumber(self) -> None:
        """INBOX gets another UIDVALIDITY."""
        uids = self._folder / "dovecot-uidlist"
        uids.write_text(re.sub(r"\bV(\d+)", lambda old: f"V{int(old[1]) + 1}", uids.read_text(), count=1))


@asynccontextmanager
async def open_dovecot() -> AsyncIterator[DovecotServer]:
    """The server, gone with all its mail at the end."""
    async with dovecot.open_dovecot() as running:
        yield DovecotServer(running)
