"""Autoconfiguration: the mail servers that a domain itself publishes, in the form that Thunderbird made common.

Only the domain that the person typed is asked, over https with a certificate that holds, without a redirect and without the
person's address. What it answers is a stranger's: short, read by a parser that loads nothing, and believed only as far as a
server's name goes; the servers still have to show certificates of their own before they are shown a password.
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx
from lxml import etree

from tools.mail.linking.imap_servers import Servers

PATIENCE = 5.0
"""Seconds for an answer while a person waits for the page."""
LONGEST = 64 * 1024
"""Bytes of an answer."""
PLACES = ("https://autoconfig.{}/mail/config-v1.1.xml", "https://{}/.well-known/autoconfig/mail/config-v1.1.xml")
_WHOLE = {"imap": 993, "smtp": 465}
"""The ports that speak TLS from the first byte; at others it begins by STARTTLS."""


async def published(domain: str) -> Sequence[Servers]:
    """What a domain publishes, the likeliest first; nothing where it publishes none."""
    async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False) as client:
        return await published_to(client, domain)


async def published_to(client: httpx.AsyncClient, domain: str) -> Sequence[Servers]:
    """The same, asked with a client of the caller's."""
    if not _is_public(domain):
        return []
    for place in PLACES:
        found = servers_in(await _read(client, place.format(domain)), domain)
        if found:
            return found
    return []


def servers_in(document: bytes, domain: str) -> list[Servers]:
    """The pairs of servers that a document names and that we can use: encrypted, with a password, at usual ports."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.LxmlError, ValueError):
        return []
    if root.getroottree().docinfo.doctype:  # nobody needs one here but for mischief
        return []
    readers, senders = _usable(root, "incomingServer", "imap"), _usable(root, "outgoingServer", "smtp")
    return [
        Servers(imap, smtp, imap_port, smtp_port, user=_user(reader, domain))
        for reader, imap, imap_port in readers
        for _, smtp, smtp_port in senders[:2]
    ][:4]


def _usable(root: etree._Element, tag: str, kind: str) -> list[tuple[etree._Element, str, int]]:
    found = []
    for server in root.iterfind(f".//{tag}[@type='{kind}']"):
        host, port = _text(server, "hostname").casefold(), _text(server, "port")
        ways = [(one.text or "").strip() for one in server.iterfind("authentication")]
        whole = {"SSL": True, "STARTTLS": False}.get(_text(server, "socketType"))
        fit = host.isascii() and len(host) <= 253 and all(part.replace("-", "").isalnum() for part in host.split("."))
        if not fit or whole is None or not (port.isascii() and port.isdecimal()) or not 0 < int(port[:6]) < 65536:
            continue
        if whole == (int(port) == _WHOLE[kind]) and (not ways or any(one.startswith("password") for one in ways)):
            found.append((server, host, int(port)))
    return found


def _user(server: etree._Element, domain: str) -> str:
    """The user's name as it is to be made from the address; empty for the address itself."""
    shape = _text(server, "username")
    usual = shape in ("", "%EMAILADDRESS%") or not shape.isprintable() or len(shape) > 200
    return "" if usual else shape.replace("%EMAILDOMAIN%", domain)


def _text(server: etree._Element, tag: str) -> str:
    return str(server.findtext(tag) or "").strip()


async def _read(client: httpx.AsyncClient, url: str) -> bytes:
    """The document at an address; empty where there is none, or one that is too long."""
    content = b""
    try:
        async with client.stream("GET", url) as answer:
            if answer.status_code != httpx.codes.OK:
                return b""
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > LONGEST:
                    return b""
    except (httpx.HTTPError, httpx.InvalidURL):
        return b""
    return content


def _is_public(domain: str) -> bool:
    """Whether it reads as a name of the public net: no address in figures, no single word of one's own net."""
    labels = domain.split(".")
    return len(labels) > 1 and not labels[-1].isdecimal() and all(one.replace("-", "").isalnum() for one in labels)
