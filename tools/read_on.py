"""Reading on: a mailbox is to be read now. Whoever asks, one such job of a mailbox is open at a time."""

from __future__ import annotations

from uuid import UUID

from storage.transaction import Transaction
from tools.work import POLL_MAIL


async def read_on(tx: Transaction, account: UUID, person: UUID, conversation: UUID | None = None) -> None:
    """Asks that the account of this person is read, unless that was asked for already. `conversation`: who asked there."""
    await tx.jobs.add(
        POLL_MAIL.kind,
        POLL_MAIL.queue.name,
        {"account": str(account)},
        person=person,
        conversation=conversation,
        once=f"poll:{account}",
    )
