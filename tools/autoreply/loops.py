"""Loop safety: who is never answered by a machine, as the mail's own headers declare it (RFC 3834, RFC 2369, RFC 5321)."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from tools.inbox.machines import auto_submitted, list_kind, report_kind, sender_kind
from tools.mail.email import Email

_LIST_HEADERS = re.compile(r"list-|x-list|x-mailing-list$|mailing-list$|x-mailman|x-beenthere$|x-loop$|feedback-id$")
_PRECEDENCE = frozenset(("bulk", "list", "junk", "auto_reply"))
_NOT_A_PERSON = re.compile(
    r"^(?:no|do[-_.]?not|dont)[-_.]?(?:reply|respond|answer)|no[-_.]?reply|donotreply|ne[-_.]?pas[-_.]?repondre|nicht[-_.]?antworten"
    r"|no[-_.]?responder|nao[-_.]?responda|mailer[-_.]?daemon|postmaster|^(?:bounces?|abuse|root|daemon|cron|listserv|majordomo|mailman)"
    r"(?:[-_.+]|@)|-(?:request|owner|bounces?|admin|relay)@|^owner-|=.*@|^(?:prvs|srs[01])[=+]|^bounce",
    re.IGNORECASE,
)
"""Local parts that stand for programs (RFC 3834, 2; RFC 2142) or that servers made up for bounces."""


def why_not_answered(email: Email, own: AbstractSet[str]) -> str:
    """Why nobody is to be answered automatically; empty when a person wrote this mail to the owner. `own`: every address
    of the owner's mailboxes, lower-cased. Of a header that stands there the presence counts, whatever it says."""
    return _sender(email, own) or _headers(email) or _addressed(email, own)


def _sender(email: Email, own: AbstractSet[str]) -> str:
    sender = email.sender
    if sender is None or "@" not in sender.address:
        return "it names no sender who could be answered"
    if len(email.headers.get("from", ())) > 1:
        return "it names more than one sender"
    if _untagged(sender.address) in own or (email.reply_to and email.reply_to.address in own):
        return "it comes from one of your own addresses"
    if _NOT_A_PERSON.search(sender.address):
        return f"{sender.address} is no address that reads answers"
    if sender_kind(sender) in ("machine", "promotional"):
        return f"{sender.address} is the address of a program"
    if email.header("sender") and _NOT_A_PERSON.search(email.header("sender").strip("<> ")):
        return "it was sent by a program"
    return ""


def _headers(email: Email) -> str:
    stated = email.header("auto-submitted").strip().lower()
    if stated and not re.match(r"no\b", stated):
        return "it was sent automatically (Auto-Submitted)"
    if auto_submitted(email):
        return "it was sent automatically"
    if "x-auto-response-suppress" in email.headers:
        return "it asks for no automatic answers"
    if any(_LIST_HEADERS.match(name) for name in email.headers) or list_kind(email):
        return "it came through a mailing list"
    if email.header("precedence").strip().lower() in _PRECEDENCE:
        return "it is bulk mail (Precedence)"
    path = email.headers.get("return-path", ("unknown",))
    if any(re.sub(r"[\s<>]", "", one) == "" for one in path):
        return "its return path is empty"
    if any(_NOT_A_PERSON.search(one.strip("<> ")) for one in path):
        return "its return path is a program's"
    if report_kind(email) or email.header("content-type").lower().startswith("multipart/report"):
        return "it is a report of a mail server"
    if email.header("content-type").lower().startswith("text/calendar") or "method=" in email.header("content-type"):
        return "it is an invitation"
    return ""


def _addressed(email: Email, own: AbstractSet[str]) -> str:
    """RFC 3834, 2: only who was named is answered for; somebody in Bcc, or behind an alias of a group, was not."""
    if any(_untagged(one.address) in own or one.address in own for one in (*email.to, *email.cc)):
        return ""
    return "it is not addressed to you by name"


def _untagged(address: str) -> str:
    """`ana+shop@example.org` is Ana."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
