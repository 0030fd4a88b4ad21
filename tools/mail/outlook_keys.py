"""Names for messages of an Outlook mailbox, and the cursor that says which of them are known. Nothing here does I/O.

Graph's delta tells of a mail that came and of one that was marked in the same words, so what was told of is kept. The ids
of a mailbox are long and alike; packed they take some ten bytes each.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from storage.values.errors import Refused
from tools.mail.outlook_answers import GONE

ELSEWHERE = ""
"""For known messages: in a folder that is not followed."""

_KEY = re.compile(r"([0-9a-f]{8}):([A-Za-z0-9_=-]{16,1024})")


def numbering_of(inbox: str) -> str:
    """The name of the mailbox's numbering: another one when the mailbox was made anew or brought elsewhere, and then its
    ids mean nothing any more. `inbox` is the id of its Inbox."""
    return hashlib.blake2b(inbox.encode(), digest_size=4).hexdigest()


@dataclass(frozen=True)
class Key:
    """A message's name: it holds wherever in the mailbox the message is moved."""

    numbering: str
    id: str

    def __str__(self) -> str:
        return f"{self.numbering}:{self.id}"

    @property
    def path(self) -> str:
        """Where Graph has it."""
        return path_of(self.id)

    @classmethod
    def read(cls, text: str, numbering: str) -> Key:
        """The key that prints as `text`. Refused when it is none, or of a numbering that ended."""
        found = _KEY.fullmatch(text)
        if found is None:
            raise Refused("This is not a mail of this mailbox: search for it again.")
        if found[1] != numbering:
            raise Refused(GONE)
        return cls(*found.groups())


def path_of(message: str) -> str:
    """Where Graph has a message of this id."""
    return f"/me/messages/{quote(message, safe='')}"


@dataclass
class Known:
    """What a cursor says."""

    numbering: str
    at: dict[str, str] = field(default_factory=dict)
    """Id -> our name of the folder in which it was seen last, or ELSEWHERE."""
    links: dict[str, str] = field(default_factory=dict)
    """Folder -> the path that goes on from where it was read."""
    missing: set[str] = field(default_factory=set)
    """Known ids that left their folder: whether they are gone is still to be found out."""
    ended: dict[str, list[str]] = field(default_factory=dict)
    """A numbering that ended -> its ids, which are told as gone after everything was told anew."""

    @classmethod
    def read(cls, cursor: str | None, numbering: str) -> Known:
        """What the cursor says, under the numbering that the mailbox has now."""
        if not cursor:
            return cls(numbering)
        said = json.loads(cursor)
        at = {one: folder for folder, ids in said["at"].items() for one in _unpacked(ids)}
        ended = {name: _unpacked(ids) for name, ids in said["ended"].items()}
        if said["numbering"] != numbering:
            return cls(numbering, ended={**ended, said["numbering"]: sorted(at)})
        return cls(numbering, at, dict(said["links"]), set(_unpacked(said["missing"])), ended)

    def write(self) -> str:
        """The cursor."""
        folders: dict[str, list[str]] = {}
        for one, folder in self.at.items():
            folders.setdefault(folder, []).append(one)
        said = {
            "numbering": self.numbering,
            "links": self.links,
            "at": {folder: _packed(ids) for folder, ids in folders.items()},
            "missing": _packed(self.missing),
            "ended": {name: _packed(ids) for name, ids in self.ended.items()},
        }
        return json.dumps(said)


def _packed(ids: Iterable[str]) -> str:
    text = "\n".join(sorted(ids))
    return b85encode(zlib.compress(text.encode(), 1)).decode() if text else ""


def _unpacked(text: str) -> list[str]:
    return zlib.decompress(b85decode(text)).decode().split("\n") if text else []
