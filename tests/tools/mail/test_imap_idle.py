"""What a mailbox says by itself is heard at once, in whole lines, and a line that breaks is no silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from storage.values.errors import Unavailable
from tests.fakes.dovecot_server import PASSWORD as DOVECOT_PASSWORD
from tests.fakes.dovecot_server import DovecotServer
from tests.tools.mail.test_imap import MAIL
from tools.mail.imap import open_imap
from tools.mail.imap_connection import Connection, ImapServer
from tools.mail.imap_idle import heard_in
from tools.mail.mailbox import Credentials, Pushing
from tools.mail.tls import Security, context_for

SOON = 20.0


async def next_of(heard: AsyncIterator[None]) -> None:
    async with asyncio.timeout(SOON):
        await anext(heard)


@pytest.mark.needs_dovecot
async def test_a_mail_that_comes_in_is_heard(dovecot: DovecotServer) -> None:
    account = dovecot.account()
    settings = {"host": "127.0.0.1", "port": str(dovecot.port), "user": account.user}
    mailbox = await open_imap(Credentials("ana@example.org", settings, DOVECOT_PASSWORD))
    assert mailbox.abilities.pushes
    assert isinstance(mailbox, Pushing)
    async with aclosing(mailbox.news()) as heard:  # type: ignore[type-var]
        await next_of(heard)  # it listens
        account.deliver(MAIL)
        await next_of(heard)
        (arrival,) = [one async for batch in mailbox.changes(None) for one in batch.arrivals]
        await mailbox.set_flagged(arrival.key, True)
        await next_of(heard)
    await mailbox.aclose()


# What servers say that tests cannot make a real one say


@dataclass
class Script:
    """A server that knows as much IMAP as listening needs, and says while it is listened to what a test tells it."""

    before_ready: bytes = b""
    idles: int = 0
    lines: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, idles: int) -> None:
        """Waits until IDLE was asked for so often."""
        async with asyncio.timeout(SOON):
            while self.idles < idles:
                self.asked.clear()
                await self.asked.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n")
        while line := await reader.readline():
            tag, command, *_ = line.split()
            if command == b"IDLE":
                await self._idle(tag, reader, writer)
                continue
            said = {b"LIST": b'* LIST () "/" INBOX\r\n', b"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n"}
            said[b"CAPABILITY"] = b"* CAPABILITY IMAP4rev1 IDLE\r\n"
            writer.write(said.get(command, b"") + tag + b" OK done\r\n")
        writer.close()

    async def _idle(self, tag: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.idles += 1
        self.asked.set()
        writer.write(self.before_ready + b"+ idling\r\n")
        self.before_ready = b""
        done = asyncio.ensure_future(reader.readline())
        while not done.done():
            more = asyncio.ensure_future(self.lines.get())
            await asyncio.wait({done, more}, return_when=asyncio.FIRST_COMPLETED)
            if more.done() and not more.result():
                done.cancel()
                writer.transport.abort()
                return
            if more.done():
                writer.write(more.result())
                await writer.drain()
            else:
                more.cancel()
        writer.write(tag + b" OK idle ended\r\n")


@asynccontextmanager
async def listening(script: Script, renewed: float = 60) -> AsyncIterator[AsyncIterator[None]]:
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connection = Connection(
        ImapServer("127.0.0.1", port, Security.NONE, "ana", "secret", context_for({}), patience=SOON)
    )
    try:
        async with aclosing(heard_in(connection, "INBOX", renewed=renewed)) as heard:  # type: ignore[type-var]
            await next_of(heard)
            yield heard
    finally:
        connection.hang_up()
        server.close()


async def test_a_line_in_two_pieces_is_one_line() -> None:
    script = Script()
    async with listening(script) as heard:
        hearing = asyncio.ensure_future(anext(heard))  # type: ignore[arg-type]
        script.lines.put_nowait(b"* 2 EXI")
        script.lines.put_nowait(b"STS\r\n")
        async with asyncio.timeout(SOON):
            await hearing


async def test_a_sign_of_life_is_no_news() -> None:
    script = Script()
    async with listening(script) as heard:
        hearing = asyncio.ensure_future(anext(heard))  # type: ignore[arg-type]
        script.lines.put_nowait(b"* OK Still here\r\n")
        await script.until(2)
        assert not hearing.done()
        script.lines.put_nowait(b"* 2 EXPUNGE\r\n")
        async with asyncio.timeout(SOON):
            await hearing


async def test_what_comes_before_the_server_is_ready_is_heard() -> None:
    script = Script()
    async with listening(script) as heard:
        script.before_ready = b"* 7 EXISTS\r\n"
        script.lines.put_nowait(b"* OK Still here\r\n")
        await next_of(heard)
        assert script.idles == 2


async def test_it_is_asked_for_anew_before_servers_hang_up() -> None:
    script = Script()
    async with listening(script, renewed=0.05) as heard:
        hearing = asyncio.ensure_future(anext(heard))  # type: ignore[arg-type]
        await script.until(3)
        assert not hearing.done()
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def test_a_line_that_breaks_is_said() -> None:
    script = Script()
    async with listening(script) as heard:
        hearing = asyncio.ensure_future(anext(heard))  # type: ignore[arg-type]
        script.lines.put_nowait(b"")
        with pytest.raises(Unavailable):
            async with asyncio.timeout(SOON):
                await hearing
