"""Whose exported mail it is: the address that most of it was sent to."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses
from itertools import islice
from pathlib import Path

from storage.values.errors import Refused
from tools.mail.envelope import ascii_address
from tools.mail.exported import Kind, found_in, mails_in

_MAILS = 200
"""Mails that are looked into: enough to tell the owner from the lists they read."""
_SHARE = 5
"""An owner is named by one mail in so many; the rest went to lists and aliases."""
_HEAD = 64 * 1024


def likely_owner(path: Path, kind: Kind) -> str:
    """The address named most often by To and Delivered-To, or one that is nobody's when none stands
    out. Refused when no mail is readable."""
    named: Counter[str] = Counter()
    mails = 0
    readable = False
    for found in islice(found_in(path, kind), _MAILS):
        try:
            for mail in islice(mails_in(found, kind), _MAILS):
                fields = BytesHeaderParser(policy=compat32).parsebytes(mail.read(_HEAD))
                readable = readable or len(fields) > 0
                mails += 1
                named.update({address.lower() for address in _recipients(fields.items())})
        except OSError:  # no right to read this one
            continue
    if not readable:
        raise Refused(f"There is no readable mail in {path}: give an mbox file, a maildir or a folder of .eml files.")
    for address, times in named.most_common(20):
        if times * _SHARE < mails:
            break
        try:
            return ascii_address(address)
        except Refused:  # no address that one could write from
            continue
    return f"{getpass.getuser()}@localhost"


def _recipients(fields: Sequence[tuple[str, object]]) -> list[str]:
    values = [str(value) for name, value in fields if name.lower() in ("to", "delivered-to", "x-original-to")]
    return [address for _, address in getaddresses(values) if address]
