"""The page's door: a key that opens once, what it is changed for, and whether a request comes from our own page.

The page is for the person who sits at this machine. Whatever else runs in their browser can reach loopback too; so every
request must name us as its host (a foreign name that points here does not count), and whatever changes something must say
that it comes from our page. Who was let in has a cookie, which no script can read, and a pass, which the page keeps in the
storage of its own origin: browsers send a cookie to every port of a machine, so another server on it could pick it up.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

MOST_SESSIONS = 20
"""Browsers that are let in at the same time; the one that came first leaves when another comes."""


@dataclass(frozen=True)
class Session:
    """What somebody who was let in shows from then on."""

    cookie: str
    page_pass: str


class Door:
    """Who is let in to the page on this port."""

    def __init__(self) -> None:
        self._key = ""
        self._sessions: list[Session] = []

    def key(self) -> str:
        """The key that lets the next browser in, the same until it was used."""
        self._key = self._key or secrets.token_urlsafe(24)
        return self._key

    def enter(self, key: str) -> Session | None:
        """Takes the key and gives a session for it; None when it is not the one, or was used."""
        if not self._key or not _same(key, self._key):
            return None
        self._key = ""
        session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        self._sessions = [*self._sessions[-MOST_SESSIONS + 1 :], session]
        return session

    def has_seen(self, request: Request) -> bool:
        """Whether the request brings the cookie of somebody who was let in: enough for the page with nothing on it."""
        return self._session(request) is not None

    def knows(self, request: Request) -> bool:
        """Whether it brings the pass as well: enough for everything else."""
        session = self._session(request)
        return session is not None and _same(request.query_params.get("pass", ""), session.page_pass)

    def _session(self, request: Request) -> Session | None:
        given = request.cookies.get(cookie_name(request), "")
        return next((one for one in self._sessions if _same(given, one.cookie)), None)


def cookie_name(request: Request) -> str:
    """A cookie counts for every port of a machine; the name keeps two Deskhands on one machine apart."""
    return f"deskhand-{request.url.port or 80}"


def is_here(host: str) -> bool:
    """Whether a host, as a browser or an operator names it, is this machine's loopback."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def named_us(request: Request) -> bool:
    """Whether the request was meant for this machine: a page elsewhere can point its own name here, but cannot hide it."""
    return is_here(request.headers.get("host", ""))


def from_our_page(request: Request) -> bool:
    """Whether a request that changes something was made by our own page. Browsers say where such requests come from."""
    origin = request.headers.get("origin", "")
    return origin == f"{request.url.scheme}://{request.headers.get('host', '')}"


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), kept.encode())
