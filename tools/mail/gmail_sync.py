"""What changed in a Gmail mailbox since a cursor: by its history, or by listing all when there is none or it expired.

The cursor is a history id, or, while all is listed, the one from before the listing. An expired history (Gmail keeps a week,
sometimes hours) is mended by listing all ids and fetching those that are not stored, so that nothing is acted on again.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from tools.mail.gmail_history import effects
from tools.mail.gmail_labels import Labels, folder_of, visible
from tools.mail.gmail_service import NOT_FOUND, PARALLEL, Call, Declined, Service
from tools.mail.mailbox import LARGEST, Arrival, Batch, Changed

log = structlog.get_logger(__name__)

_MAILS = 100
_BYTES = 8 * 1024 * 1024
"""A batch holds about this much at most: so much is in memory and in one transaction."""
_IDS = 500
"""Gmail's largest page."""
_RECORDS = 100
"""Of history at once, which is about a batch."""

Stored = Callable[[], Awaitable[frozenset[str]]]


@dataclass
class Cursor:
    """How far we are."""

    history: str = ""
    """Everything before this is told, or will be by the listing."""
    listing: bool = True
    told: set[str] = field(default_factory=set)
    """What the listing told, for callers that do not say what they have stored."""

    @classmethod
    def read(cls, text: str | None) -> Cursor:
        """What `write` wrote; without anything, a listing that has not begun."""
        if not text:
            return cls()
        held = json.loads(text)
        return cls(held["history"], held["listing"], set(held.get("told", ())))

    def write(self) -> str:
        """As it is kept."""
        told = {"told": sorted(self.told)} if self.listing and self.told else {}
        return json.dumps({"history": self.history, "listing": self.listing, **told})


class Sync:
    """One run of `changes`."""

    def __init__(self, service: Service, labels: Labels, stored: Stored | None) -> None:
        self._service = service
        self._labels = labels
        self._stored = stored

    async def changes(self, text: str | None) -> AsyncIterator[Batch]:
        """Everything since the cursor."""
        cursor = Cursor.read(text)
        if not cursor.listing:
            try:
                async for batch in self._history(cursor):
                    yield batch
                return
            except Declined as problem:
                if problem.status != NOT_FOUND:
                    raise
                log.info("gmail history expired", history=cursor.history)
                cursor = Cursor()
        async for batch in self._listing(cursor):
            yield batch

    async def _history(self, cursor: Cursor) -> AsyncIterator[Batch]:
        page: str | None = None
        since = cursor.history
        while True:
            answer = await self._service.call(_records(since, page))
            records, page = answer.get("history", []), answer.get("nextPageToken")
            found = effects(records)
            async for arrivals in self._arrivals(found.new):
                yield Batch(arrivals, (), cursor.write())
            cursor.history = str(records[-1]["id"] if page and records else answer.get("historyId", cursor.history))
            changed = [await self._labels.stands(key, labels) for key, labels in found.changed.items()]
            yield Batch((), found.gone, cursor.write(), changed)
            if not page:
                return

    async def _listing(self, cursor: Cursor) -> AsyncIterator[Batch]:
        """All that is there and not stored, newest first; then how the rest stands, and what of it is gone."""
        cursor.history = cursor.history or await self._present()
        known = await self._stored() if self._stored else frozenset(cursor.told)
        there: set[str] = set()
        async for ids in self._ids():
            there.update(ids)
            async for arrivals in self._arrivals([one for one in ids if one not in known]):
                if self._stored is None:
                    cursor.told.update(one.key for one in arrivals)
                yield Batch(arrivals, (), cursor.write())
        done = Cursor(cursor.history, listing=False).write()
        if self._stored is None or not known:
            yield Batch((), (), done)
            return
        async for standing in self.census():
            yield Batch((), (), cursor.write(), [one for one in standing if one.key in known])
        yield Batch((), sorted(known - there), done)

    async def census(self) -> AsyncIterator[Sequence[Changed]]:
        """How every message stands, from one listing for each label: a call for each message would cost a hundred times as
        much of the quota."""
        await self._labels.refresh()
        asked = ["INBOX", "SENT", "UNREAD", "STARRED", "DRAFT", *self._labels.ids]
        having = {label: {one async for ids in self._ids(label) for one in ids} for label in asked}
        async for ids in self._ids():
            standing = {one: frozenset(label for label in asked if one in having[label]) for one in ids}
            yield [await self._labels.stands(key, labels) for key, labels in standing.items() if visible(labels)]

    async def _present(self) -> str:
        """The history id of now."""
        try:
            return str((await self._service.call(lambda users: users.getProfile(userId="me")))["historyId"])
        except Declined as problem:
            if problem.status != NOT_FOUND:  # an endpoint without profiles
                raise
        newest = await self._service.call(lambda users: users.messages().list(userId="me", maxResults=1))
        if not newest.get("messages"):
            return "1"
        key = newest["messages"][0]["id"]
        minimal = await self._service.call(lambda users: users.messages().get(userId="me", id=key, format="minimal"))
        return str(minimal["historyId"])

    async def _ids(self, label: str | None = None) -> AsyncIterator[list[str]]:
        page: str | None = None
        while True:
            answer = await self._service.call(_listed(label, page))
            yield [str(one["id"]) for one in answer.get("messages", ())]
            page = answer.get("nextPageToken")
            if not page:
                return

    async def _arrivals(self, keys: Sequence[str]) -> AsyncIterator[list[Arrival]]:
        batch: list[Arrival] = []
        size = 0
        for begin in range(0, len(keys), PARALLEL):
            some = keys[begin : begin + PARALLEL]
            found = await asyncio.gather(*(self._arrival(key) for key in some))
            batch += [one for one in found if one]
            size += sum(len(one.raw) for one in found if one)
            if size >= _BYTES or len(batch) > _MAILS - PARALLEL:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    async def _arrival(self, key: str) -> Arrival | None:
        """The message; None when it is gone, or none to be told of."""
        try:
            message = await self._service.call(lambda users: users.messages().get(userId="me", id=key, format="raw"))
        except Declined as problem:
            if problem.status != NOT_FOUND:
                raise
            return None
        labels = frozenset(message.get("labelIds", ()))
        if not visible(labels):
            return None
        stands = await self._labels.stands(key, labels)
        return Arrival(
            key,
            folder_of(labels),
            raw_of(message)[:LARGEST],
            stands.labels or frozenset(),
            bool(stands.unread),
            bool(stands.flagged),
        )


def _records(since: str, page: str | None) -> Call:
    return lambda users: users.history().list(userId="me", startHistoryId=since, maxResults=_RECORDS, pageToken=page)


def _listed(label: str | None, page: str | None) -> Call:
    labels = [label] if label else None
    return lambda users: users.messages().list(userId="me", maxResults=_IDS, pageToken=page, labelIds=labels)


def raw_of(message: dict[str, Any]) -> bytes:
    """The bytes in an answer with the format `raw`."""
    text = str(message.get("raw", ""))
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
