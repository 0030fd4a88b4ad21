"""Names for messages on an IMAP server, and the cursor that says which of them are known. Nothing here does I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias
from urllib.parse import quote, unquote

from storage.values.errors import Refused


@dataclass
class Seen:
    """What was told of a folder."""

    uids: set[int] = field(default_factory=set)
    """The messages that were handed out."""
    modseq: int = 0
    """Up to where changes of their flags were told (RFC 7162); 0 where the server does not count them."""
    flags: dict[str, str] = field(default_factory=dict)
    """Without such a count: flags as they stood on the newest messages -> the UIDs that bore them."""
    following: int = 0
    """The UID that the next message was to get when the newest had gone; else it is the newest one's and one."""

    def is_all(self, exists: int, following: int | None) -> bool:
        """Whether a folder with so many messages, whose next one gets this UID, holds the very same ones: numbers only
        grow."""
        return bool(self.uids) and (exists, following) == (len(self.uids), max(max(self.uids) + 1, self.following))


Known: TypeAlias = dict[tuple[str, int], Seen]
"""Folder and its UIDVALIDITY -> what was told of it."""


@dataclass(frozen=True)
class Key:
    """A message's name: it holds as long as the server keeps its numbering (RFC 3501, 2.3.1.1)."""

    folder: str
    validity: int
    uid: int

    def __str__(self) -> str:
        return f"{quote(self.folder, safe='')}:{self.validity}:{self.uid}"

    @classmethod
    def read(cls, text: str) -> Key:
        """The key that prints as `text`. Refused when it is none."""
        folder, _, numbers = text.partition(":")
        validity, _, uid = numbers.partition(":")
        if not (folder and validity.isdecimal() and uid.isdecimal()):
            raise Refused("This is not a mail of this mailbox: search for it again.")
        return cls(unquote(folder), int(validity), int(uid))


def write_cursor(known: Mapping[tuple[str, int], Seen]) -> str:
    """The cursor, short because UIDs come in runs."""
    return json.dumps(
        [
            [folder, validity, write_uids(seen.uids), seen.modseq, seen.flags, seen.following]
            for (folder, validity), seen in sorted(known.items(), key=lambda item: item[0])
            if seen.uids
        ]
    )


def read_cursor(cursor: str | None) -> Known:
    """What a cursor says; nothing is known without one."""
    if not cursor:
        return {}
    return {
        (folder, validity): Seen(set(read_uids(uids)), *more) for folder, validity, uids, *more in json.loads(cursor)
    }


def write_uids(uids: Iterable[int]) -> str:
    """Numbers as IMAP writes sets of them: "1:3,7"."""
    runs = []
    for _, group in groupby(enumerate(sorted(uids)), key=lambda numbered: numbered[1] - numbered[0]):
        run = [uid for _, uid in group]
        runs.append(f"{run[0]}:{run[-1]}" if len(run) > 1 else str(run[0]))
    return ",".join(runs)


def read_uids(text: str) -> Iterator[int]:
    """The numbers of such a set."""
    for run in filter(None, text.split(",")):
        first, _, last = run.partition(":")
        yield from range(int(first), int(last or first) + 1)
