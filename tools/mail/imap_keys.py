"""Names for messages on an IMAP server, and the cursor that says which of them are known. Nothing here does I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias
from urllib.parse import quote, unquote

from storage.values.errors import Refused

Known: TypeAlias = dict[tuple[str, int], set[int]]
"""Folder and its UIDVALIDITY -> the UIDs that were handed out."""


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


def write_cursor(known: Mapping[tuple[str, int], Iterable[int]]) -> str:
    """The cursor, short because UIDs come in runs."""
    return json.dumps([[folder, validity, write_uids(uids)] for (folder, validity), uids in sorted(known.items())])


def read_cursor(cursor: str | None) -> Known:
    """What a cursor says; nothing is known without one."""
    if not cursor:
        return {}
    return {(folder, validity): set(read_uids(uids)) for folder, validity, uids in json.loads(cursor)}


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
