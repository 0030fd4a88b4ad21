"""Caller: one who reads a mailbox on as the poller does, and notices anything told twice; and the mails of the contract."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tools.mail.compose import compose_new
from tools.mail.email import Address
from tools.mail.mailbox import Arrival, Changed, Mailbox

ANA, BEN = Address("Ana", "ana@example.org"), Address("Ben", "ben@example.com")


def mail(number: int, body: str = "See you at noon.") -> bytes:
    return (
        f"From: Ben <ben@example.com>\r\nTo: ana@example.org\r\nSubject: Lunch {number}\r\n"
        f"Message-ID: <lunch-{number}@example.com>\r\n\r\n{body}\r\n"
    ).encode()


def letter(number: int = 1) -> bytes:
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return compose_new(
        sender=ANA, to=[BEN], subject="Répondre", body="¡Sí!", message_id=f"answer-{number}@example.org", date=moment
    )


@dataclass
class Caller:
    """Keeps what it is told, as the poller does, and would notice anything told twice."""

    mailbox: Mailbox
    cursor: str | None = None
    mails: dict[str, Arrival] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)
    """What the last look told of known mails."""

    async def sync(self) -> list[Arrival]:
        self.changed = []
        new: list[Arrival] = []
        async for batch in self.mailbox.changes(self.cursor):
            for arrival in batch.arrivals:
                assert arrival.key not in self.mails
                self.mails[arrival.key] = arrival
                new.append(arrival)
            for told in batch.changed:
                assert told.key not in {one.key for one in batch.arrivals}
                self.changed.append(told)
                if told.key in self.mails:
                    self.mails[told.key] = _as_told(self.mails[told.key], told)
            for key in batch.gone:
                self.mails.pop(key, None)
            self.cursor = batch.cursor
        return new

    async def only(self) -> Arrival:
        (arrival,) = await self.sync()
        return arrival

    async def again(self) -> Arrival:
        """The mail as one who knows nothing is told of it."""
        return await Caller(self.mailbox).only()


def _as_told(arrival: Arrival, told: Changed) -> Arrival:
    names = ("unread", "flagged", "labels", "folder")
    return replace(arrival, **{name: value for name in names if (value := getattr(told, name)) is not None})
