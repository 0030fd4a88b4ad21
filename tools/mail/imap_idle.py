"""Hearing at once what happens in an IMAP folder: the command IDLE (RFC 2177), on a line of its own.

imapclient's own `idle_check` breaks where a line comes in two pieces, and its `idle` where an answer comes before the
server is ready. Here a thread reads whole lines only, and waiting for the first byte takes no thread at all.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

from imapclient.exceptions import IMAPClientAbortError

from tools.mail.imap_connection import Connection
from tools.mail.imap_session import Session

RENEWED = 25 * 60.0
"""Seconds until IDLE is asked for anew: servers may hang up after 30 minutes (RFC 2177 says 29 at most)."""


async def heard_in(connection: Connection, folder: str, *, renewed: float = RENEWED) -> AsyncIterator[None]:
    """Yields when it listens, and then whenever something happened in the folder. The connection is used for nothing else.
    Unavailable or NeedsPerson when it breaks."""
    heard = True
    while True:
        line, more = await connection.attempt(lambda session: _begin(session, folder))
        if heard or more:
            yield
        await _first_byte(line, renewed)
        heard = await connection.attempt(_end)


async def _first_byte(line: int, seconds: float) -> None:
    """Waits until the server says something, at most so long."""
    loop = asyncio.get_running_loop()
    there = asyncio.Event()
    loop.add_reader(line, there.set)
    try:
        async with asyncio.timeout(seconds):
            await there.wait()
    except TimeoutError:
        return
    finally:
        loop.remove_reader(line)


def _begin(session: Session, folder: str) -> tuple[int, bool]:
    """Asks for IDLE. Gives the line's number, and whether something happened before the server was ready."""
    if session.folder != folder:
        session.look_at(folder)
    imap = session.client._imap
    for kind in ("EXISTS", "EXPUNGE", "FETCH"):
        imap.untagged_responses.pop(kind, None)
    tag = session.client._idle_tag = imap._command("IDLE")
    while imap._get_response() is not None:  # None: the server is ready; the others were kept by kind
        if imap.tagged_commands.get(tag):
            raise IMAPClientAbortError("IDLE was refused")
    happened = any(imap.untagged_responses.get(kind) for kind in ("EXISTS", "EXPUNGE", "FETCH"))
    return session.client.socket().fileno(), happened or _more_was_read(session.client)


def _more_was_read(client: Any) -> bool:
    """Whether something came together with the server's readiness: it is read already, so the line stays silent about it."""
    line = client.socket()
    patience = line.gettimeout()
    line.settimeout(0)
    try:
        return bool(client._imap.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        line.settimeout(patience)


def _end(session: Session) -> bool:
    """Ends IDLE. Tells whether something happened, which a mere sign of life is not."""
    _, told = session.client.idle_done()
    return any(_is_news(one) for one in told)


def _is_news(told: Any) -> bool:
    return bool(told) and (isinstance(told[0], int) or told[0] == b"VANISHED")
