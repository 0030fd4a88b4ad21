"""What people type to name a mailbox: a path, or the address of a mail server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from storage.values.errors import Refused
from tools.mail import MAILBOXES, open_mailbox
from tools.mail.exported import kind_of
from tools.mail.mailbox import Credentials
from tools.mail.owner import likely_owner
from tools.mail.tls import Security

__all__ = ["MAILBOXES", "from_address", "open_mailbox"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_SHAPE = "imap[s]://user:password@host:port?smtp=host:port"
_PORTS = {"imap": 143, "imaps": 993}
_SUBMISSION, _SUBMISSIONS = 587, 465
_OPTIONS = ("smtp", "smtps", "tls", "tls_ca", "folders", "address", "patience")
_BROKEN = f"The mailbox's address cannot be read: write {_SHAPE}, with %40 for @ and the like in user and password."


def from_address(text: str, password: str = "", *, home: Path | None = None) -> tuple[str, Credentials]:
    """The provider and the credentials that a mailbox's name stands for.

    A path gives a maildir, an mbox file or a folder of .eml; its working copy and what is sent from it are kept under
    `home` where that is given, else the caller sets `copy` and `outgoing`. Otherwise `imap[s]://…`, where the password
    may be given apart. Refused, in words that never repeat a password, when it is neither."""
    text = text.strip()
    if not text or not text.isprintable():
        raise Refused(f"No mailbox is named: give a path or {_SHAPE}.")
    scheme = _SCHEME.match(text)
    if scheme is None:
        return "maildir", _files(Path(text).expanduser().absolute(), home)
    if scheme[1].lower() not in _PORTS:
        raise Refused(f"{scheme[1]}:// is no mailbox: give a path or {_SHAPE}.")
    return "imap", _server(text, password)


def _files(path: Path, home: Path | None) -> Credentials:
    owner = likely_owner(path, kind_of(path))
    settings = {"path": str(path)}
    if home is not None:
        settings |= {"copy": str(home / "copy"), "outgoing": str(home / "outgoing")}
    return Credentials(owner, settings)


def _server(text: str, password: str) -> Credentials:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:  # its text may hold the password
        raise Refused(_BROKEN) from None
    user, secret = unquote(parts.username or ""), password or unquote(parts.password or "")
    _check(parts, host, user, secret, options)
    settings = {"host": str(host), "port": str(port), "user": user, "tls": _security(parts.scheme, options)}
    settings |= _sending(options)
    settings |= {name: options[name] for name in ("tls_ca", "folders", "patience") if options.get(name)}
    address = options.get("address") or (user if "@" in user else f"{user}@{host}")
    return Credentials(address.lower(), settings, secret)


def _check(parts: SplitResult, host: str | None, user: str, secret: str, options: Mapping[str, str]) -> None:
    if not host or not user or parts.path not in ("", "/") or parts.fragment:
        raise Refused(_BROKEN)
    if not secret:
        raise Refused("The mailbox's password is missing: put it into the address or into DESKHAND_MAILBOX_PASSWORD.")
    if re.search(r"[\x00-\x1f\x7f]", user + secret):
        raise Refused("The user or the password holds a control character, which no mail server takes: type it again.")
    for name in options:
        if name not in _OPTIONS:
            raise Refused(f"“{name}” is no option of a mailbox's address: the options are {', '.join(_OPTIONS)}.")


def _security(scheme: str, options: Mapping[str, str]) -> str:
    if scheme == "imaps":
        return Security.TLS.value
    choice = options.get("tls", Security.AUTO.value)
    if choice not in (Security.AUTO, Security.STARTTLS, Security.NONE):
        raise Refused(f"tls={choice[:20]} means nothing here: it is auto, starttls or none, and imaps:// for TLS.")
    return choice


def _sending(options: Mapping[str, str]) -> dict[str, str]:
    where = options.get("smtps") or options.get("smtp")
    if not where:
        return {}
    try:
        parts = urlsplit(f"//{where}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.username or parts.path:
        raise Refused("The server for sending cannot be read: write smtp=host:port, or smtps=host:port for TLS.")
    port = port or (_SUBMISSIONS if "smtps" in options else _SUBMISSION)
    whole = "smtps" in options or port == _SUBMISSIONS
    security = Security.TLS.value if whole else _security("imap", options)
    return {"smtp_host": host, "smtp_port": str(port), "smtp_tls": security}
