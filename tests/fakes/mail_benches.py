"""Benches: a mailbox of each kind to test on, and the means to do things behind its back."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from tests.fakes import dovecot_server, pymap_server
from tests.fakes.dovecot_server import DovecotAccount, DovecotServer
from tests.fakes.google_bench import gmail_bench
from tests.fakes.graph import OWNER, Message
from tests.fakes.graph_server import TOKEN, GraphServer, open_graph
from tests.fakes.line import Line, line_to
from tests.fakes.post_office import PostOffice, open_post_office
from tools.mail.mailbox import Credentials
from tools.mail.tokens import Standing


class Bench(Protocol):
    """One account. Messages are counted from 0 in the order in which they came into INBOX."""

    provider: str
    credentials: Credentials

    async def deliver(self, raw: bytes) -> None:
        """A message comes in."""
        ...

    async def remove(self, number: int) -> None:
        """Somebody else deletes a message."""
        ...

    async def read_marks(self) -> list[bool]:
        """Which messages the account itself holds for read."""
        ...

    async def renumber(self) -> None:
        """What is known of the messages' numbers means nothing any more."""
        ...

    async def go_away(self) -> None:
        """The account cannot be reached any more."""
        ...

    def sent(self) -> list[bytes]:
        """What left."""
        ...

    def lie(self, true: bytes, false: bytes) -> None:
        """The copy of the next mail that leaves shows something else than what left; both are of one length."""
        ...


@dataclass
class FilesBench:
    """A maildir, as other programs deliver into it."""

    folder: Path
    provider: str = "maildir"
    _came: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        for part in ("cur", "new", "tmp"):
            (self.folder / "original" / part).mkdir(parents=True)
        paths = {"path": "original", "copy": "copy", "outgoing": "outgoing"}
        settings = {name: str(self.folder / place) for name, place in paths.items()}
        self.credentials = Credentials("ana@example.org", settings)

    async def deliver(self, raw: bytes) -> None:
        """A file in new/."""
        self._came.append(self.folder / "original" / "new" / f"{len(self._came):06}.mail")
        self._came[-1].write_bytes(raw)

    async def remove(self, number: int) -> None:
        """The file goes."""
        self._came.pop(number).unlink()

    async def read_marks(self) -> list[bool]:
        """By the places and names of the files."""
        return [not path.exists() for path in self._came]

    async def renumber(self) -> None:
        """The working copy is lost."""
        shutil.rmtree(self.folder / "copy")

    async def go_away(self) -> None:
        """As a disk that is not mounted."""
        (self.folder / "original").rename(self.folder / "elsewhere")

    def sent(self) -> list[bytes]:
        """The outgoing folder."""
        return [path.read_bytes() for path in sorted((self.folder / "outgoing").glob("*"))]

    def lie(self, true: bytes, false: bytes) -> None:
        """There is nobody who could."""
        raise NotImplementedError


@dataclass
class PymapBench:
    """An IMAP server without keywords, and an SMTP server."""

    server: pymap_server.PymapServer
    line: Line
    office: PostOffice
    provider: str = "imap"

    def __post_init__(self) -> None:
        self.office.password = pymap_server.PASSWORD
        self.credentials = _imap(pymap_server.USER, self.line, self.office, pymap_server.PASSWORD)

    async def deliver(self, raw: bytes) -> None:
        """Into the server's memory."""
        await self.server.deliver(raw)

    async def remove(self, number: int) -> None:
        """Out of the server's memory."""
        await self.server.remove(number)

    async def read_marks(self) -> list[bool]:
        """By the server's flags."""
        messages = await self.server.messages()
        return [any(bytes(flag) == b"\\Seen" for flag in messages[uid].permanent_flags) for uid in sorted(messages)]

    async def renumber(self) -> None:
        """A new UIDVALIDITY."""
        await self.server.renumber()
        self.line.cut()

    async def go_away(self) -> None:
        """The line is taken away."""
        await self.line.close()

    def sent(self) -> list[bytes]:
        """The office's letters."""
        return [letter.content for letter in self.office.letters]

    def lie(self, true: bytes, false: bytes) -> None:
        """On the way from the server."""
        self.line.rewrite = lambda said: said.replace(true, false)


@dataclass
class DovecotBench:
    """An IMAP server with everything, and an SMTP server."""

    account: DovecotAccount
    line: Line
    office: PostOffice
    provider: str = "imap"

    def __post_init__(self) -> None:
        self.office.password = dovecot_server.PASSWORD
        self.credentials = _imap(self.account.user, self.line, self.office, dovecot_server.PASSWORD)

    async def deliver(self, raw: bytes) -> None:
        """A file in new/, as Dovecot's own delivery does."""
        self.account.deliver(raw)

    async def remove(self, number: int) -> None:
        """The file goes."""
        self.account.files()[number].unlink()

    async def read_marks(self) -> list[bool]:
        """By the names of the files."""
        return ["S" in path.name.rpartition(":2,")[2] for path in self.account.files() if ":2," in path.name]

    async def renumber(self) -> None:
        """A new UIDVALIDITY."""
        self.account.renumber()
        self.line.cut()

    async def go_away(self) -> None:
        """The line is taken away."""
        await self.line.close()

    def sent(self) -> list[bytes]:
        """The office's letters."""
        return [letter.content for letter in self.office.letters]

    def lie(self, true: bytes, false: bytes) -> None:
        """On the way from the server."""
        self.line.rewrite = lambda said: said.replace(true, false)


@dataclass
class OutlookBench:
    """A mailbox of Microsoft Graph."""

    server: GraphServer
    line: Line
    provider: str = "outlook"
    _came: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.port = self.line.port
        self.credentials = Credentials(OWNER, {"base_url": self.server.base_url}, tokens=Standing(TOKEN))

    async def deliver(self, raw: bytes) -> None:
        """Into the server's memory."""
        self._came.append(self.server.account.add(raw, "inbox"))

    async def remove(self, number: int) -> None:
        """For good."""
        self.server.account.remove(self._came.pop(number))

    async def read_marks(self) -> list[bool]:
        """By the messages."""
        return [message.is_read for message in self._came]

    async def renumber(self) -> None:
        """The mailbox is brought elsewhere, with other ids for everything."""
        self.server.account.make_anew()

    async def go_away(self) -> None:
        """The line is taken away."""
        await self.line.close()

    def sent(self) -> list[bytes]:
        """What `send` took."""
        return [message.raw for message in self.server.requests.left]

    def lie(self, true: bytes, false: bytes) -> None:
        """Once it is sent."""

        def change(request: str) -> None:
            if request.endswith("/send"):
                message = self.server.requests.left[-1]
                message.raw = message.raw.replace(true, false)

        self.server.meanwhile = change

    def other_address(self, address: str) -> None:
        """Exchange takes mail in for it."""
        self.server.requests.proxy_addresses.append(f"smtp:{address.title()}")


def _imap(user: str, line: Line, office: PostOffice, password: str) -> Credentials:
    settings = {
        "host": "127.0.0.1",
        "port": str(line.port),
        "user": user,
        "smtp_host": "127.0.0.1",
        "smtp_port": str(office.port),
    }
    return Credentials("ana@example.org", settings, password)


@asynccontextmanager
async def _files(tmp_path: Path, _: DovecotServer | None) -> AsyncIterator[Bench]:
    yield FilesBench(tmp_path)


@asynccontextmanager
async def _pymap(_: Path, __: DovecotServer | None) -> AsyncIterator[Bench]:
    async with pymap_server.open_pymap() as server, line_to(server.port) as line, open_post_office() as office:
        yield PymapBench(server, line, office)


@asynccontextmanager
async def _outlook(_: Path, __: DovecotServer | None) -> AsyncIterator[Bench]:
    async with open_graph() as server, line_to(server.port) as line:
        yield OutlookBench(server, line)


@asynccontextmanager
async def _dovecot(_: Path, server: DovecotServer | None) -> AsyncIterator[Bench]:
    if server is None:
        pytest.skip(dovecot_server.MISSING)
    async with line_to(server.port) as line, open_post_office() as office:
        yield DovecotBench(server.account(), line, office)


Opener = Callable[[Path, DovecotServer | None], AbstractAsyncContextManager[Bench]]
BENCHES: dict[str, tuple[str, Opener]] = {
    "files": ("maildir", _files),
    "pymap": ("imap", _pymap),
    "dovecot": ("imap", _dovecot),
    "gmail": ("gmail", gmail_bench),
    "outlook": ("outlook", _outlook),
}
"""Name -> the provider that is tested on it, and how it is opened."""
