"""PostOffice: a real SMTP server (aiosmtpd) that does as a test tells it, down to the moment at which the line breaks."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Break(StrEnum):
    """The moments of a send at which the line breaks."""

    GREETING = auto()
    LOGIN = auto()
    RECIPIENT = auto()
    BEFORE_DATA = auto()
    """When DATA is said, before it is answered."""
    INSIDE_DATA = auto()
    """When a line of the message is there, before the dot."""
    AFTER_DOT = auto()
    """The message is taken, and the line breaks before the 250."""
    AFTER_250 = auto()
    """The message is taken and the 250 is on its way; then the line breaks."""


@dataclass(frozen=True)
class Letter:
    """A message that the office took responsibility for."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class PostOffice:
    """What the server does, and what it got."""

    port: int = 0
    password: str = "pass word"
    letters: list[Letter] = field(default_factory=list)
    breaks: Break | None = None
    stalls: Break | None = None
    """The moment (GREETING, BEFORE_DATA or INSIDE_DATA) from which on the server says nothing more."""
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when that moment has come."""
    answers: dict[str, str] = field(default_factory=dict)
    """A recipient's address, `MAIL`, `DATA` or `AUTH` -> what is answered instead of a yes."""
    early: str = ""
    """Said in the middle of the message; then the line is closed."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a whole message is there."""
    hold: asyncio.Event | None = None
    """The dot is answered when this is set."""
    resets: int = 0

    async def handle_MAIL(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook."""
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook."""
        if self.breaks is Break.RECIPIENT:
            server.transport.abort()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server: Any, session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook."""
        self.resets += 1
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook: the message is there, with its dot."""
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        self.letters.append(Letter(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content))
        self.arrived.set()
        if self.hold:
            await self.hold.wait()
        if self.breaks is Break.AFTER_DOT:
            server.transport.abort()
        if self.breaks is Break.AFTER_250:
            await server.push("250 OK")
            server.transport.close()
        return "250 OK"

    def check(self, server: Any, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        """aiosmtpd's authenticator."""
        if self.breaks is Break.LOGIN:
            server.transport.abort()
        if "AUTH" in self.answers:
            return AuthResult(success=False, handled=False, message=self.answers["AUTH"])
        right = isinstance(login, LoginPassword) and login.password == self.password.encode()
        return AuthResult(success=right, handled=False)  # handled=True would leave the client without an answer


class _Server(SMTP):
    """aiosmtpd with the breaks that its hooks do not reach."""

    def __init__(self, office: PostOffice, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext | None) -> None:
        self.office = office
        super().__init__(
            office,
            hostname="localhost",
            loop=loop,
            authenticator=office.check,
            auth_require_tls=False,
            tls_context=context,
        )

    async def _handle_client(self) -> None:
        if self.office.breaks is Break.GREETING:
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            return
        if self.office.stalls is Break.GREETING:
            await self._stall()
        await super()._handle_client()

    async def _stall(self) -> None:
        self.office.stalled.set()
        await self._reader.read()  # until the client goes
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()

    async def smtp_DATA(self, arg: str) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        if self.office.breaks is Break.BEFORE_DATA:
            self.transport.abort()
        elif self.office.stalls is Break.BEFORE_DATA:
            await self._stall()
        elif self.office.stalls is Break.INSIDE_DATA:
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            await self._stall()
        elif self.office.breaks is Break.INSIDE_DATA or self.office.early:
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            if self.office.early:
                await self.push(self.office.early)
                self.transport.close()
            else:
                self.transport.abort()
        else:
            await super().smtp_DATA(arg)


@asynccontextmanager
async def open_post_office(context: ssl.SSLContext | None = None, *, whole: bool = False) -> AsyncIterator[PostOffice]:
    """An office on a free port; with a context it offers STARTTLS, or (`whole`) speaks TLS from the first byte."""
    office = PostOffice()
    loop = asyncio.get_running_loop()
    connections: list[_Server] = []

    def connection() -> _Server:
        connections.append(_Server(office, loop, None if whole else context))
        return connections[-1]

    server = await loop.create_server(connection, "127.0.0.1", 0, ssl=context if whole else None)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        for one in connections:
            if isinstance(one.transport, asyncio.Transport):
                one.transport.abort()
