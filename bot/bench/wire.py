"""A proxy between the program and Postgres that counts what passes: statements, and turns of the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

EXECUTE, QUERY = b"E", b"Q"


@dataclass
class Count:
    """What passed since it was made."""

    statements: int = 0
    """Execute and Query messages from the client."""
    round_trips: int = 0
    """How often the client spoke and then heard the server."""
    up: int = 0
    """Bytes to the server."""
    down: int = 0
    """Bytes from the server."""

    def reset(self) -> None:
        """Back to nothing."""
        self.statements = self.round_trips = self.up = self.down = 0


@asynccontextmanager
async def counted(url: str, folder: Path) -> AsyncIterator[tuple[str, Count]]:
    """The address of a proxy before the database at `url` (on a Unix socket), and what it counts."""
    address = make_url(url)
    host, port = address.query["host"], address.query.get("port", "5432")
    real, count = Path(str(host)) / f".s.PGSQL.{port}", Count()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _pass(reader, writer, real, count)

    async with await asyncio.start_unix_server(connected, folder / f".s.PGSQL.{port}"):
        proxied = address.update_query_dict({"host": str(folder)})
        yield proxied.render_as_string(hide_password=False), count


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, real: Path, count: Count) -> None:
    from_server, to_server = await asyncio.open_unix_connection(real)
    talk = _Talk(count)

    async def up() -> None:
        parser = Parser()
        while data := await reader.read(65536):
            talk.said(data, parser.statements(data))
            to_server.write(data)
        to_server.close()

    async def down() -> None:
        while data := await from_server.read(65536):
            talk.heard(data)
            writer.write(data)
        writer.close()

    await asyncio.gather(up(), down(), return_exceptions=True)


class _Talk:
    """One connection's part in the count."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._asked = False

    def said(self, data: bytes, statements: int) -> None:
        self._count.up += len(data)
        self._count.statements += statements
        self._asked = True

    def heard(self, data: bytes) -> None:
        self._count.down += len(data)
        self._count.round_trips += self._asked
        self._asked = False


class Parser:
    """Cuts the client's stream into messages: a letter and a length each, but for the first, which has no letter."""

    def __init__(self) -> None:
        self._rest = b""
        self._started = False

    def statements(self, data: bytes) -> int:
        """How many statements these bytes complete."""
        self._rest += data
        found = 0
        while (message := self._next()) is not None:
            found += message in (EXECUTE, QUERY)
        return found

    def _next(self) -> bytes | None:
        letter = 1 if self._started else 0
        if len(self._rest) < letter + 4:
            return None
        end = letter + int.from_bytes(self._rest[letter : letter + 4])
        if len(self._rest) < end:
            return None
        kind, self._rest, self._started = self._rest[:letter], self._rest[end:], True
        return kind
