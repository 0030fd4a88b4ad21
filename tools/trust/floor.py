"""The floor: what no record of good deeds can raise. Decided purely, from the act and the mail."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.engine import Row

from tools.trust.ladder import EARNS

IMPORTANT = "Important"
"""The label under which a provider's own mark of importance comes to us."""

_GUARDS = re.compile(
    r"\b(?:security|account-?security|no-?reply-?security|fraud|abuse|cert|csirt|verify|verification|2fa|mfa|sso)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:security (?:alert|code|notice)|(?:new|unusual|suspicious) (?:sign|log)[- ]?in|sign-?in (?:attempt|code)"
    r"|log-?in (?:attempt|code)|password (?:reset|changed)|reset your password|(?:verification|one-time|login|access) code"
    r"|two-factor|2-step|data breach|sicherheits\w+|passwort|palavra-passe|contrase[ñn]a|mot de passe)\b",
    re.IGNORECASE,
)


def always_asks(kind: str, row: Row[Any] | None) -> str:
    """Why this act asks first whatever the record says; empty when it may be trusted. `row`: the mail, None for an act that
    is about none."""
    if kind not in EARNS:
        return "sending, forwarding, deleting and everything that I do not know always ask"
    if kind != "archive" or row is None:
        return ""
    if row.flagged or any(one.casefold() == IMPORTANT.casefold() for one in row.labels):
        return "it is marked as important, and such mail is never archived by itself"
    if is_security(row.sender_name, row.sender_address, row.subject):
        return "it is about the security of an account, and such mail is never archived by itself"
    return ""


def is_security(name: str, address: str, subject: str) -> bool:
    """Whether a mail guards an account: who archives it unseen hides a break-in."""
    local = address.partition("@")[0].replace(".", " ").replace("_", " ")
    return bool(_GUARDS.search(f"{name} {local}") or _ABOUT.search(subject))
