"""A chat platform that answers at once: enough of Slack's Web API for a bench, on loopback, in a process of its own.

It checks nothing (the tests' fake does); it notes when each word of ours arrived and for whom.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

WORDS = frozenset({"chat.postMessage", "chat.update", "chat.stopStream", "chat.appendStream"})
"""Methods that show something to a person."""


@asynccontextmanager
async def slackish() -> AsyncIterator[str]:
    """Runs it in a child process and gives its base URL."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "bot.bench.slackish", str(listening.fileno())]
        child = await asyncio.create_subprocess_exec(*command, pass_fds=(listening.fileno(),))
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        child.terminate()
        await child.wait()


class World:
    """What was shown so far."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []
        self._numbers = count(1)

    def answer(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """What the method answers."""
        if method == "log":
            shown, self.shown = self.shown, []
            return {"shown": shown}
        stamp = f"1700000000.{next(self._numbers):06}"
        if method in WORDS:
            words = json.dumps(given, ensure_ascii=False)
            self.shown.append({"at": time.monotonic(), "channel": given.get("channel", ""), "words": words})
        user = {"id": given.get("user", "U0"), "team_id": "T1", "real_name": "Somebody", "tz": "UTC", "profile": {}}
        return {
            "ok": True,
            "ts": given.get("ts") or stamp,
            "channel": given.get("channel", "D0"),
            "message": {"ts": stamp},
            "team_id": "T1",
            "team": "Bench",
            "user_id": "UBOT",
            "bot_id": "BBOT",
            "user": user,
        }


async def serve(listening: socket.socket) -> None:
    """Answers until the process is ended."""
    world = World()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
                raw = (await reader.readexactly(int(fields.get("content-length", "0")))).decode()
                method = urlsplit(head[0].split(" ")[1]).path.rpartition("/")[2]
                body = json.dumps(world.answer(method, _given(raw, fields.get("content-type", "")))).encode()
                start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
                writer.write(start + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(connection, sock=listening, limit=2**24) as server:
        await server.serve_forever()


def _given(raw: str, kind: str) -> dict[str, Any]:
    if "json" in kind:
        return dict(json.loads(raw or "{}"))
    return {name: values[0] for name, values in parse_qs(raw).items()}


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))
