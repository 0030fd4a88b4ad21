"""Serving: the web app answers in the background of a program that has something else to do too."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from storage.values.errors import Refused

WAITING = 128
"""Connections that wait to be taken."""

LAST_ANSWERS = 2
"""Seconds that answers under way have when the program ends."""


@asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """The app answers while the block runs; gives the port: another, free one where the wished for is taken."""
    listener = listen(host, port, or_free=True)
    config = uvicorn.Config(
        app, lifespan="off", access_log=False, log_config=None, timeout_graceful_shutdown=LAST_ANSWERS, ws="none"
    )
    server = _Guest(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


class _Guest(uvicorn.Server):
    """A server that leaves the signals to the program it is a guest of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int, *, or_free: bool = False) -> socket.socket:
    """A socket that listens there already: who comes before the server runs waits for it. `or_free`: on another port where
    this one is taken. Refused in words when there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wished in (port, 0) if or_free else (port,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, wished))
            listener.listen(WAITING)
        except OSError as error:
            listener.close()
            trouble = error
        else:
            return listener
    raise Refused(f"{host}:{port} cannot be listened on ({trouble.strerror}); set HOST and PORT to a free place.")
