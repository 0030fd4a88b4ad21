"""PymapServer: a real IMAP server (pymap) in this process. It keeps no keywords and says so."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # its passlib looks for the old module crypt
    from pymap.backend.dict import Config, DictBackend
    from pymap.imap import IMAPServer
    from pymap.parsing.message import AppendMessage

USER, PASSWORD = "ana@example.org", "pass word"


class PymapServer:
    """One account, and what happens to it behind the client's back."""

    def __init__(self, config: Config, port: int) -> None:
        self.port = port
        self._config = config

    async def folder(self, name: str = "INBOX") -> Any:
        """The server's own data of a folder."""
        mailboxes, _ = self._config.set_cache[USER]
        return await mailboxes.get_mailbox(name)

    async def deliver(self, raw: bytes, name: str = "INBOX") -> None:
        """A message comes in."""
        await (await self.folder(name)).append(AppendMessage(raw, datetime.now(UTC), frozenset()))

    async def messages(self, name: str = "INBOX") -> dict[int, Any]:
        """UID -> the server's own data of a message."""
        return dict((await self.folder(name))._messages)

    async def remove(self, number: int) -> None:
        """Somebody deletes the message of this number in INBOX, counted from 0."""
        folder = await self.folder()
        await folder.delete([sorted(folder._messages)[number]])

    async def renumber(self) -> None:
        """INBOX gets another UIDVALIDITY."""
        folder = await self.folder()
        folder._uid_validity += 1


@asynccontextmanager
async def open_pymap(context: ssl.SSLContext | None = None, *, whole: bool = False) -> AsyncIterator[PymapServer]:
    """A server on a free port, with an empty account; with a context it asks for STARTTLS, or (`whole`) speaks TLS from
    the first byte."""
    args = Namespace(
        demo_data=False, demo_user=USER, demo_password=PASSWORD, host="127.0.0.1", port=0, debug=False, cert=None, key=None,
        passlib_cfg=None, tls=bool(context and not whole), proxy_protocol=None, inherited_sockets=None,
    )  # fmt: skip
    backend, config = await DictBackend.init(args, invalid_user_sleep=0, ssl_context=context)
    config.apply_context()
    callback = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    server = await asyncio.start_server(callback, "127.0.0.1", 0, ssl=context if whole else None)
    pymap = PymapServer(config, server.sockets[0].getsockname()[1])
    identity = backend.login.demo_user_identity
    async with identity.new_session():  # makes the account
        pass
    try:
        yield pymap
    finally:
        server.close()
