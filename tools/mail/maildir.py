"""The files provider: a maildir, an mbox file or a folder of .eml, worked on in a copy; sending writes a file."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from storage.values.errors import Refused
from tools.mail.files_changes import Step, steps_since
from tools.mail.files_copy import WorkingCopy, digest_of
from tools.mail.files_journal import Mark, write_whole
from tools.mail.labels import checked_name
from tools.mail.mailbox import LARGEST, Abilities, Arrival, Batch, Changed, Credentials
from tools.mail.message_id import bare_id, id_of

T = TypeVar("T")

_KEY = re.compile(r"[0-9a-f]{32}")
_DRAFT = re.compile(r"draft-[0-9a-f]{32}")
_GONE = "This mail is not in the mailbox any more: search for it again."


async def open_files(credentials: Credentials) -> FilesMailbox:
    """Opens exported mail. Settings: `path` is the original, `copy` the folder that is worked in, `outgoing` the folder
    for what is sent. Raises Refused when there is no mail."""
    settings = credentials.settings
    original, folder, outgoing = (Path(settings[name]) for name in ("path", "copy", "outgoing"))
    if folder.is_relative_to(original) or outgoing.is_relative_to(original):
        raise Refused(f"The copy of {original} cannot be kept inside it: set DESKHAND_HOME to another folder.")
    mailbox = FilesMailbox(WorkingCopy(original, folder, outgoing))
    await mailbox.look()
    return mailbox


class FilesMailbox:
    """An open mailbox on a working copy; the original is only read. See `Mailbox` for what the methods promise."""

    abilities = Abilities(keywords=True, sends=True)

    def __init__(self, copy: WorkingCopy) -> None:
        self._copy = copy
        self._journal = copy.journal
        self._lock = asyncio.Lock()

    async def look(self) -> None:
        """Takes in what is new in the original."""
        await self._held(self._copy.take_in)

    async def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Everything since `cursor`. A copy that was made anew yields everything again, under the same keys."""
        await self.look()
        for step in await self._held(lambda: steps_since(cursor, self._journal)):
            yield await self._held(lambda step=step: self._batch(step))  # type: ignore[misc]

    async def unchanged(self, cursor: str) -> bool:
        """Whether nothing happened since `cursor`."""
        await self.look()
        return not await self._held(lambda: steps_since(cursor, self._journal))

    async def fetch(self, key: str) -> bytes:
        """The raw message. Refused when it is gone."""
        return await self._held(lambda: self._read(key))

    async def add_label(self, key: str, label: str) -> None:
        """Puts a label on the message in the copy."""
        label = checked_name(label)
        await self._mark(key, lambda mark: {"labels": sorted(_without(mark, label) | {_as_is(mark, label)})})

    async def remove_label(self, key: str, label: str) -> None:
        """Takes a label off the message in the copy, in whatever case it is written."""
        await self._mark(key, lambda mark: {"labels": sorted(_without(mark, label.strip()))})

    async def set_unread(self, key: str, unread: bool) -> None:
        """Marks the message in the copy as read or unread."""
        await self._mark(key, lambda mark: {"unread": unread})

    async def set_flagged(self, key: str, flagged: bool) -> None:
        """Puts the flag on the message in the copy, or takes it off."""
        await self._mark(key, lambda mark: {"flagged": flagged})

    async def move(self, key: str, folder: str) -> str:
        """Moves the message in the copy; its key stays."""
        folder = checked_name(folder, "folder")
        await self._mark(key, lambda mark: {"folder": folder})
        return key

    async def save_draft(self, message: bytes) -> str:
        """Puts a message among the drafts of the copy."""
        key = f"draft-{digest_of(BytesIO(message))}"
        await self._held(lambda: write_whole(self._draft(key), message))
        return key

    async def delete_draft(self, key: str) -> None:
        """Removes a draft."""
        if not _DRAFT.fullmatch(key):
            raise Refused("This is not a draft, so it was not deleted.")
        await self._held(lambda: self._draft(key).unlink(missing_ok=True))

    async def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Writes the message into the outgoing folder, under a name made of its Message-ID: handed over again, the same
        bytes are there already. Refused when it has no Message-ID, or another mail went out under it."""
        if not recipients:
            raise Refused("This mail has nobody to go to: give it a recipient.")
        message_id = id_of(message)
        if not message_id:
            raise Refused("This mail has no Message-ID, so it could not be recognised once sent: write it anew.")
        await self._held(lambda: self._put_out(self._sent(message_id), message))

    async def find_sent(self, message_id: str) -> str | None:
        """The key of the message in the outgoing folder, if it is there."""
        return await self._held(lambda: self._look_for(self._sent(bare_id(message_id))))

    async def census(self) -> AsyncIterator[Sequence[Changed]]:
        """What the copy holds."""
        await self.look()
        yield await self._held(lambda: [_stand(key, mark) for key, mark in self._journal.here.items()])

    async def aclose(self) -> None:
        """Nothing is held open."""

    async def _held(self, work: Callable[[], T]) -> T:
        def with_journal() -> T:
            with self._journal.held():
                return work()

        async with self._lock:
            return await asyncio.to_thread(with_journal)

    def _batch(self, step: Step) -> Batch:
        there = (key for key in step.arrived if key in self._journal.here)  # others may have seen one go meanwhile
        arrivals = [self._arrival(key, self._journal.here[key]) for key in there]
        changed = [_stand(key, self._journal.here[key]) for key in step.changed if key in self._journal.here]
        return Batch(arrivals, step.gone, step.cursor, changed)

    def _arrival(self, key: str, mark: Mark) -> Arrival:
        return Arrival(
            key, mark.folder, self._copy.pack.read(mark.place, LARGEST), mark.labels, mark.unread, mark.flagged
        )

    def _read(self, key: str) -> bytes:
        if _DRAFT.fullmatch(key) and self._draft(key).exists():
            return self._draft(key).read_bytes()
        return self._copy.pack.read(self._standing(key).place)

    async def _mark(self, key: str, change: Callable[[Mark], dict[str, Any]]) -> None:
        def mark() -> None:
            old = self._standing(key)
            self._journal.write({"marked": key, **change(old)})

        await self._held(mark)

    def _standing(self, key: str) -> Mark:
        if not _KEY.fullmatch(key) or key not in self._journal.here:
            raise Refused(_GONE)
        return self._journal.here[key]

    def _draft(self, key: str) -> Path:
        return self._copy.folder / "drafts" / f"{key}.eml"

    def _sent(self, message_id: str) -> Path:
        return self._copy.outgoing / f"{hashlib.sha256(message_id.encode()).hexdigest()[:32]}.eml"

    def _put_out(self, path: Path, message: bytes) -> None:
        if not path.exists():
            write_whole(path, message)
        elif path.read_bytes() != message:
            raise Refused("Another mail was sent under this Message-ID already: write this one anew.")

    def _look_for(self, path: Path) -> str | None:
        if not path.exists():
            return None
        self._copy.take_in()
        with path.open("rb") as file:
            return digest_of(file)


def _stand(key: str, mark: Mark) -> Changed:
    return Changed(key, mark.unread, mark.flagged, mark.labels, mark.folder)


def _without(mark: Mark, label: str) -> frozenset[str]:
    return frozenset(other for other in mark.labels if other.casefold() != label.casefold())


def _as_is(mark: Mark, label: str) -> str:
    """The label as it is written already, when it only differs in case."""
    return next((other for other in mark.labels if other.casefold() == label.casefold()), label)
