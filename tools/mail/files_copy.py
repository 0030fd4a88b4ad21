"""Working copy of exported mail: takes in what is new in the original, which is only ever read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from storage.values.errors import Refused, Unavailable
from tools.mail.exported import Found, Kind, found_in, kind_of, mails_in
from tools.mail.files_journal import Journal, write_whole
from tools.mail.files_pack import Pack
from tools.mail.folder_names import SENT

_HEAD = 64 * 1024
"""Bytes of a mail in which its headers are looked for."""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_READ_STATUS = re.compile(rb"(?im)^(?:Status:[ \t]*\w*R|X-Mozilla-Status:[ \t]*[0-9a-f]*[13579bdf][ \t]*\r?$)")

Sources: TypeAlias = dict[str, tuple[int, int, list[str]]]
"""Path of a file of the original -> its size, its time, and the keys of the mails in it."""


class WorkingCopy:
    """The copy of one account's mail. A mail's key is a digest of its bytes, so the same mail exported again is the
    same mail, whatever file it comes in. All methods do file work and belong in a thread."""

    def __init__(self, original: Path, folder: Path, outgoing: Path) -> None:
        self.original, self.folder, self.outgoing = original, folder, outgoing
        self.journal = Journal(folder)
        self.pack = Pack(folder / "mails")

    def take_in(self) -> None:
        """Copies what is new, and notes what is gone. Call with the journal held.

        Raises Refused when there is no mail, Unavailable when the original is away."""
        before = self._read_sources()
        now: Sources = {}
        arrived: dict[str, dict[str, Any]] = {}
        for found, kind in self._files():
            now[str(found.path)] = self._take_file(found, kind, before, arrived)
        self._check_there(before, now)
        kept = {key for _, _, keys in now.values() for key in keys}
        gone = {key: mark.place for key, mark in self.journal.here.items() if key not in kept}
        if arrived or gone:
            self.journal.write(*arrived.values(), *({"gone": key} for key in gone))
        for place in gone.values():
            self.pack.erase(place)
        if now != before:
            write_whole(self.folder / "sources.json", json.dumps(now).encode("utf-8"))

    def _files(self) -> Iterator[tuple[Found, Kind]]:
        kind = self._kind()
        for found in found_in(self.original, kind, (self.folder, self.outgoing)):
            yield found, kind
        if self.outgoing.is_dir():
            for found in found_in(self.outgoing, Kind.EML):
                yield Found(found.path, SENT, True, found.size, found.changed), Kind.EML

    def _kind(self) -> Kind:
        try:
            return kind_of(self.original)
        except Refused as problem:
            if self.journal.here:  # it was there once: a disk that is not mounted must not empty the mailbox
                raise Unavailable(f"The mail at {self.original} cannot be read now. {problem}") from problem
            raise

    def _take_file(
        self, found: Found, kind: Kind, before: Sources, arrived: dict[str, dict[str, Any]]
    ) -> tuple[int, int, list[str]]:
        size, changed, keys = before.get(str(found.path), (-1, -1, []))
        if (size, changed) == (found.size, found.changed):
            return size, changed, keys
        try:
            return found.size, found.changed, [self._take_mail(mail, found, arrived) for mail in mails_in(found, kind)]
        except OSError:  # no right to read it, or away since it was listed: what we had of it stays
            return size, changed, keys

    def _take_mail(self, mail: BinaryIO, found: Found, arrived: dict[str, dict[str, Any]]) -> str:
        key = digest_of(mail)
        if key not in self.journal.here and key not in arrived:
            mail.seek(0)
            read = found.read if found.read is not None else bool(_READ_STATUS.search(head_of(mail.read(_HEAD))))
            mail.seek(0)
            place = self.pack.add(mail)
            arrived[key] = {"arrived": key, "folder": found.folder, "unread": not read, "place": place}
        return key

    def _check_there(self, before: Sources, now: Sources) -> None:
        if not self._of_original(now):
            if self._of_original(before):
                raise Unavailable(f"There is no mail at {self.original} any more: is its disk mounted?")
            raise Refused(f"There is no readable mail in {self.original}: give an mbox file, a maildir or .eml files.")

    def _of_original(self, sources: Sources) -> bool:
        return any(keys and not Path(path).is_relative_to(self.outgoing) for path, (_, _, keys) in sources.items())

    def _read_sources(self) -> Sources:
        if not self.journal.here:  # a new copy: what was read for an old one is not in this one
            return {}
        try:
            stored = json.loads((self.folder / "sources.json").read_bytes())
        except (FileNotFoundError, ValueError):  # it only saves reading again
            return {}
        return {path: (size, changed, keys) for path, (size, changed, keys) in stored.items()}


def digest_of(mail: BinaryIO) -> str:
    """128 bits of the SHA-256 of a mail: its key."""
    sha = hashlib.sha256()
    while piece := mail.read(1024 * 1024):
        sha.update(piece)
    return sha.hexdigest()[:32]


def head_of(mail: bytes) -> bytes:
    """The beginning of a mail, up to its body."""
    blank = _BLANK_LINE.search(mail)
    return mail[: blank.start()] if blank else mail
