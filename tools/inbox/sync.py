"""Synchronising: what is new in a mailbox becomes rows, each message once, however often and wherever this runs."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Container, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from storage.database import Database
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.errors import Unavailable
from storage.values.ids import new_id
from tools.inbox.ahead import ahead
from tools.inbox.signals import signals
from tools.mail.email import Address, Email
from tools.mail.mailbox import Arrival, Batch, Mailbox
from tools.mail.parse import parse
from tools.toolbox import Toolbox
from tools.work import EMBED_MAIL, TRIAGE_MAIL

Rows = list[dict[str, Any]]

OUTGOING = ("Sent", "Drafts")
LONGEST_NAME = 1_000
"""Bytes of a Message-ID. Postgres indexes at most 2,704 a row; RFC 5322 has lines of 998."""

FUTURE = timedelta(days=1)
"""How far a sender's clock may be ahead of ours: further than the farthest two zones are apart is no zone."""

BODY_KEPT = 200_000
"""Characters of a body that are kept for search and reading; the rest stays in the mailbox."""


async def sync(box: Toolbox, tenant: UUID, account: UUID) -> int:
    """Reads on from the account's cursor and gives how many messages are new. Each batch is stored together with the
    cursor after it; when another worker was faster the batch is rolled back and this one ends."""
    async with box.database.acting_as(tenant) as tx:
        row = await tx.accounts.get(account)
    mailbox = await box.mailboxes.get(tenant, account)
    own, cursor, fresh = own_addresses(row.address), row.cursor, 0
    steps = ahead(_read(mailbox, cursor, lambda arrivals: _rows(tenant, account, arrivals, own)))
    async with aclosing(steps):
        async for batch, rows in steps:
            stored = await _store(box.database, tenant, row.person, account, batch, rows, cursor)
            if stored is None:
                return fresh
            fresh, cursor = fresh + stored, batch.cursor
    return fresh


async def _read(
    mailbox: Mailbox, cursor: str | None, read: Callable[[Sequence[Arrival]], Rows]
) -> AsyncGenerator[tuple[Batch, Rows]]:
    """What changed, each mail read into its row."""
    async for batch in mailbox.changes(cursor):
        if batch.cursor != cursor or batch.arrivals or batch.gone:
            yield batch, await asyncio.to_thread(read, batch.arrivals)


def own_addresses(address: str) -> frozenset[str]:
    """The owner's addresses. Exported mail whose owner cannot be told has a stand-in at localhost, which is nobody's: then
    nothing can be said about to whom a mail was addressed."""
    return frozenset() if address.endswith("@localhost") else frozenset({address.casefold()})


async def _store(
    database: Database,
    tenant: UUID,
    person: UUID,
    account: UUID,
    batch: Batch,
    rows: Sequence[dict[str, Any]],
    after: str | None,
) -> int | None:
    try:
        async with database.acting_as(tenant) as tx:
            stored = await _add(tx, account, batch, rows)
            if not await tx.accounts.read_up_to(account, batch.cursor, after=after):
                raise _OvertakenError
            for work in (TRIAGE_MAIL, EMBED_MAIL) if stored else ():
                await tx.jobs.add(
                    work.kind, work.queue.name, {"account": str(account)}, person=person, once=f"{work.kind}:{account}"
                )
            return stored
    except _OvertakenError:
        return None


class _OvertakenError(Exception):
    """Another worker has read on from the same cursor."""


async def _add(tx: Transaction, account: UUID, batch: Batch, rows: Sequence[dict[str, Any]]) -> int:
    """Stores what is new. A message that is known under an old key (the provider numbered anew, or it was moved) keeps its
    row, its labels and its triage."""
    known = await tx.emails.known(account, (row["message_id"] for row in rows))
    gone = set(batch.gone)
    fresh = []
    for row in rows:
        copies = known.get((row["folder"], row["message_id"]), [])
        same = next((one for one in copies if _renumbered(one.key, row["key"], gone)), None)
        if same is None or any(one.key == row["key"] for one in copies):
            fresh.append(row)  # two copies in one folder are two messages; a known key is passed over when it is added
        else:
            await tx.emails.renumber(same.id, row["key"], row["folder"])
            copies.remove(same)
            gone.discard(same.key)
    added = await tx.emails.add(fresh)
    answered = [row["in_reply_to"] for row in fresh if row["outgoing"] and row["in_reply_to"]]
    if answered:
        await tx.emails.settle_answered(account, answered)
    if gone:
        await tx.emails.follow(account, sorted(gone))
        await tx.emails.drop(account, sorted(gone))
    return len(added)


def _renumbered(old: str, new: str, gone: Container[str]) -> bool:
    """Whether a message may have got a new key: the old one is gone, or belongs to a numbering that ended."""
    return old != new and (old in gone or old.rpartition(":")[0] != new.rpartition(":")[0])


def _rows(tenant: UUID, account: UUID, arrivals: Iterable[Arrival], own: frozenset[str]) -> Rows:
    return [_row(tenant, account, arrival, parse(arrival.raw), own) for arrival in arrivals]


def _row(tenant: UUID, account: UUID, arrival: Arrival, email: Email, own: frozenset[str]) -> dict[str, Any]:
    sender = email.sender or Address("", "")
    reply = (email.reply.strip() or email.text)[:BODY_KEPT]  # a bare forward has no words of its own
    return {
        "id": new_id(),
        "tenant": tenant,
        "account": account,
        "key": arrival.key,
        "folder": arrival.folder,
        "message_id": _name(email.message_id),
        "in_reply_to": _name(email.in_reply_to),
        "thread": _name((email.references or (email.in_reply_to or email.message_id or arrival.key,))[0]),
        "subject": email.subject,
        "sender_name": sender.name,
        "sender_address": sender.address,
        "reply_to": email.reply_to.address if email.reply_to else "",
        "recipients": {"to": _people(email.to), "cc": _people(email.cc)},
        "sent_at": _sent_at(email.sent_at),
        "unread": arrival.unread,
        "outgoing": arrival.folder in OUTGOING or sender.address in own,
        "labels": sorted(arrival.labels),
        "attachments": [
            {"name": one.name, "media_type": one.media_type, "size": one.size, "part": one.part}
            for one in email.attachments
        ],
        "has_attachment": bool(email.attachments),
        "body": email.text[:BODY_KEPT],
        "reply": reply,
        "signals": signals(email, own).to_json(),
        "digest": hashlib.sha256(f"{email.subject}\n{reply}".encode()).digest(),
        "stored_at": now(),
    }


def _name(name: str) -> str:
    """A message's name as it is compared. One that no index can hold, which only malice writes, goes by its digest."""
    return name if len(name.encode()) <= LONGEST_NAME else hashlib.sha256(name.encode()).hexdigest()


def _sent_at(said: datetime | None) -> datetime:
    """When it was sent, as far as that can be: a mail from the future would stand first in every list until then."""
    read = now()
    return read if said is None or said > read + FUTURE else said


def _people(addresses: Sequence[Address]) -> list[dict[str, str]]:
    return [{"name": one.name, "address": one.address} for one in addresses]


async def read_again(mailbox: Mailbox, key: str) -> Email:
    """The message as the mailbox holds it now."""
    raw = await mailbox.fetch(key)
    if not raw:
        raise Unavailable("The mailbox gave an empty message; please try again in a moment.")
    return await asyncio.to_thread(parse, raw)
