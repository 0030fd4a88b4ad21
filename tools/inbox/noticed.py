"""Noticing: what a person does to labels in their mail program teaches as much as what they say in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.transaction import Transaction
from tools.inbox import correct
from tools.inbox.classify import CATEGORIES
from tools.inbox.show import plain
from tools.mail.mailbox import Changed
from tools.trust.ledger import fallen

ORIGIN = "mailbox"
"""Who undid a receipt, when it was the person in their mail program."""


async def notice(tx: Transaction, person: UUID, account: UUID, told: Sequence[Changed]) -> None:
    """Compares what the mailbox tells with what we know, before that is stored. A label that a rule put on and that is gone
    was taken back; one that is there again was not. A label that is called like a category is a correction, and taking it off
    takes that back. The person is told what it changed."""
    labelled = {one.key: one.labels for one in told if one.labels is not None}
    rows = [row for row in await tx.emails.by_keys(account, list(labelled)) if set(row.labels) != labelled[row.key]]
    if not rows:
        return
    own = await tx.corrections.categories(account)
    words: list[str] = []
    for row in rows:
        now_ = labelled[row.key]
        for label in sorted(set(row.labels) - now_):
            words += await _taken_off(tx, person, row, label)
        for label in sorted(now_ - set(row.labels)):
            words += await _put_on(tx, person, row, label, {one.casefold() for one in (*CATEGORIES, *own)})
    where = await tx.conversations.latest(person) if words else None
    if where is not None:
        await tx.outbox.post(where.id, kind="reply", body={"text": plain("\n".join(words))})


async def _taken_off(tx: Transaction, person: UUID, row: Row[Any], label: str) -> list[str]:
    words = []
    for receipt in await tx.receipts.labelling(person, row.id, label, undone_by=""):
        await tx.receipts.undo(receipt.id, ORIGIN)
        details = {"words": receipt.words}
        await tx.audit.sign(person, "undone", f"receipt:{receipt.number}", details, origin=ORIGIN)
        changed = await fallen(tx, receipt)
        words += [f"You took {label} off “{row.subject}” in your mail program. {changed}"] if changed else []
    if row.category is not None and row.category.casefold() == label.casefold():
        before = await correct.restore(tx, person, row, origin=ORIGIN)
        told = f"You took {label} off “{row.subject}”, so it is back in {before or 'no category'}."
        words += [told] if before is not None else []
    return words


async def _put_on(tx: Transaction, person: UUID, row: Row[Any], label: str, known: set[str]) -> list[str]:
    again = await tx.receipts.labelling(person, row.id, label, undone_by=ORIGIN)
    if again:
        await tx.receipts.redo([one.id for one in again])
        return [f"You put {label} back on “{row.subject}”, so that I had put it on counts as right again."]
    if label.casefold() not in known or (row.category or "").casefold() == label.casefold():
        return []
    if await tx.rule_matches.wants_label(row.id, label):  # a rule of ours is putting it on in this moment
        return []
    name = await correct.put(tx, person, row, label, origin=ORIGIN)
    return [f"You labelled “{row.subject}” {label} in your mail program, so mail like it will go to {name} too."]
