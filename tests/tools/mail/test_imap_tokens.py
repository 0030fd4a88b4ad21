"""Servers that take access tokens: OAUTHBEARER or XOAUTH2 to read, XOAUTH2 to send, and a new token when one grew old."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from storage.values.errors import NeedsPerson
from tests.fakes.post_office import PostOffice
from tools.mail.imap import open_imap
from tools.mail.mailbox import Credentials
from tools.mail.smtp import SmtpServer, hand_over
from tools.mail.tls import context_for

LETTER = b"From: ana@example.org\r\nSubject: y\r\nMessage-ID: <2@example.org>\r\n\r\nhello\r\n"


@dataclass
class Renewed:
    """Tokens of which each is newer than the one that was rejected."""

    given: list[str] = field(default_factory=lambda: ["old-token", "new-token"])
    rejections: list[str] = field(default_factory=list)

    async def access(self) -> str:
        return self.given[0]

    async def rejected(self, token: str) -> None:
        self.rejections.append(token)
        if len(self.given) > 1:
            self.given.pop(0)


@dataclass
class Server:
    """An IMAP server that knows tokens and an empty INBOX."""

    mechanism: bytes
    takes: str = "new-token"
    shown: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=%b] ready\r\n" % self.mechanism)
        while line := await reader.readline():
            tag, command, *_ = line.split()
            if command == b"AUTHENTICATE":
                writer.write(b"+ \r\n")
                self.shown.append(base64.b64decode(await reader.readline()))
                right = f"auth=Bearer {self.takes}\x01".encode() in self.shown[-1]
                writer.write(tag + (b" OK in\r\n" if right else b" NO [AUTHENTICATIONFAILED] old-token is too old\r\n"))
                continue
            said = {b"LIST": b'* LIST () "/" INBOX\r\n', b"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n"}
            said[b"CAPABILITY"] = b"* CAPABILITY IMAP4rev1 AUTH=%b\r\n" % self.mechanism
            writer.write(said.get(command, b"") + tag + b" OK done\r\n")
        writer.close()


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[dict[str, str]]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    try:
        yield {"host": "127.0.0.1", "port": str(listening.sockets[0].getsockname()[1]), "tls": "none"}
    finally:
        listening.close()


@pytest.mark.parametrize(("mechanism", "begins"), [(b"XOAUTH2", b"user=ana@"), (b"OAUTHBEARER", b"n,a=ana@")])
async def test_a_token_opens_the_mailbox_and_an_old_one_is_renewed(mechanism: bytes, begins: bytes) -> None:
    server, tokens = Server(mechanism), Renewed()
    async with serving(server) as settings:
        mailbox = await open_imap(Credentials("ana@example.org", settings, tokens=tokens))
        await mailbox.aclose()
    assert tokens.rejections == ["old-token"]
    assert [shown.startswith(begins) for shown in server.shown] == [True, True]


async def test_when_no_token_is_taken_a_person_is_needed_and_none_is_shown() -> None:
    server = Server(b"XOAUTH2", takes="another")
    async with serving(server) as settings:
        with pytest.raises(NeedsPerson) as trouble:
            await open_imap(Credentials("ana@example.org", settings, tokens=Renewed()))
    assert "token" not in str(trouble.value)


async def test_mail_is_handed_over_with_a_token(post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    async def auth_xoauth2(office: Any, smtp: Any, args: list[str]) -> AuthResult:
        return AuthResult(success=b"auth=Bearer new-token\x01" in base64.b64decode(args[1]), handled=False)

    monkeypatch.setattr(PostOffice, "auth_XOAUTH2", auth_xoauth2, raising=False)
    settings = {"smtp_host": "127.0.0.1", "smtp_port": str(post_office.port), "smtp_tls": "none"}
    tokens = Renewed()
    server = SmtpServer.of(Credentials("ana@example.org", settings, tokens=tokens), context_for(settings))
    assert server
    await hand_over(server, LETTER, "ana@example.org", ["ben@example.com"])
    assert [one.content for one in post_office.letters] == [LETTER]
    assert tokens.rejections == ["old-token"]
    tokens.given[:] = ["stale"]
    with pytest.raises(NeedsPerson, match="nothing was sent"):
        await hand_over(server, LETTER, "ana@example.org", ["ben@example.com"])
