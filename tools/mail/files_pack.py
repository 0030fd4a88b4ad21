"""Pack: the mails of a working copy one after another in a single file; making a file for each costs ten times more."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO, NamedTuple

_PIECE = 1024 * 1024


class Place(NamedTuple):
    """Where a mail lies in the pack."""

    at: int
    size: int


class Pack:
    """Write only with the journal held: it alone says what lies where, so bytes that a dying program left are nobody's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, mail: BinaryIO) -> Place:
        """Puts a mail at the end."""
        with self._path.open("ab") as file:
            at = file.tell()
            shutil.copyfileobj(mail, file, _PIECE)
            return Place(at, file.tell() - at)

    def read(self, place: Place, limit: int | None = None) -> bytes:
        """A mail, or its first `limit` bytes."""
        with self._path.open("rb") as file:
            file.seek(place.at)
            return file.read(place.size if limit is None else min(place.size, limit))

    def erase(self, place: Place) -> None:
        """Overwrites a mail; its room is not used again."""
        with self._path.open("r+b") as file:
            file.seek(place.at)
            for begin in range(0, place.size, _PIECE):
                file.write(bytes(min(_PIECE, place.size - begin)))
            file.flush()
            os.fsync(file.fileno())
