"""Names that are made to look like other names: hosts and senders that borrow a known firm's or the owner's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

IMITATED = frozenset((
    "adobe", "aldi", "amazon", "americanexpress", "apple", "bankofamerica", "barclays", "binance", "booking", "bradesco",
    "caixabank", "citibank", "coinbase", "correos", "costco", "decathlon", "dhl", "disney", "docusign", "dropbox", "ebay",
    "facebook", "fedex", "google", "hermes", "hsbc", "icloud", "instagram", "itau", "lidl", "linkedin", "maersk", "mastercard",
    "mcafee", "mercadolivre", "metamask", "microsoft", "netflix", "nubank", "office365", "onedrive", "opensea", "paypal",
    "santander", "sharepoint", "sparkasse", "spotify", "starbucks", "steam", "swisscom", "telekom", "trustwallet", "usps",
    "walgreens", "walmart", "wellsfargo", "wetransfer", "whatsapp",
))  # fmt: skip
"""Firms whose name phishing borrows most, after the public yearly lists; none that is also a person's name."""

FREE_MAIL = frozenset((
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com",
    "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "web.de", "yahoo.com",
    "yandex.ru", "zoho.com",
))  # fmt: skip
"""Where anybody gets an address; sharing one says nothing about belonging together."""

_SECOND_LEVEL = frozenset(["ac", "co", "com", "edu", "gov", "gob", "go", "ne", "net", "or", "org"])
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"})
_PARTS = re.compile(r"[.\-_]")
_NAME_WORDS = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})")


@lru_cache(4_096)
def registrable(host: str) -> str:
    """The part of a host name that somebody registered: `shop.co.uk` of `www.shop.co.uk`. A guess without the public list."""
    labels = host.lower().strip(".").split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


@lru_cache(4_096)
def imitates(host: str) -> bool:
    """Whether a host carries a known firm's name, or one that looks like it, without being the firm's."""
    owner = registrable(host).partition(".")[0]
    if owner in IMITATED:
        return False
    pieces = {piece for piece in _PARTS.split(host) if piece} | {owner}
    return any(_borrowed(piece) for piece in pieces)


def _borrowed(piece: str) -> bool:
    read = piece.translate(_LOOKS_LIKE).replace("rn", "m").replace("vv", "w")
    return piece in IMITATED or read in IMITATED


def poses_as_firm(name: str, address: str) -> bool:
    """Whether the sender's shown name is a known firm's, while the address is not of that firm."""
    domain = address.rpartition("@")[2]
    said = {word.lower().translate(_LOOKS_LIKE) for word in _NAME_WORDS.findall(name)} & IMITATED
    return bool(said) and not any(firm in registrable(domain) for firm in said)


def shows_other_address(name: str, address: str) -> bool:
    """Whether the sender's shown name is itself an address, of another domain than the real one."""
    found = _ADDRESS.search(name.lower())
    return found is not None and registrable(found[1]) != registrable(address.rpartition("@")[2])


def resembles(domain: str, own: Iterable[str]) -> bool:
    """Whether a domain is one or two letters away from the owner's, or spells it with look-alikes, and is not it."""
    mine = {registrable(one) for one in own} - FREE_MAIL
    theirs = registrable(domain)
    if not theirs or theirs in mine:
        return False
    return any(_near(theirs.rpartition(".")[0], one.rpartition(".")[0]) for one in mine)


def _near(theirs: str, mine: str) -> bool:
    if theirs == mine:
        return False  # the same name under another ending is more often a branch than a trick
    if theirs.translate(_LOOKS_LIKE).replace("rn", "m") == mine:
        return True
    # One slip in a name of six letters, two in one of ten: shorter names come that close by chance.
    return len(mine) >= 6 and OSA.distance(theirs, mine, score_cutoff=2) <= (2 if len(mine) >= 10 else 1)
