"""How a sender presents itself: whether its shown name fits its address, and whether that address looks made up at random."""

from __future__ import annotations

import re

from tools.inbox.imitation import FREE_MAIL, registrable
from tools.inbox.links import FREE_HOSTING
from tools.mail.email import Address

_WORDS = re.compile(r"[^\W\d_]{3,}")
_LETTERS = re.compile(r"[^a-z]")
_RANDOM = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}|\d{5,}|[a-z]\d+[a-z]\d+[a-z]|^[0-9a-f]{10,}$")
_DECORATED = re.compile("[\U0001d400-\U0001d7ff\U0001f300-\U0001faff™®✔✅❗⚠️★]")
"""Letters of mathematics, signs and pictures, which honest names and subjects seldom carry."""
_SERIAL = re.compile(r"[#{:.\[(-]\s?[A-Z0-9-]{5,}[})\]]?\s*$")


def fits(sender: Address) -> bool:
    """Whether any word of the shown name is in the address, or its initials are; true when no name is shown."""
    words = [word.lower() for word in _WORDS.findall(sender.name)]
    if not words:
        return True
    address = _LETTERS.sub("", sender.address)
    initials = "".join(word[0] for word in words)
    return any(word[:5] in address for word in words) or (len(initials) > 2 and initials in address)


def made_up(address: str) -> bool:
    """Whether an address is missing, has no real domain, lies on free hosting, or reads like dice."""
    local, _, domain = address.partition("@")
    if "." not in domain:
        return True
    owner = registrable(domain).partition(".")[0]
    throw_away = registrable(domain) not in FREE_MAIL and (_RANDOM.search(local) or _RANDOM.search(owner))
    return bool(throw_away or FREE_HOSTING.search(domain) or domain.count(".") > 4)


def decorated(words: str) -> bool:
    """Whether a name or a subject is dressed up: letters of mathematics, signs, pictures, or a serial number at its end."""
    return bool(_DECORATED.search(words) or _SERIAL.search(words))
