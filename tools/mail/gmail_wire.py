"""The wire under Google's client library: what it asks of httplib2, done by httpx.

httplib2 asks a second time by itself when a line breaks before the answer, a POST too, and so would send a mail twice; and
one of its connections serves one thread only. This asks once, tells what had left when the line broke, and is shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httplib2
import httpx

_CONNECTING = 15.0
"""Seconds to wait for a connection."""


class Wire:
    """Connections to one service. Raises `httpx.TransportError`."""

    def __init__(self, patience: float) -> None:
        self._patience = httpx.Timeout(patience, connect=min(_CONNECTING, patience))
        self._client = httpx.Client(timeout=self._patience)

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> tuple[httplib2.Response, bytes]:
        """One request and its answer, in the words of httplib2."""
        return _said(self._client.request(method, uri, content=body, headers=headers))

    def fresh(self) -> Wire:
        """A wire whose first request goes over a new connection: one that was kept may have been closed at the other end,
        and then nobody knows whether the request arrived."""
        return Wire(self._patience.read or _CONNECTING)

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()


def _said(answer: httpx.Response) -> tuple[httplib2.Response, bytes]:
    return httplib2.Response({**answer.headers, "status": str(answer.status_code)}), answer.content
