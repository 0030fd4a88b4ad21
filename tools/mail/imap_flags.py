"""Flags that changed on messages that are known: by the server's count of changes, else by a look at the newest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.mail.imap_connection import Connection
from tools.mail.imap_keys import Key, Seen, read_uids, write_uids
from tools.mail.imap_session import Session
from tools.mail.labels import from_keyword
from tools.mail.mailbox import Arrival, Changed

NEWEST = 1_000
"""Messages whose flags are looked at in every round where the server counts no changes; the daily count sees all."""
_TOLD = 1_000
"""Changes in a batch."""


@dataclass(frozen=True)
class View:
    """A folder at one moment."""

    folder: str
    validity: int
    uids: frozenset[int]
    modseq: int
    """The number of the latest change of a flag; 0 where the server does not count them."""
    following: int
    """The UID that the next message gets; 0 where the server does not say."""


def standing(key: Key, flags: Iterable[bytes], keywords: bool) -> Changed:
    """How a message with these flags stands."""
    there = frozenset(flags)
    labels = frozenset(filter(None, map(from_keyword, there))) if keywords else None
    return Changed(str(key), b"\\Seen" not in there, b"\\Flagged" in there, labels)


async def changes_of_flags(
    connection: Connection, view: View, old: frozenset[int], seen: Seen, *, keywords: bool
) -> AsyncIterator[Sequence[Changed]]:
    """What changed since `seen` on `old` messages, which were told of before. With the last of these `seen` says that it
    was told up to here."""
    if view.modseq:
        flags: dict[str, str] = {}
        # A server that lost its count begins anew, below ours: then everything may have changed.
        since = seen.modseq if seen.modseq <= view.modseq else 0
        found = await _ask(connection, view, "1:*", since or 1) if old and since < view.modseq else {}
        news = [_stand(view, uid, found[uid], keywords) for uid in sorted(found) if uid in old]
    else:
        newest = sorted(old)[-NEWEST:]
        found = await _ask(connection, view, write_uids(newest)) if newest else {}
        now = {uid: _stand(view, uid, found[uid], keywords) for uid in newest if uid in found}
        before = _bearers(seen)
        news = [stand for uid, stand in now.items() if before.get(uid) != _word(stand)]
        flags = _written({uid: _word(stand) for uid, stand in now.items()})
    for begin in range(0, len(news), _TOLD):
        if begin + _TOLD >= len(news):
            seen.modseq, seen.flags = view.modseq, flags
        yield news[begin : begin + _TOLD]
    seen.modseq, seen.flags = view.modseq, flags


def note_flags(seen: Seen, arrivals: Sequence[Arrival]) -> None:
    """Remembers how arrivals stood, where the server does not count."""
    if not seen.modseq:
        bearers = _bearers(seen) | {Key.read(one.key).uid: _word(one) for one in arrivals}
        seen.flags = _written({uid: bearers[uid] for uid in sorted(bearers)[-NEWEST:]})


async def _ask(connection: Connection, view: View, uids: str, since: int = 0) -> dict[int, tuple[bytes, ...]]:
    def ask(session: Session) -> dict[int, tuple[bytes, ...]]:
        session.open(view.folder, view.validity)
        return session.flags(uids, since)

    return await connection.run(ask)


def _stand(view: View, uid: int, flags: Iterable[bytes], keywords: bool) -> Changed:
    return standing(Key(view.folder, view.validity, uid), flags, keywords)


def _word(stand: Arrival | Changed) -> str:
    """How a message stands, always written alike."""
    state = ("unread" if stand.unread else "read") + (" flagged" if stand.flagged else "")
    return "\n".join((state, *sorted(stand.labels or ())))


def _written(words: Mapping[int, str]) -> dict[str, str]:
    bearers: dict[str, list[int]] = {}
    for uid, word in words.items():
        bearers.setdefault(word, []).append(uid)
    return {word: write_uids(uids) for word, uids in sorted(bearers.items())}


def _bearers(seen: Seen) -> dict[int, str]:
    return {uid: word for word, uids in seen.flags.items() for uid in read_uids(uids)}
