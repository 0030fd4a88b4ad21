"""Handing a mail over to an SMTP server, so that it is always known what an error means for the mail.

The server takes responsibility when it answers the dot that ends the message (RFC 5321, 4.2.5). Hence:

    before the dot was given to the network     any error: surely not sent (Refused or Unavailable)
    after that, and an answer came              250: sent; 4xx: Unavailable; 5xx: Refused
    after that, and no answer came              Unsure
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)
from aiosmtplib.protocol import SMTPProtocol, normalize_message_line_endings
from aiosmtplib.response import SMTPResponse

from storage.values.errors import NeedsPerson, Refused, Unavailable, Unsure
from tools.mail.envelope import ascii_address
from tools.mail.mailbox import Credentials
from tools.mail.tls import Security, is_this_machine, unencrypted, untrusted
from tools.mail.tokens import Tokens

_COMMAND_PATIENCE = 300.0
"""Seconds for the answer to a command (RFC 5321, 4.5.3.2.1 to 4.5.3.2.3)."""
_DOT_PATIENCE = 600.0
"""Seconds for the answer to the dot (4.5.3.2.6); who waits less makes doubles."""
_PIECE = 64 * 1024


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over, as whom."""

    host: str
    port: int
    security: Security
    user: str
    secret: str
    context: ssl.SSLContext
    patience: float = _COMMAND_PATIENCE
    dot_patience: float = _DOT_PATIENCE
    tokens: Tokens | None = None
    """Where access tokens come from, which take the place of the password."""

    @classmethod
    def of(cls, credentials: Credentials, context: ssl.SSLContext) -> SmtpServer | None:
        """The server that an account names; None when it names none."""
        settings = credentials.settings
        if not settings.get("smtp_host"):
            return None
        return cls(
            settings["smtp_host"],
            int(settings["smtp_port"]),
            Security(settings.get("smtp_tls", Security.AUTO)),
            settings.get("user", credentials.address),
            credentials.secret,
            context,
            float(settings.get("patience", _COMMAND_PATIENCE)),
            float(settings.get("patience", _DOT_PATIENCE)),
            credentials.tokens,
        )

    def __repr__(self) -> str:
        return f"SmtpServer({self.user!r} at {self.name})"

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"


async def hand_over(server: SmtpServer, message: bytes, sender: str, recipients: Sequence[str]) -> None:
    """Hands the message over, to all recipients or to nobody.

    Refused, Unavailable, NeedsPerson: surely not sent. Unsure: the line was lost after the last byte."""
    if not recipients:
        raise Refused("This mail has nobody to go to: give it a recipient.")
    sender, *recipients = [ascii_address(address) for address in (sender, *recipients)]
    async with _connected(server) as client:
        with _surely_not_sent(server):
            await _envelope(client, message, sender, recipients)
            writer = await _data(client)
            answering = await _write(writer, message, client)
        await _dot(writer, answering, server)
        # The mail is out: whatever happens while saying goodbye changes nothing.
        with contextlib.suppress(SMTPException, OSError):
            await client.quit(timeout=5)


async def try_out(server: SmtpServer) -> None:
    """Signs in and goes. Raises what `hand_over` raises before it hands anything over."""
    async with _connected(server) as client:
        with contextlib.suppress(SMTPException, OSError):
            await client.quit(timeout=5)


@asynccontextmanager
async def _connected(server: SmtpServer) -> AsyncIterator[SMTP]:
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=server.context,
        timeout=server.patience,
        local_hostname="localhost",  # asking for our own name would ask a name server
    )
    try:
        with _surely_not_sent(server):
            await client.connect(timeout=min(30, server.patience))
            await client.ehlo()
            await _secure(client, server)
            await _log_in(client, server)
        yield client
    finally:
        client.close()


async def _secure(client: SMTP, server: SmtpServer) -> None:
    if server.security in (Security.TLS, Security.NONE):
        return
    if client.supports_extension("starttls"):
        await client.starttls(server_hostname=server.host)
        await client.ehlo()
    elif server.security is Security.STARTTLS or not is_this_machine(server.host):
        raise unencrypted(server.name)


async def _log_in(client: SMTP, server: SmtpServer) -> None:
    if server.tokens is not None:
        await _log_in_by_token(client, server, server.tokens)
        return
    if not (server.secret and client.supports_extension("auth")):
        return  # a server that knows us otherwise; it says so itself if it does not
    try:
        await client.login(server.user, server.secret)
    except SMTPAuthenticationError as problem:
        if 400 <= problem.code < 500:
            raise Unavailable(f"The mail server {server.name} cannot check passwords now: try again later.") from None
        # The cause is left out, since a server may repeat what it was told.
        raise NeedsPerson(
            f"The mail server {server.name} does not accept the password of {server.user}, so nothing was sent: link "
            "the account again with the right one."
        ) from None


async def _log_in_by_token(client: SMTP, server: SmtpServer, tokens: Tokens) -> None:
    """Signs in by XOAUTH2; once more with a new token when the server takes the first for old."""
    for last in (False, True):
        token = await tokens.access()
        try:
            await client.auth_xoauth2(server.user, token)
        except SMTPAuthenticationError as problem:
            if 400 <= problem.code < 500:
                raise Unavailable(f"The mail server {server.name} cannot check access now: try again later.") from None
            await tokens.rejected(token)
            if last:  # the cause is left out, since a server may repeat what it was told
                raise NeedsPerson(
                    f"The mail server {server.name} does not accept {server.user}'s access any more, so nothing was sent: "
                    "link the account again."
                ) from None
        else:
            return


async def _envelope(client: SMTP, message: bytes, sender: str, recipients: Sequence[str]) -> None:
    options = [f"SIZE={len(message)}"] if client.supports_extension("size") else []
    if not message.isascii():
        if not client.supports_extension("8bitmime"):
            raise Refused("The mail server takes only plain letters, and this mail has others: write it anew.")
        options.append("BODY=8BITMIME")
    await client.mail(sender, options=options)
    refused: list[SMTPRecipientRefused] = []
    for recipient in recipients:
        try:
            await client.rcpt(recipient)
        except SMTPRecipientRefused as problem:
            refused.append(problem)
    if refused:
        await client.rset()
        raise _unwanted(refused)


def _unwanted(refused: Sequence[SMTPRecipientRefused]) -> Refused | Unavailable:
    names = ", ".join(problem.recipient for problem in refused)
    reason = _said(refused[0].code, refused[0].message)
    if any(problem.code >= 500 for problem in refused):
        return Refused(f"The mail server takes no mail for {names} ({reason}), so nobody got it: correct the address.")
    return Unavailable(f"The mail server takes no mail for {names} now ({reason}), so nobody got it: try again later.")


# DATA in steps: aiosmtplib's own writes the message and its dot in one go, so that an error would not tell which of
# them had left.


async def _data(client: SMTP) -> asyncio.StreamWriter:
    answer = await client.execute_command(b"DATA")
    if answer.code != 354:
        raise SMTPResponseException(answer.code, answer.message)
    transport, protocol = cast(asyncio.WriteTransport, client.transport), cast(SMTPProtocol, client.protocol)
    transport.set_write_buffer_limits(0)  # so that `drain` waits until nothing is left
    return asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())


async def _write(writer: asyncio.StreamWriter, message: bytes, client: SMTP) -> asyncio.Future[SMTPResponse]:
    """Writes all but the final dot and sees it off. Returns the answer to come; one before the dot is a refusal."""
    answering = asyncio.ensure_future(cast(SMTPProtocol, client.protocol).read_response())
    answering.add_done_callback(lambda done: done.cancelled() or done.exception())  # it may come when nobody waits
    text = re.sub(rb"(?m)^\.", b"..", normalize_message_line_endings(message))
    try:
        for begin in range(0, len(text), _PIECE):
            writer.write(text[begin : begin + _PIECE])
            await asyncio.wait_for(writer.drain(), client.timeout)
            if answering.done():
                answer = answering.result()
                raise SMTPResponseException(answer.code, answer.message)
    except BaseException:
        answering.cancel()
        raise
    return answering


async def _dot(writer: asyncio.StreamWriter, answering: asyncio.Future[SMTPResponse], server: SmtpServer) -> None:
    writer.write(b".\r\n")
    try:
        answer = await asyncio.wait_for(answering, server.dot_patience)
    except (SMTPException, OSError) as problem:
        raise Unsure(
            f"The line to {server.name} broke after the mail was handed over, so it may have been sent or not: look "
            "into Sent before sending it again."
        ) from problem
    if not 200 <= answer.code < 300:
        raise _by_code(server, answer.code, answer.message)


@contextlib.contextmanager
def _surely_not_sent(server: SmtpServer) -> Iterator[None]:
    """Turns what goes wrong before the dot into our own errors."""
    try:
        yield
    except ssl.SSLCertVerificationError as problem:
        raise untrusted(server.name) from problem
    except SMTPResponseException as problem:
        raise _by_code(server, problem.code, problem.message) from problem
    except (SMTPException, OSError) as problem:
        if isinstance(problem.__cause__, ssl.SSLCertVerificationError):
            raise untrusted(server.name) from problem
        raise Unavailable(
            f"The mail server {server.name} does not answer, so nothing was sent: try again in a few minutes."
        ) from problem


def _by_code(server: SmtpServer, code: int, text: str) -> Refused | Unavailable:
    if 500 <= code < 600:
        return Refused(f"The mail server {server.name} refused the mail, so it was not sent: {_said(code, text)}.")
    return Unavailable(
        f"The mail server {server.name} cannot take the mail now, so it was not sent: {_said(code, text)}."
    )


def _said(code: int, text: str) -> str:
    return f"{code} {' '.join(text.split())[:200]}".rstrip(" .")
