"""Blobs: the bytes of files, in a folder (object storage comes as another implementation of the same three methods)."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from uuid import UUID

from storage.values.errors import Refused, Unavailable


class Blobs(Protocol):
    """Where bytes lie under an id of ours."""

    async def put(self, name: UUID, content: bytes) -> None:
        """Stores bytes, all or nothing."""
        ...

    async def get(self, name: UUID) -> bytes:
        """The bytes. Refused when there are none."""
        ...

    async def delete(self, name: UUID) -> None:
        """Removes the bytes; none there is no error."""
        ...

    def path(self, name: UUID) -> Path:
        """A file on this machine that holds the bytes."""
        ...


class FolderBlobs:
    """Blobs in a private folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, name: UUID, content: bytes) -> None:
        await asyncio.to_thread(self._write, self.path(name), content)

    async def get(self, name: UUID) -> bytes:
        try:
            return await asyncio.to_thread(self.path(name).read_bytes)
        except FileNotFoundError:
            raise Refused("That file is not there any more; please give it to me again.") from None

    async def delete(self, name: UUID) -> None:
        await asyncio.to_thread(self.path(name).unlink, missing_ok=True)

    def path(self, name: UUID) -> Path:
        return self.folder / name.hex[:2] / name.hex

    def _write(self, path: Path, content: bytes) -> None:
        part = path.with_name(path.name + ".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise Unavailable(
                f"The file could not be stored ({error.strerror}); free some space and try again."
            ) from error
