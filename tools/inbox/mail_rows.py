"""Mail as rows: what we keep of each message, read from its bytes. Nothing here does I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from storage.values.clock import now
from storage.values.ids import new_id
from tools.inbox.signals import signals
from tools.mail.email import Address, Email
from tools.mail.mailbox import Arrival
from tools.mail.parse import parse

Row: TypeAlias = dict[str, Any]

OUTGOING = ("Sent", "Drafts")
LONGEST_NAME = 1_000
"""Bytes of a Message-ID. Postgres indexes at most 2,704 a row; RFC 5322 has lines of 998."""

FUTURE = timedelta(days=1)
"""How far a sender's clock may be ahead of ours: further than the farthest two zones are apart is no zone."""

BODY_KEPT = 200_000
"""Characters of a body that are kept for search and reading; the rest stays in the mailbox."""

_REASON = 200
"""Characters of what went wrong with a mail that are kept."""


@dataclass(frozen=True)
class Unreadable:
    """A mail that could not be read, and why."""

    arrival: Arrival
    reason: str


@dataclass(frozen=True)
class Owner:
    """Whose mail it is."""

    tenant: UUID
    account: UUID
    own: frozenset[str]
    """The owner's addresses."""


def rows_of(owner: Owner, arrivals: Iterable[Arrival]) -> tuple[list[Row], list[Unreadable]]:
    """The rows of the mails that can be read, and the mails that cannot."""
    rows, unreadable = [], []
    for arrival in arrivals:
        try:
            rows.append(row_of(owner, arrival))
        except Exception as error:  # noqa: BLE001 - one mail that breaks the reader must not keep the others out
            unreadable.append(Unreadable(arrival, why(error)))
    return rows, unreadable


def why(error: BaseException) -> str:
    """What went wrong, in a line: the kind of mistake, and its words as far as they are fit to be shown."""
    words = "".join(letter if letter.isprintable() else " " for letter in str(error))
    return f"{type(error).__name__}: {words}"[:_REASON].rstrip(": ")


def row_of(owner: Owner, arrival: Arrival) -> Row:
    """The row of one mail."""
    email = parse(arrival.raw)
    sender = email.sender or Address("", "")
    reply = (email.reply.strip() or email.text)[:BODY_KEPT]  # a bare forward has no words of its own
    return {
        "id": new_id(),
        "tenant": owner.tenant,
        "account": owner.account,
        "key": arrival.key,
        "folder": arrival.folder,
        "message_id": _name(email.message_id),
        "in_reply_to": _name(email.in_reply_to),
        "thread": _thread(email, arrival.key),
        "subject": email.subject,
        "sender_name": sender.name,
        "sender_address": sender.address,
        "reply_to": email.reply_to.address if email.reply_to else "",
        "recipients": {"to": _people(email.to), "cc": _people(email.cc)},
        "sent_at": _sent_at(email.sent_at),
        "unread": arrival.unread,
        "flagged": arrival.flagged,
        "outgoing": arrival.folder in OUTGOING or sender.address in owner.own,
        "labels": sorted(arrival.labels),
        "attachments": [
            {"name": one.name, "media_type": one.media_type, "size": one.size, "part": one.part}
            for one in email.attachments
        ],
        "has_attachment": bool(email.attachments),
        "body": email.text[:BODY_KEPT],
        "reply": reply,
        "signals": signals(email, owner.own).to_json(),
        "digest": hashlib.sha256(f"{email.subject}\n{reply}".encode()).digest(),
        "stored_at": now(),
    }


def _thread(email: Email, key: str) -> str:
    return _name((email.references or (email.in_reply_to or email.message_id or key,))[0])


def _name(name: str) -> str:
    """A message's name as it is compared. One that no index can hold, which only malice writes, goes by its digest."""
    return name if len(name.encode()) <= LONGEST_NAME else hashlib.sha256(name.encode()).hexdigest()


def _sent_at(said: datetime | None) -> datetime:
    """When it was sent, as far as that can be: a mail from the future would stand first in every list until then."""
    read = now()
    return read if said is None or said > read + FUTURE else said


def _people(addresses: Sequence[Address]) -> list[dict[str, str]]:
    return [{"name": one.name, "address": one.address} for one in addresses]
