"""TLS to mail servers: always verified, with the person's own authority if they name one."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address

from storage.values.errors import Refused


class Security(StrEnum):
    """How a connection is made safe."""

    TLS = "tls"
    """From the first byte (ports 993 and 465)."""
    STARTTLS = "starttls"
    """By an upgrade, and not at all without it."""
    AUTO = "auto"
    """By an upgrade where the server offers one; without one only to this very machine."""
    NONE = "none"
    """Not at all: the person said so."""


def context_for(settings: Mapping[str, str]) -> ssl.SSLContext:
    """A verifying context; the setting `tls_ca` names a file of authorities to trust as well. Refused when that is
    no such file."""
    authority = settings.get("tls_ca")
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as problem:
        raise Refused(f"{authority} is no file of certificates: correct the setting tls_ca.") from problem


def is_this_machine(host: str) -> bool:
    """Whether the name or number means the loopback interface."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def untrusted(server: str) -> Refused:
    """What is said when a certificate does not verify."""
    return Refused(
        f"The certificate of {server} cannot be trusted, so nothing was sent to it: check the server's name, or name "
        "its authority with ?tls_ca=FILE."
    )


def unencrypted(server: str) -> Refused:
    """What is said when a server elsewhere offers no encryption."""
    return Refused(
        f"{server} offers no encryption, so the password was not sent: use imaps:// or another port, or add ?tls=none "
        "if the way there is safe."
    )
