"""Mailbox: what every provider must be able to do. A provider is one file here and one line in `MAILBOXES`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tools.mail.tokens import Tokens

LARGEST = 32 * 1024 * 1024
"""Of a message with more bytes than this an `Arrival` carries only the beginning, so that one giant cannot fill the
memory; `fetch` reads it whole. Common limits of mail servers are 20 to 50 MB."""


@dataclass(frozen=True)
class Arrival:
    """A message as the provider holds it now."""

    key: str
    """The provider's name for it, stable until the message is moved: for IMAP folder, UIDVALIDITY and UID."""
    folder: str
    """INBOX, Sent, Drafts or Archive for what the server calls so, in whatever language; else its own name."""
    raw: bytes
    labels: frozenset[str] = frozenset()
    unread: bool = True
    flagged: bool = False


@dataclass(frozen=True)
class Changed:
    """How a message stands now that was told of before, whoever changed it: in another program, or we ourselves. What is
    None is not told and stays with us as it is; telling what stands like that already is no error."""

    key: str
    unread: bool | None = None
    flagged: bool | None = None
    labels: frozenset[str] | None = None
    """All of them. None where labels are not kept on the message (see `Abilities.keywords`)."""
    folder: str | None = None
    """Where it lies, by the names of `Arrival.folder`: for providers whose keys outlive a move."""


@dataclass(frozen=True)
class Batch:
    """One step of a synchronisation. `cursor` is saved in the transaction that stores the rest, never before."""

    arrivals: Sequence[Arrival]
    gone: Sequence[str]
    """Keys that are no longer there (deleted or moved away)."""
    cursor: str
    """Opaque; the next `changes(cursor)` goes on from here."""
    changed: Sequence[Changed] = ()
    """Known messages that stand differently now; never one of this batch's arrivals. What was read, flagged, labelled or
    moved in another program comes this way, so every provider fills it as far as its server tells."""


@dataclass(frozen=True)
class Abilities:
    """What this very mailbox can do, as it said when it was opened."""

    keywords: bool
    """Labels are kept on the message; otherwise a label is a folder that holds a copy, or is ours alone."""
    sends: bool
    pushes: bool = False
    """It says by itself when something happened: then it is `Pushing` too."""


@dataclass(frozen=True)
class Credentials:
    """What an account needs to be opened. `settings` hold no secret, `secret` is never logged or shown."""

    address: str
    settings: Mapping[str, str]
    secret: str = ""
    """A password. Providers of `LINKS` have none; they have `tokens`."""
    tokens: Tokens | None = None
    stored: Callable[[], Awaitable[frozenset[str]]] | None = None
    """The keys that were told of and are stored, for a reset: what is known need not be fetched again."""

    def __repr__(self) -> str:
        return f"Credentials({self.address!r}, <sealed>)"


class Mailbox(Protocol):
    """An open mailbox. All methods raise Refused, Unavailable or NeedsPerson with a sentence for the person."""

    abilities: Abilities

    def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Everything since `cursor` (None: everything), each message exactly once, newest folders' state last.
        Never marks a message as read. A reset of the provider's numbering yields the messages again under new keys; the
        caller tells by Message-ID that it has them."""
        ...

    async def fetch(self, key: str) -> bytes:
        """The raw message. Refused when it is gone."""
        ...

    async def add_label(self, key: str, label: str) -> None:
        """Puts a label on the message; doing it twice is the same as once."""
        ...

    async def remove_label(self, key: str, label: str) -> None:
        """Takes a label off; one that is not there is no error."""
        ...

    async def set_unread(self, key: str, unread: bool) -> None:
        """Marks the message as read or unread."""
        ...

    async def set_flagged(self, key: str, flagged: bool) -> None:
        """Puts the flag (star, \\Flagged, follow-up flag) on the message, or takes it off."""
        ...

    async def move(self, key: str, folder: str) -> str:
        """Moves the message, makes the folder if need be, and returns the message's new key."""
        ...

    async def save_draft(self, message: bytes) -> str:
        """Puts a message into Drafts and returns its key."""
        ...

    async def delete_draft(self, key: str) -> None:
        """Removes a draft; one that is gone is no error."""
        ...

    async def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Hands the exact bytes over for delivery, once, and keeps a copy in Sent. Refused or Unavailable: surely not
        sent. Unsure: the line was lost after the message was handed over, so only `find_sent` or a person can tell."""
        ...

    async def find_sent(self, message_id: str) -> str | None:
        """The key of the message with this Message-ID in Sent, if it is there."""
        ...

    def census(self) -> AsyncIterator[Sequence[Changed]]:
        """Every message that `changes` would tell of, as it stands now and with its folder, without its bytes: for the daily
        count, which compares this with our rows. A key comes once."""
        ...

    async def aclose(self) -> None:
        """Lets go of connections."""
        ...


@runtime_checkable
class Glancing(Mailbox, Protocol):
    """A mailbox that can say cheaply that nothing happened: then it is not polled. One whose provider calls us is none, since a
    poll also renews that call."""

    async def unchanged(self, cursor: str) -> bool:
        """Whether `changes(cursor)` would surely tell nothing, found out without fetching a mail. False is no promise."""
        ...


@runtime_checkable
class Pushing(Mailbox, Protocol):
    """A mailbox that says by itself when something happened."""

    def news(self) -> AsyncIterator[None]:
        """Yields when it listens, and then whenever something happened: look with `changes`. Ends with Unavailable or
        NeedsPerson when the line breaks; polling goes on beside it."""
        ...


@runtime_checkable
class Named(Mailbox, Protocol):
    """A mailbox whose provider knows under which other addresses mail reaches it."""

    async def addresses(self) -> Sequence[str]:
        """All addresses that the provider is sure of, in any case; the account's own may be among them."""
        ...
