"""What changed in IMAP folders since a cursor, in batches of a bounded size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from tools.mail.imap_connection import Connection
from tools.mail.imap_flags import View, changes_of_flags, note_flags, standing
from tools.mail.imap_keys import Key, Known, Seen, read_cursor, write_cursor
from tools.mail.imap_session import Renumbered, Session
from tools.mail.mailbox import LARGEST, Arrival, Batch, Changed

_MAILS = 100
_BYTES = 8 * 1024 * 1024
"""A batch holds at most this, or one mail: so much is in memory and in one transaction."""
_SIZES = 1000
"""Messages whose sizes are asked for at once."""


async def changes_since(
    cursor: str | None, connection: Connection, names: Sequence[str], *, keywords: bool
) -> AsyncIterator[Batch]:
    """Whose flags changed in the folders of these names of ours and what arrived there, then what is gone from them. It is
    told in this order, so that a message that moved, or was numbered anew, is found under its new key before the old one
    goes."""
    known = read_cursor(cursor)
    try:
        async for batch in _changes(known, cursor, connection, names, keywords):
            yield batch
    except Renumbered:  # in the middle of reading: what was told holds, and the next look begins with the new numbers
        return


async def unchanged_since(cursor: str, connection: Connection, names: Sequence[str]) -> bool:
    """Whether every folder holds the very messages that were told of, and no flag changed by the server's count."""
    known = read_cursor(cursor)
    for name in names:
        view = await connection.run(lambda session, name=name: _view(session, name, known))  # type: ignore[misc]
        if view is None:
            continue
        seen = known.pop((view.folder, view.validity), Seen())
        counted = 0 < view.modseq == seen.modseq
        if (view.uids or seen.uids) and not (counted and view.uids == seen.uids):
            return False
    return not known


async def _changes(
    known: Known, told: str | None, connection: Connection, names: Sequence[str], keywords: bool
) -> AsyncIterator[Batch]:
    views = []
    for name in names:
        view = await connection.run(lambda session, name=name: _view(session, name, known))  # type: ignore[misc]
        if view is None:
            continue
        views.append(view)
        seen = known.setdefault((view.folder, view.validity), Seen())
        old = frozenset(seen.uids & view.uids)
        async for changed in changes_of_flags(connection, view, old, seen, keywords=keywords):
            told = write_cursor(known)
            yield Batch((), (), told, changed)
        async for arrivals in _arrivals(connection, view, sorted(view.uids - old), keywords):
            seen.uids.update(Key.read(arrival.key).uid for arrival in arrivals)
            note_flags(seen, arrivals)
            told = write_cursor(known)
            yield Batch(arrivals, (), told)
    gone = _forget(known, views, await connection.run(lambda session: _existing(session, known, views)))
    if gone or (told is not None and told != write_cursor(known)):
        yield Batch((), gone, write_cursor(known))


async def census(connection: Connection, names: Sequence[str], *, keywords: bool) -> AsyncIterator[Sequence[Changed]]:
    """How every message of the folders stands."""
    for name in names:
        yield await connection.run(lambda session, name=name: _count(session, name, keywords))  # type: ignore[misc]


def _count(session: Session, name: str, keywords: bool) -> list[Changed]:
    folder = _theirs(session, name)
    about = folder and _looked_at(session, folder)
    if not folder or not about or not about[b"EXISTS"]:
        return []
    told = session.flags("1:*").items()
    validity = int(about.get(b"UIDVALIDITY", 0))
    there = ((Key(folder, validity, uid), flags) for uid, flags in sorted(told) if b"\\Deleted" not in flags)
    return [
        replace(standing(key, flags, keywords), folder=session.folders.ours.get(folder, name)) for key, flags in there
    ]


def _existing(session: Session, known: Known, views: Sequence[View]) -> set[str]:
    """The folders that there are; they are only asked for when one is known that was not seen."""
    if {folder for folder, _ in known} - {view.folder for view in views}:
        session.folders.refresh()
    return set(session.folders.ours)


def _theirs(session: Session, name: str) -> str | None:
    if session.folders.theirs(name) is None:
        session.folders.refresh()  # somebody may have made it meanwhile
    return session.folders.theirs(name)


def _looked_at(session: Session, folder: str) -> dict[bytes, Any] | None:
    """What the server says of a folder; None when it was deleted since the folders were listed."""
    try:
        return session.look_at(folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        session.folders.refresh()
        if folder in session.folders.ours:
            raise
        return None


def _view(session: Session, name: str, known: Known) -> View | None:
    folder = _theirs(session, name)
    about = folder and _looked_at(session, folder)
    if not folder or not about:
        return None
    validity = int(about.get(b"UIDVALIDITY", 0))
    seen = known.get((folder, validity), Seen())
    following = about.get(b"UIDNEXT")
    uids = seen.uids if seen.is_all(about[b"EXISTS"], following) else session.present(about)
    modseq = int(about.get(b"HIGHESTMODSEQ", 0)) if session.counts_changes else 0
    return View(folder, validity, frozenset(uids), modseq, following or 0)


async def _arrivals(
    connection: Connection, view: View, uids: Sequence[int], keywords: bool
) -> AsyncIterator[list[Arrival]]:
    for begin in range(0, len(uids), _SIZES):
        some = uids[begin : begin + _SIZES]
        sizes = await connection.run(lambda session, some=some: _sizes(session, view, some))  # type: ignore[misc]
        for batch in _batches(sizes):
            cut = sizes[batch[0]] > LARGEST
            arrivals = await connection.run(
                lambda session, batch=batch, cut=cut: _read(session, view, batch, cut, keywords)  # type: ignore[misc]
            )
            if arrivals:
                yield arrivals


def _sizes(session: Session, view: View, uids: Sequence[int]) -> dict[int, int]:
    session.open(view.folder, view.validity)
    answer = session.client.fetch(list(uids), ["RFC822.SIZE"])
    return {uid: int(answer[uid].get(b"RFC822.SIZE", 0)) for uid in uids if uid in answer}


def _batches(sizes: dict[int, int]) -> Iterator[list[int]]:
    batch: list[int] = []
    room = _BYTES
    for uid, size in sizes.items():
        if batch and (size > room or len(batch) == _MAILS):
            yield batch
            batch, room = [], _BYTES
        batch.append(uid)
        room -= size
    if batch:
        yield batch


def _read(session: Session, view: View, uids: Sequence[int], cut: bool, keywords: bool) -> list[Arrival]:
    session.open(view.folder, view.validity)
    name = session.folders.ours.get(view.folder, view.folder)
    arrivals = []
    for uid, (raw, flags) in sorted(session.read(uids, cut=cut).items()):
        now = standing(Key(view.folder, view.validity, uid), flags, keywords)
        labels = now.labels or frozenset()
        arrivals.append(Arrival(now.key, name, raw, labels, bool(now.unread), bool(now.flagged)))
    return arrivals


def _forget(known: Known, views: Sequence[View], exists: set[str]) -> list[str]:
    """Takes out of `known` what is not there any more, and returns its keys. Folders that are not looked at any longer
    keep what is known of them; a folder that was deleted loses it."""
    views_of = {view.folder: view for view in views}
    gone = []
    for (folder, validity), seen in list(known.items()):
        view = views_of.get(folder)
        if view is None and folder in exists:
            continue
        left = seen.uids & view.uids if view and view.validity == validity else set()
        gone += [str(Key(folder, validity, uid)) for uid in sorted(seen.uids - left)]
        if view and left and left != seen.uids:
            seen.following = view.following
        seen.uids = left
        if not left:
            del known[folder, validity]
    return gone
