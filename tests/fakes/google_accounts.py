"""A Google account: its mail, labels, drafts and history as Gmail holds them, and the tokens that open it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from itertools import count
from typing import Any

SYSTEM = frozenset(
    ("INBOX", "SENT", "DRAFT", "TRASH", "SPAM", "UNREAD", "STARRED", "IMPORTANT", "CHAT", "CATEGORY_PERSONAL")
)
_WORD = re.compile(r"^\s*(re|aw|sv|fwd?)\s*:\s*", re.IGNORECASE)


@dataclass
class Mail:
    """A message as it is held."""

    id: str
    thread: str
    raw: bytes
    labels: set[str]
    history: int

    @property
    def heads(self) -> Message:
        """Its headers."""
        return message_from_bytes(self.raw, policy=compat32)

    @property
    def message_id(self) -> str:
        """Without angle brackets."""
        return str(self.heads.get("Message-ID", "")).strip().strip("<>")


@dataclass
class GoogleAccount:
    """One account."""

    address: str
    mails: dict[str, Mail] = field(default_factory=dict)
    drafts: dict[str, Mail] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    """Id -> name of people's labels."""
    send_as: dict[str, str] = field(default_factory=dict)
    """Other addresses, and whether the owner proved them: `accepted` or `pending`."""
    records: list[dict[str, Any]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    now: int = 1000
    oldest: int = 0
    """History before this is not kept any more."""
    _numbers: Any = field(default_factory=lambda: count(0x18A0))

    def number(self) -> str:
        """A fresh id: 16 digits in hex, growing."""
        return f"{next(self._numbers):016x}"

    def deliver(self, raw: bytes, labels: Collection[str] = ("INBOX", "UNREAD"), thread: str = "") -> Mail:
        """A message comes in."""
        own = self.number()
        mail = Mail(own, thread or self._thread(raw) or own, raw, set(labels), self._tick())
        self.mails[own] = mail
        self._record("messagesAdded", mail)
        return mail

    def relabel(self, mail: Mail, add: Collection[str] = (), remove: Collection[str] = ()) -> None:
        """Labels are put on and taken off; what changes nothing leaves no trace in the history."""
        if off := mail.labels & set(remove):
            mail.labels -= off
            mail.history = self._tick()
            self._record("labelsRemoved", mail, off)
        if on := set(add) - mail.labels:
            mail.labels |= on
            mail.history = self._tick()
            self._record("labelsAdded", mail, on)

    def delete(self, mail: Mail) -> None:
        """Gone for good."""
        del self.mails[mail.id]
        self._tick()
        self._record("messagesDeleted", mail)

    def send(self, raw: bytes, thread: str = "") -> Mail:
        """It leaves, and a copy is in Sent; in the inbox too when it goes to oneself."""
        self.sent.append(raw)
        to_me = self.address in str(message_from_bytes(raw, policy=compat32).get("To", "")).casefold()
        labels = {"SENT", "INBOX", "UNREAD"} if to_me else {"SENT"}
        return self.deliver(raw, labels, thread if self._fits(raw, thread) else self.number())

    def forget_history(self) -> None:
        """As after a week."""
        self.oldest = self._tick()

    def newest_first(self, mails: Collection[Mail]) -> list[Mail]:
        """As Gmail lists them."""
        return sorted(mails, key=lambda mail: mail.id, reverse=True)

    def _tick(self) -> int:
        self.now += 1
        return self.now

    def _record(self, kind: str, mail: Mail, labels: Collection[str] = ()) -> None:
        message = {"id": mail.id, "threadId": mail.thread, "labelIds": sorted(mail.labels)}
        what = {"message": message, **({"labelIds": sorted(labels)} if labels else {})}
        self.records.append({"id": self.now, kind: [what], "messages": [{"id": mail.id, "threadId": mail.thread}]})

    def _thread(self, raw: bytes) -> str:
        named = _names(message_from_bytes(raw, policy=compat32))
        return next((mail.thread for mail in self.mails.values() if mail.message_id in named), "")

    def _fits(self, raw: bytes, thread: str) -> bool:
        """Gmail's three conditions: the thread is named, a header names a mail of it, and the subjects match."""
        heads = message_from_bytes(raw, policy=compat32)
        return any(
            mail.thread == thread and mail.message_id in _names(heads) and _bare(mail.heads) == _bare(heads)
            for mail in self.mails.values()
        )


def _names(heads: Message) -> set[str]:
    fields = f"{heads.get('In-Reply-To', '')} {heads.get('References', '')}"
    return set(re.findall(r"<([^<>\s]+)>", fields))


def _bare(heads: Message) -> str:
    return _WORD.sub("", str(heads.get("Subject", ""))).strip()
