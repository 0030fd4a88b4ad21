"""What changed in IMAP folders since a cursor, in batches of a bounded size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from tools.mail.imap_connection import Connection
from tools.mail.imap_keys import Key, Known, read_cursor, write_cursor
from tools.mail.imap_session import Session
from tools.mail.labels import from_keyword
from tools.mail.mailbox import LARGEST, Arrival, Batch

_MAILS = 100
_BYTES = 8 * 1024 * 1024
"""A batch holds at most this, or one mail: so much is in memory and in one transaction."""
_SIZES = 1000
"""Messages whose sizes are asked for at once."""


@dataclass(frozen=True)
class View:
    """A folder at one moment."""

    folder: str
    validity: int
    uids: frozenset[int]


async def changes_since(
    cursor: str | None, connection: Connection, names: Sequence[str], *, keywords: bool
) -> AsyncIterator[Batch]:
    """What arrived in the folders of these names of ours, then what is gone from them. It is told in this order, so
    that a message that moved, or was numbered anew, is found under its new key before the old one goes."""
    known = read_cursor(cursor)
    exists = await connection.run(_folders)
    views = []
    for name in names:
        view = await connection.run(lambda session, name=name: _view(session, name, known))  # type: ignore[misc]
        if view is None:
            continue
        views.append(view)
        handed_out = known.setdefault((view.folder, view.validity), set())
        async for arrivals in _arrivals(connection, view, sorted(view.uids - handed_out), keywords):
            handed_out.update(Key.read(arrival.key).uid for arrival in arrivals)
            yield Batch(arrivals, (), write_cursor(known))
    gone = _forget(known, views, exists)
    if gone:
        yield Batch((), gone, write_cursor(known))


def _folders(session: Session) -> set[str]:
    session.folders.refresh()
    return set(session.folders.ours)


def _view(session: Session, name: str, known: Known) -> View | None:
    folder = session.folders.theirs(name)
    if folder is None:
        return None
    about = session.look_at(folder)
    validity = int(about.get(b"UIDVALIDITY", 0))
    before = known.get((folder, validity), set())
    # Numbers only grow, so as many messages as before and no new number means the very same ones.
    same = before and about[b"EXISTS"] == len(before) and about.get(b"UIDNEXT") == max(before) + 1
    return View(folder, validity, frozenset(before if same else session.present(about)))


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
    return [
        Arrival(
            key=str(Key(view.folder, view.validity, uid)),
            folder=name,
            raw=raw,
            labels=frozenset(filter(None, map(from_keyword, flags))) if keywords else frozenset(),
            unread=b"\\Seen" not in flags,
            flagged=b"\\Flagged" in flags,
        )
        for uid, (raw, flags) in sorted(session.read(uids, cut=cut).items())
    ]


def _forget(known: Known, views: Sequence[View], exists: set[str]) -> list[str]:
    """Takes out of `known` what is not there any more, and returns its keys. Folders that are not looked at any longer
    keep what is known of them; a folder that was deleted loses it."""
    seen = {view.folder: view for view in views}
    gone = []
    for (folder, validity), uids in list(known.items()):
        view = seen.get(folder)
        if view is None and folder in exists:
            continue
        left = uids & view.uids if view and view.validity == validity else set()
        gone += [str(Key(folder, validity, uid)) for uid in sorted(uids - left)]
        if left:
            known[folder, validity] = left
        else:
            del known[folder, validity]
    return gone
