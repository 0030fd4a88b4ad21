"""Put before a child's path by the acceptance tests: whoever reaches for anything but loopback fails at once."""

from __future__ import annotations

import socket
import sys

_LOOPBACK = ("127.", "::1", "localhost")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        line, address = arguments
        inside = isinstance(line, socket.socket) and line.family == socket.AF_UNIX
        host = str(address[0]) if isinstance(address, tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        inside, host = arguments[0] is None, str(arguments[0])
    else:
        return
    if not inside and not host.startswith(_LOOPBACK):
        raise PermissionError(f"loopback only: {host} was asked for")


sys.addaudithook(_watch)
