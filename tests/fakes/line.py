"""Line: a TCP line to a server that a test can cut or take away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Line:
    """Listens on a free port of this machine and passes everything on to the server behind it."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self.calls = 0
        """How often somebody connected."""
        self.rewrite: Callable[[bytes], bytes] = lambda answer: answer
        """What becomes of the server's answers on the way."""
        self.holds = b""
        """Words of the client that do not get through, nor anything after them; `held` tells that they came."""
        self.held = asyncio.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self, port: int = 0) -> None:
        """Begins to listen, on a free port unless one is named."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port)

    def cut(self) -> None:
        """Breaks the connections that there are; new ones are welcome."""
        for end in list(self._ends):
            end.transport.abort()

    async def close(self) -> None:
        """Takes the line away: nobody gets through any more."""
        assert self._server
        self._server.close()
        self.cut()

    def _let_through(self, said: bytes) -> bytes:
        if self.holds and self.holds in said:
            self.held.set()
        return b"" if self.held.is_set() and self.holds else said

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._ends |= {writer, far_writer}
        with contextlib.suppress(OSError):
            await asyncio.gather(
                _pipe(reader, far_writer, self._let_through), _pipe(far_reader, writer, lambda said: self.rewrite(said))
            )
        self._ends -= {writer, far_writer}
        for end in (writer, far_writer):
            end.transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rewrite: Callable[[bytes], bytes]) -> None:
    while piece := await reader.read(64 * 1024):
        writer.write(rewrite(piece))
        await writer.drain()
    writer.close()


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    """A line to a port of this machine, taken away at the end."""
    line = Line(port)
    await line.open()
    try:
        yield line
    finally:
        await line.close()
