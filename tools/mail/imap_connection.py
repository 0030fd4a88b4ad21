"""One connection to an IMAP server: opened safely, used by one at a time, made anew when it breaks."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.mail.imap_session import Session
from tools.mail.tls import Security, is_this_machine, unencrypted, untrusted
from tools.mail.tokens import Tokens

T = TypeVar("T")

_BUSY = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""Answers that mean "later" (RFC 5530)."""


@dataclass(frozen=True)
class ImapServer:
    """Where to connect, as whom."""

    host: str
    port: int
    security: Security
    user: str
    secret: str
    context: ssl.SSLContext
    patience: float
    """Seconds to wait for an answer."""
    tokens: Tokens | None = None
    """Where access tokens come from, which take the place of the password."""

    def __repr__(self) -> str:
        return f"ImapServer({self.user!r} at {self.name})"

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"


class _TokenRejected(NeedsPerson):
    """The access token is not taken; a new one may be."""


class Connection:
    """Runs work on the server in a thread. Work is a function of a `Session`; it raises Refused, Unavailable or
    NeedsPerson, and nothing of the libraries gets out."""

    def __init__(self, server: ImapServer) -> None:
        self.server = server
        self._turn = asyncio.Lock()
        # A cancelled task lets go of its turn while its thread still works, hence a second lock inside the thread.
        self._in_use = threading.Lock()
        self._session: Session | None = None
        self._token = ""

    async def run(self, work: Callable[[Session], T], *, again: bool = True) -> T:
        """Does the work. `again`: it may be done twice, so it is when the connection turns out to be broken; other work
        is done on a connection that has just answered."""
        async with self._turn:
            return await self._with_token(lambda: self._run(work, again))

    async def attempt(self, work: Callable[[Session], T]) -> T:
        """Does the work on the connection as it is, once: for work that goes on from what was done on it before."""
        async with self._turn:
            return await self._with_token(lambda: self._attempt_alone(work))

    async def aclose(self) -> None:
        """Says goodbye, if the server still listens."""
        async with self._turn:
            await asyncio.to_thread(self._leave)

    async def _with_token(self, work: Callable[[], T]) -> T:
        """Does it in a thread, with an access token at hand where one is needed; once more when the server takes it for
        old."""
        tokens = self.server.tokens
        if tokens is None:
            return await asyncio.to_thread(work)
        if self._session is None:
            self._token = await tokens.access()
        try:
            return await asyncio.to_thread(work)
        except _TokenRejected:
            await tokens.rejected(self._token)
            self._token = await tokens.access()
            return await asyncio.to_thread(work)

    def _run(self, work: Callable[[Session], T], again: bool) -> T:
        with self._in_use:
            try:
                if self._session and not again:
                    self._session.client.noop()
            except (IMAPClientError, OSError):
                self._drop()
            fresh = self._session is None
            try:
                return self._attempt(work)
            except Unavailable:
                if fresh or not again:
                    raise
                return self._attempt(work)

    def _attempt_alone(self, work: Callable[[Session], T]) -> T:
        with self._in_use:
            return self._attempt(work)

    def _attempt(self, work: Callable[[Session], T]) -> T:
        if self._session is None:
            self._session = self._connect()
        try:
            return work(self._session)
        except (IMAPClientAbortError, OSError) as problem:
            self._drop()
            raise self._away() from problem
        except IMAPClientError as problem:
            raise self._declined(problem) from problem

    def _connect(self) -> Session:
        try:
            client = self._greet()
        except ssl.SSLCertVerificationError as problem:
            raise untrusted(self.server.name) from problem
        except (IMAPClientError, OSError) as problem:
            raise self._away() from problem
        try:
            self._secure(client)
            self._log_in(client)
            return Session(client)
        except (IMAPClientError, OSError, Refused, Unavailable, NeedsPerson) as problem:
            _close(client)
            if isinstance(problem, ssl.SSLCertVerificationError):
                raise untrusted(self.server.name) from problem
            if isinstance(problem, IMAPClientError | OSError):
                raise self._away() from problem
            raise

    def _greet(self) -> Any:
        server = self.server
        client = IMAPClient(
            server.host,
            server.port,
            ssl=server.security is Security.TLS,
            ssl_context=server.context if server.security is Security.TLS else None,
            timeout=SocketTimeout(min(15, server.patience), server.patience),
        )
        # Small packets wait for each other otherwise, 45 ms a command against some servers.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def _secure(self, client: Any) -> None:
        server = self.server
        if server.security in (Security.TLS, Security.NONE):
            return
        if client.has_capability("STARTTLS"):
            client.starttls(server.context)
        elif server.security is Security.STARTTLS or not is_this_machine(server.host):
            raise unencrypted(server.name)

    def _log_in(self, client: Any) -> None:
        server = self.server
        try:
            if server.tokens and client.has_capability("AUTH=OAUTHBEARER"):
                client.oauthbearer_login(server.user, self._token)
            elif server.tokens:
                client.oauth2_login(server.user, self._token)
            elif client.has_capability("AUTH=PLAIN"):
                client.plain_login(server.user, server.secret)  # the only way for passwords that are not ASCII
            else:
                quoted = server.user.replace("\\", "\\\\").replace('"', '\\"')
                client.login(f'"{quoted}"', server.secret)
        except LoginError as problem:
            lost = isinstance(problem.__context__, IMAPClientAbortError)
            if lost or any(code in str(problem) for code in _BUSY):
                raise self._away() from None
            # The cause is left out, since a server may repeat what it was told.
            if server.tokens:
                raise _TokenRejected(
                    f"The mail server {server.name} does not accept {server.user}'s access any more: link the account again."
                ) from None
            raise NeedsPerson(
                f"The mail server {server.name} does not accept the password of {server.user}: link the account again "
                "with the right one."
            ) from None
        except UnicodeEncodeError:
            raise NeedsPerson(
                f"The mail server {server.name} takes only plain letters in passwords: change the password there."
            ) from None

    def _away(self) -> Unavailable:
        return Unavailable(f"The mail server {self.server.name} does not answer: try again in a few minutes.")

    def _declined(self, problem: IMAPClientError) -> Refused | Unavailable:
        text = str(problem)
        if any(code in text for code in _BUSY):
            return Unavailable(f"The mail server {self.server.name} is busy: try again in a few minutes.")
        if any(secret and secret in text for secret in (self.server.secret, self._token)):
            text = "no reason given"
        return Refused(f"The mail server {self.server.name} refused: {text[:200]}.")

    def _drop(self) -> None:
        if self._session:
            _close(self._session.client)
            self._session = None

    def hang_up(self) -> None:
        """Ends the connection at once, without a word."""
        with self._in_use:
            self._drop()

    def _leave(self) -> None:
        with self._in_use:
            try:
                if self._session:
                    self._session.client.logout()
                    self._session = None
            except (IMAPClientError, OSError):
                self._drop()


def _close(client: Any) -> None:
    try:
        client.shutdown()
    except (IMAPClientError, OSError):  # it is closed already
        return
