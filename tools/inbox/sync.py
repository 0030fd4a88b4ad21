"""Synchronising: what is new in a mailbox becomes rows, each message once, however often and wherever this runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Container, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.transaction import Transaction
from storage.values.errors import Unavailable
from tools.far import Far, nobody
from tools.inbox.ahead import ahead
from tools.inbox.careful import rows_apart
from tools.inbox.mail_rows import Owner, Row, Unreadable, rows_of, why
from tools.inbox.noticed import notice
from tools.inbox.owner import owner_of
from tools.mail.email import Email
from tools.mail.mailbox import Arrival, Batch, Changed, Mailbox
from tools.mail.parse import parse
from tools.toolbox import Toolbox
from tools.work import EMBED_MAIL, TRIAGE_MAIL

Read: TypeAlias = tuple[list[Row], list[Unreadable]]


@dataclass(frozen=True)
class Place:
    """Where what was read is stored."""

    database: Database
    tenant: UUID
    person: UUID
    account: UUID


async def sync(box: Toolbox, tenant: UUID, account: UUID, *, careful: bool = False, far: Far = nobody) -> int:
    """Reads on from the account's cursor and gives how many messages are new. Each batch is stored together with the
    cursor after it; when another worker was faster the batch is rolled back and this one ends. `careful`: a mail may have
    killed the last reader, so they are read in a process of their own."""
    async with box.database.acting_as(tenant) as tx:
        row = await tx.accounts.get(account)
        owner = await owner_of(tx, row)
    mailbox = await box.mailboxes.get(tenant, account)
    place = Place(box.database, tenant, row.person, account)
    cursor, fresh = row.cursor, 0
    # Three things at once: the next batch but one is fetched while the next one is read and this one is stored.
    steps = ahead(_read(ahead(_told(mailbox, cursor)), lambda arrivals: _reading(owner, arrivals, careful)))
    async with aclosing(steps):
        async for batch, read in steps:
            stored = await _store(place, batch, read, cursor)
            if stored is None:
                return fresh
            fresh, cursor = fresh + stored, batch.cursor
            await far("reading mail", fresh)
    return fresh


async def _told(mailbox: Mailbox, cursor: str | None) -> AsyncGenerator[Batch]:
    """What changed."""
    async for batch in mailbox.changes(cursor):
        if batch.cursor != cursor or batch.arrivals or batch.gone or batch.changed:
            yield batch


async def _read(
    batches: AsyncGenerator[Batch], read: Callable[[Sequence[Arrival]], Awaitable[Read]]
) -> AsyncGenerator[tuple[Batch, Read]]:
    """The same, each mail read into its row."""
    async with aclosing(batches):
        async for batch in batches:
            yield batch, await read(batch.arrivals)


async def _reading(owner: Owner, arrivals: Sequence[Arrival], careful: bool) -> Read:
    return await (rows_apart(owner, arrivals) if careful else asyncio.to_thread(rows_of, owner, arrivals))


async def _store(place: Place, batch: Batch, read: Read, after: str | None) -> int | None:
    """Stores a batch with its cursor: how many messages are new, None when another worker was faster. When the database
    takes one of the mails for impossible, they are stored one by one, and that one is set aside."""
    try:
        try:
            return await _stored(place, batch, read, after)
        except DBAPIError:
            return await _stored(place, batch, read, after, singly=True)
    except _OvertakenError:
        return None


async def _stored(place: Place, batch: Batch, read: Read, after: str | None, *, singly: bool = False) -> int:
    async with place.database.acting_as(place.tenant) as tx:
        rows, unreadable = read
        if singly:
            rows, refused = await _taken(tx, rows, batch.arrivals)
            unreadable = [*unreadable, *refused]
        stored = await add(tx, place.account, rows, batch.gone)
        await _note(tx, place.account, batch, unreadable)
        if not await tx.accounts.read_up_to(place.account, batch.cursor, after=after):
            raise _OvertakenError
        if stored:
            await ask_for_triage(tx, place.person, place.account)
        return stored


async def ask_for_triage(tx: Transaction, person: UUID, account: UUID) -> None:
    """New mail is to be sorted, and its meaning measured."""
    for work in (TRIAGE_MAIL, EMBED_MAIL):
        await tx.jobs.add(
            work.kind, work.queue.name, {"account": str(account)}, person=person, once=f"{work.kind}:{account}"
        )


class _OvertakenError(Exception):
    """Another worker has read on from the same cursor."""


async def _taken(tx: Transaction, rows: Sequence[Row], arrivals: Sequence[Arrival]) -> Read:
    """Which rows the database takes, found out by giving it each of them for a moment."""
    taken, refused = [], []
    by_key = {arrival.key: arrival for arrival in arrivals}
    for row in rows:
        trial = await tx.connection.begin_nested()
        try:
            await tx.emails.add([row])
            taken.append(row)
        except DBAPIError as error:
            refused.append(Unreadable(by_key[row["key"]], why(error.orig or error)))
        finally:
            await trial.rollback()
    return taken, refused


async def _note(tx: Transaction, account: UUID, batch: Batch, unreadable: Sequence[Unreadable]) -> None:
    if batch.changed:
        await notice(tx, (await tx.accounts.get(account)).person, account, batch.changed)
        await tx.emails.stand(account, [standing(one) for one in batch.changed])
    if batch.gone:
        await tx.set_aside.drop(account, batch.gone)
    for one in unreadable:
        await tx.set_aside.note(account, one.arrival.key, stands(one.arrival), one.reason)


async def add(tx: Transaction, account: UUID, rows: Sequence[Row], gone_keys: Sequence[str] = ()) -> int:
    """Stores what is new, forgets what is gone, and gives how many are new. A message that is known under an old key (the
    provider numbered anew, or it was moved) keeps its row, its labels and its triage."""
    known = await tx.emails.known(account, (row["message_id"] for row in rows))
    gone = set(gone_keys)
    fresh, renumbered = [], []
    for row in rows:
        copies = known.get((row["folder"], row["message_id"]), [])
        same = next((one for one in copies if _renumbered(one.key, row["key"], gone)), None)
        if same is None or any(one.key == row["key"] for one in copies):
            fresh.append(row)  # two copies in one folder are two messages; a known key is passed over when it is added
        else:
            await tx.emails.renumber(same.id, row["key"], row["folder"])
            renumbered.append(
                {name: row[name] for name in ("key", "unread", "flagged")} | {"labels": None, "folder": None}
            )
            copies.remove(same)
            gone.discard(same.key)
    if renumbered:
        await tx.emails.stand(account, renumbered)
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


def standing(one: Changed) -> dict[str, Any]:
    """A told state as a row."""
    labels = None if one.labels is None else sorted(one.labels)
    return {"key": one.key, "unread": one.unread, "flagged": one.flagged, "labels": labels, "folder": one.folder}


def stands(one: Arrival) -> dict[str, Any]:
    """How a message stands, to be kept beside its key."""
    return {"folder": one.folder, "labels": sorted(one.labels), "unread": one.unread, "flagged": one.flagged}


async def read_again(mailbox: Mailbox, key: str) -> Email:
    """The message as the mailbox holds it now."""
    raw = await mailbox.fetch(key)
    if not raw:
        raise Unavailable("The mailbox gave an empty message; please try again in a moment.")
    return await asyncio.to_thread(parse, raw)
