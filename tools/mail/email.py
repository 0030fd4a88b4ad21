"""An e-mail as we read it: plain values, whatever the message looked like on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Address:
    """One mailbox of a header. `address` is lower-cased, `name` is decoded and may be empty."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True)
class Attachment:
    """What is attached, without its bytes: those are read on demand by `part`."""

    name: str
    media_type: str
    size: int
    part: int
    """Position of the part in a depth-first walk of the message: 0 is the message itself."""


@dataclass(frozen=True)
class Email:
    """A parsed message. Every field is present even when the message was broken; `defects` says how."""

    message_id: str
    """Without the angle brackets; empty when the message has none."""
    in_reply_to: str
    references: tuple[str, ...]
    subject: str
    sender: Address | None
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    sent_at: datetime | None
    """Aware, UTC; None when the Date header is missing or unreadable."""
    text: str
    """The whole readable body: the plain part, else the HTML turned into text."""
    reply: str
    """The new words only: `text` without quoted history and signature."""
    attachments: tuple[Attachment, ...]
    headers: Mapping[str, tuple[str, ...]]
    """Lower-cased header name -> its decoded values in order."""
    defects: tuple[str, ...] = field(default=())

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        return next(iter(self.headers.get(name.lower(), ())), "")
