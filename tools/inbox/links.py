"""The links of a text, and which of them lead elsewhere than they seem to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import islice

from tools.inbox.imitation import imitates, registrable

MOST_LINKS = 200
"""Links of one text that are looked at; a newsletter has about fifty."""

_URL = re.compile(r"https?://[^\s<>\"'|\\)\]}]{1,1000}")
_NAME = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9](?:[a-z0-9-]{0,60}\.){1,4}[a-z]{2,12})(?:[/?:#]|$)")
_AFTER_HOST = re.compile(r"[/?#]")
_NUMBER = re.compile(r"^(?:0x[0-9a-f]{1,16}|\d{6,12})$")
FREE_HOSTING = re.compile(
    r"(?:^|\.)(?:weebly\.com|wixsite\.com|000webhostapp\.com|blogspot\.[a-z.]+|web\.app|firebaseapp\.com|github\.io|herokuapp\.com"
    r"|workers\.dev|pages\.dev|r2\.dev|netlify\.app|vercel\.app|godaddysites\.com|tripod\.com|geocities\.com|duckdns\.org|ngrok\.io|onmicrosoft\.com|blob\.core\.windows\.net|glitch\.me|surge\.sh)$"
)


@dataclass(frozen=True)
class Link:
    """One link: the host it leads to, lower-cased, and the host its words name (empty when they name none)."""

    host: str
    said: str
    disguised: bool
    """Its address hides the host: a user part, a numeric address or an unusual port."""


def links(text: str) -> Iterator[Link]:
    """The links of a text in order, at most `MOST_LINKS`."""
    lowered = text.lower()
    for found in islice(_URL.finditer(lowered), MOST_LINKS):
        host, disguised = _host(found[0])
        yield Link(host, _said(lowered, found.start()), disguised)


def deceives(link: Link, sender: str) -> bool:
    """Whether the words name one place and the link leads to another that is not even the sender's (`sender`: its domain)."""
    if not link.said:
        return False
    return registrable(link.host) not in (registrable(link.said), registrable(sender))


def odd(link: Link) -> bool:
    """Whether the host is one that honest senders hardly use: numeric, disguised, foreign letters, an imitated name."""
    return link.disguised or "xn--" in link.host or not link.host.isascii() or imitates(link.host)


def on_free_hosting(link: Link) -> bool:
    """Whether the page lies where anyone may put one within a minute."""
    return bool(FREE_HOSTING.search(link.host))


def _host(url: str) -> tuple[str, bool]:
    authority = _AFTER_HOST.split(url.partition("://")[2], maxsplit=1)[0]
    user, at, place = authority.rpartition("@")
    host, _, port = place.partition(":")
    host = host.strip(".")
    disguised = bool(at and user) or port not in ("", "80", "443") or _is_number(host)
    return host, disguised


def _is_number(host: str) -> bool:
    if not host or not (host[-1].isdigit() or host.startswith("0x")):
        return False
    if _NUMBER.match(host):
        return True
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def _said(text: str, start: int) -> str:
    """The host that stands before `(https://…`, which is how the HTML reader writes where the words of a link lead."""
    if start < 2 or text[start - 1] != "(":
        return ""
    words = text[max(0, start - 200) : start - 1].split()
    found = _NAME.match(words[-1]) if words else None
    return found[1] if found else ""
