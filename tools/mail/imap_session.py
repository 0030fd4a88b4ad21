"""What is done with an open IMAP connection, in the terms of keys and folders. Everything here blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imapclient.response_parser import parse_fetch_response

from storage.values.errors import Refused
from tools.mail.imap_folders import Folders
from tools.mail.imap_keys import Key
from tools.mail.mailbox import LARGEST
from tools.mail.message_id import id_of

_WINDOW = 50_000
"""UIDs asked for in one SEARCH: imaplib takes lines of at most 1 MB, and so do many servers."""
GONE = "This mail is not on the server any more: it was moved or deleted elsewhere."


class Renumbered(Refused):
    """The server has numbered a folder anew since its messages were listed."""


class Session:
    """A logged-in connection: its client, its folders, and which folder is open."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.counts_changes = client.has_capability("CONDSTORE") or client.has_capability("QRESYNC")
        """Whether the server numbers the changes of flags (RFC 7162)."""
        if self.counts_changes and client.has_capability("ENABLE"):
            client.enable("CONDSTORE")
        self.folders = Folders(client)
        self._open: tuple[str, bool] | None = None
        self._validity = 0

    def look_at(self, folder: str, *, write: bool = False) -> dict[bytes, Any]:
        """Opens a folder anew and returns what the server says of it: EXISTS, UIDNEXT, UIDVALIDITY…"""
        self._open = None
        about: dict[bytes, Any] = self.client.select_folder(folder, readonly=not write)
        self._open, self._validity = (folder, write), int(about.get(b"UIDVALIDITY", 0))
        return about

    @property
    def folder(self) -> str:
        """The folder that is open."""
        return self._open[0] if self._open else ""

    def open(self, folder: str, validity: int, *, write: bool = False) -> None:
        """Opens a folder if it is not open yet. Refused when its numbering is not the one meant."""
        if self._open not in ((folder, True), (folder, write)):
            self.look_at(folder, write=write)
        if self._validity != validity:
            raise Renumbered(GONE)

    def go_to(self, key: Key) -> tuple[bytes, ...]:
        """Opens the message's folder for writing and returns its flags. Refused when the message is gone."""
        if key.folder not in self.folders.ours:
            self.folders.refresh()
        if key.folder not in self.folders.ours:
            raise Refused(GONE)
        self.open(key.folder, key.validity, write=True)
        flags = self.client.fetch([key.uid], ["FLAGS"]).get(key.uid, {}).get(b"FLAGS", (b"\\Deleted",))
        if b"\\Deleted" in flags:
            raise Refused(GONE)
        return tuple(flags)

    def present(self, about: dict[bytes, Any]) -> set[int]:
        """The UIDs in the folder that was looked at, but for those that wait to be expunged."""
        if not about[b"EXISTS"]:
            return set()
        last = int(about.get(b"UIDNEXT", 2**32)) - 1
        uids: set[int] = set()
        if b"UIDNEXT" not in about:  # old servers do not say; then one line must do
            return set(self.client.search(["UNDELETED"]))
        for first in range(1, last + 1, _WINDOW):
            uids.update(self.client.search(["UNDELETED", "UID", f"{first}:{min(first + _WINDOW - 1, last)}"]))
        return uids

    def raw(self, uid: int) -> bytes:
        """The bytes of a message in the open folder, however many. Refused when it is gone."""
        answer = self.client.fetch([uid], ["BODY.PEEK[]"])
        if uid not in answer:
            raise Refused(GONE)
        return body_of(answer[uid])

    def read(self, uids: Sequence[int], *, cut: bool) -> dict[int, tuple[bytes, tuple[bytes, ...]]]:
        """Bytes and flags of messages in the open folder, none of them marked as read; `cut`: only the beginning."""
        part = f"BODY.PEEK[]<0.{LARGEST}>" if cut else "BODY.PEEK[]"
        answer = self.client.fetch(list(uids), [part, "FLAGS"])
        return {uid: (body_of(fields), tuple(fields.get(b"FLAGS", ()))) for uid, fields in answer.items()}

    def flags(self, uids: str, since: int = 0) -> dict[int, tuple[bytes, ...]]:
        """Flags of messages in the open folder, whose numbers are written as IMAP does; `since`: only of those that changed
        after that change."""
        wanted = (uids, "(FLAGS)", f"(CHANGEDSINCE {since})") if since else (uids, "(FLAGS)")
        kind, answer = self.client._imap.uid("FETCH", *wanted)  # imapclient's own wants every single number
        self.client._checkok("fetch", kind, answer)
        told = parse_fetch_response(answer, uid_is_key=True)
        return {uid: tuple(fields[b"FLAGS"]) for uid, fields in told.items() if b"FLAGS" in fields}

    def twin(self, folder: str, message: bytes, *, after: int = 0) -> int | None:
        """The UID of a copy of the very same message in a folder, which is left open for writing."""
        about = self.look_at(folder, write=True)
        if not about[b"EXISTS"]:
            return None
        message_id = id_of(message)
        size = len(message)
        alike = ["HEADER", "Message-ID", message_id] if message_id else ["LARGER", size - 1, "SMALLER", size + 1]
        found = self.client.search(["UNDELETED", *alike])
        return next((uid for uid in sorted(found) if uid > after and self.raw(uid) == message), None)

    def append(self, folder: str, message: bytes, flags: Sequence[bytes]) -> Key:
        """Puts a message into a folder and returns its key."""
        answer = self.client.append(folder, message, flags)
        if answer.startswith(b"[APPENDUID "):
            validity, uid = answer.split(b"]")[0].split()[1:3]
            return Key(folder, int(validity), int(uid))
        return self.newest(folder, message)

    def copied(self) -> tuple[int, int] | None:
        """UIDVALIDITY and UID of what the last COPY or MOVE made, where the server tells (RFC 4315)."""
        _, answers = self.client._imap.response("COPYUID")  # imapclient hands out only answers to FETCH
        told = (answers or [None])[-1]
        if not told:
            return None
        validity, _, uid = told.split()[:3]
        return (int(validity), int(uid)) if uid.isdigit() else None

    def expunge(self, uid: int) -> None:
        """Deletes one message of the open folder. Without UIDPLUS it stays there marked as deleted, since a bare
        EXPUNGE would remove what others have marked."""
        self.client.add_flags([uid], [b"\\Deleted"], silent=True)
        if self.client.has_capability("UIDPLUS"):
            self.client.uid_expunge([uid])

    def newest(self, folder: str, message: bytes) -> Key:
        """The key of a message that was just put into a folder, for servers that do not tell."""
        uid = self.twin(folder, message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        if uid is None:
            raise Refused(
                "The mail server took the mail but does not show it: look into the folder with another program."
            )
        return Key(folder, self._validity, uid)


def body_of(fields: dict[bytes, Any]) -> bytes:
    """The message in an answer to FETCH, which names it as it likes and gives NIL for an empty one."""
    body = next((value for name, value in fields.items() if name.startswith(b"BODY[]")), None)
    return body if isinstance(body, bytes) else b""
