"""Addresses as they stand in headers and envelopes: plain ASCII, with nothing in them that could be read as more."""

from __future__ import annotations

import re
from email.utils import parseaddr

from storage.values.errors import Refused

_FIT = re.compile(r"[!#-'*-+\-/-9=?A-Z^-~.]{1,128}@(?:[A-Za-z0-9.-]{1,255}|\[[0-9A-Fa-f.:IPv]{2,60}\])")
"""RFC 5321, 4.1.2, without quoted local parts; two dots in a row are allowed, since some phones' addresses have them."""


def ascii_address(address: str) -> str:
    """The address with an international domain in its ASCII form.

    Refused when mail programs would read it as anything but one address."""
    local, at, domain = address.strip().rpartition("@")
    try:
        written = f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        written = ""
    if not _FIT.fullmatch(written) or parseaddr(written)[1] != written:
        raise Refused(f"{address[:100]!r} is not an address that mail can be sent to or from: correct it.")
    return written
