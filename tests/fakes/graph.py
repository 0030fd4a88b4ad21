"""A mailbox as Microsoft Graph keeps it: folders, messages, and a log from which deltas are told."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from itertools import count
from typing import Any

OWNER = "ana@example.org"
WELL_KNOWN = {
    "inbox": "Posteingang",
    "sentitems": "Gesendete Elemente",
    "drafts": "Entwürfe",
    "archive": "Archiv",
    "deleteditems": "Gelöschte Elemente",
    "junkemail": "Junk-E-Mail",
}
"""Graph's name -> what this mailbox shows: its owner writes German."""

Item = dict[str, Any]


@dataclass
class Message:
    """One message. `set_right` holds what a PATCH changed of a draft."""

    id: str
    regular: str
    raw: bytes
    folder: str
    conversation: str
    is_read: bool = False
    is_draft: bool = False
    flag: str = "notFlagged"
    categories: list[str] = field(default_factory=list)
    set_right: Item = field(default_factory=dict)
    version: int = 1

    def seen(self, immutable: bool) -> Item:
        """As JSON, with everything that may be selected."""
        head = message_from_bytes(self.raw)
        named = {
            "internetMessageId": head.get("Message-ID"),
            "subject": str(make_header(decode_header(str(head.get("Subject", ""))))),
            "bodyPreview": _text(self.raw)[:255],
            **{f"{one}Recipients": _people(head.get_all(one, [])) for one in ("to", "cc", "bcc")},
            **{name: value for name, value in self.set_right.items() if name != "body"},
        }
        if "body" in self.set_right:
            named["bodyPreview"] = str(self.set_right["body"]["content"])[:255]
        return {
            "@odata.etag": f'W/"{self.version}"',
            "id": self.id if immutable else self.regular,
            "isRead": self.is_read,
            "isDraft": self.is_draft,
            "flag": {"flagStatus": self.flag},
            "categories": list(self.categories),
            "hasAttachments": "attachment;" in str(self.raw),
            "parentFolderId": self.folder,
            "conversationId": self.conversation,
            **named,
        }


@dataclass
class Folder:
    """One folder."""

    id: str
    name: str
    parent: str
    well_known: str = ""


@dataclass(frozen=True)
class Change:
    """A line of the log: something happened to a message in a folder. `fields`: only these; none: it came or went."""

    number: int
    folder: str
    message: str
    fields: frozenset[str] = frozenset()


class Account:
    """One mailbox."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.log: list[Change] = []
        self.forgotten = 0
        """Deltas from before this number of the log are answered with 410."""
        self.messages: dict[str, Message] = {}
        self.folders: dict[str, Folder] = {}
        self.root = self._begun()

    def _begun(self) -> str:
        self._box = secrets.token_urlsafe(24)
        root = Folder(self._new_id("F"), "Oberste Ebene des Informationsspeichers", "", "msgfolderroot")
        self.folders[root.id] = root
        for well_known, shown in WELL_KNOWN.items():
            self.add_folder(shown, root.id, well_known)
        return root.id

    def _new_id(self, kind: str) -> str:
        return f"AAk{kind}{self._box}{next(self._numbers):06}AA="

    def add_folder(self, name: str, parent: str, well_known: str = "") -> Folder:
        """A new folder."""
        folder = Folder(self._new_id("F"), name, parent, well_known)
        self.folders[folder.id] = folder
        return folder

    def folder(self, name: str) -> Folder | None:
        """By its id or well-known name."""
        known = (one for one in self.folders.values() if one.well_known == name.lower())
        return self.folders.get(name) or next(known, None)

    def place(self, well_known: str) -> str:
        """The id of a folder that every mailbox has."""
        folder = self.folder(well_known)
        assert folder
        return folder.id

    def find(self, name: str) -> Message | None:
        """A message by either of its ids."""
        return self.messages.get(name) or next((one for one in self.messages.values() if one.regular == name), None)

    def within(self, folder: str) -> list[Message]:
        """The messages of a folder, oldest first."""
        return [one for one in self.messages.values() if one.folder == folder]

    def add(self, raw: bytes, well_known: str, *, draft: bool = False, conversation: str = "") -> Message:
        """A message comes to be."""
        conversation = conversation or f"conversation-{next(self._numbers)}"
        message = Message(
            self._new_id("I"),
            self._new_id("R"),
            raw,
            self.place(well_known),
            conversation,
            is_read=draft,
            is_draft=draft,
        )
        self.messages[message.id] = message
        self._note(message.folder, message)
        return message

    def move(self, message: Message, folder: str) -> None:
        """To another folder: its regular id changes."""
        before, message.folder = message.folder, folder
        message.regular = self._new_id("R")
        self.touch(message, ())
        self._note(before, message)
        self._note(folder, message)

    def touch(self, message: Message, fields: Iterable[str]) -> None:
        """It was changed: these fields of it."""
        message.version += 1
        if fields:
            self._note(message.folder, message, frozenset(fields))

    def remove(self, message: Message) -> None:
        """For good."""
        del self.messages[message.id]
        self._note(message.folder, message)

    def forget(self) -> None:
        """Every delta that was told so far means nothing any more."""
        self.forgotten = len(self.log) + 1
        self.log.append(Change(self.forgotten, "", ""))

    def make_anew(self) -> None:
        """The mailbox is brought elsewhere: every id changes."""
        old, places = list(self.messages.values()), {one.id: one.well_known for one in self.folders.values()}
        self.messages, self.folders = {}, {}
        self.root = self._begun()
        for one in old:
            again = self.add(one.raw, places[one.folder], draft=one.is_draft, conversation=one.conversation)
            again.is_read, again.flag, again.categories = one.is_read, one.flag, one.categories
        self.forget()

    def since(self, folder: str, number: int, immutable: bool) -> list[Item]:
        """What a delta tells: of each message the last, in the order of the log."""
        told: dict[str, set[str] | None] = {}
        for change in self.log:
            if change.number > number and change.folder == folder:
                fields = told.pop(change.message, set())
                told[change.message] = None if not change.fields or fields is None else fields | change.fields
        return [self._told(one, folder, fields, immutable) for one, fields in told.items()]

    def _told(self, name: str, folder: str, fields: set[str] | None, immutable: bool) -> Item:
        message = self.messages.get(name)
        if message is None or message.folder != folder:
            return {"id": name, "@removed": {"reason": "deleted"}}
        seen = message.seen(immutable)
        return seen if fields is None else {one: seen[one] for one in ("@odata.etag", "id", *sorted(fields))}

    def _note(self, folder: str, message: Message, fields: frozenset[str] = frozenset()) -> None:
        self.log.append(Change(len(self.log) + 1, folder, message.id, fields))


def _text(raw: bytes) -> str:
    part = next((one for one in message_from_bytes(raw).walk() if one.get_content_type() == "text/plain"), None)
    body = part.get_payload(decode=True) if part else b""
    return " ".join(body.decode("utf-8", "replace").split()) if isinstance(body, bytes) else ""


def _people(fields: list[Any]) -> list[Item]:
    return [
        {"emailAddress": {"name": name, "address": address}}
        for name, address in getaddresses([str(one) for one in fields])
    ]
