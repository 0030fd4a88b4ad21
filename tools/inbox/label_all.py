"""Labels that rules ask for, many at once: each is put on at the provider, and what was done is stored in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.receipts import By
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.errors import NeedsPerson, Refused
from tools.inbox.relabel import ACTION, TAKES_BACK, labelled
from tools.toolbox import Toolbox

GONE = "That mail is not there any more."


@dataclass(frozen=True)
class LabelWish:
    """One label on one mail. A request that was carried out before a crash is not carried out again."""

    request: str
    email: UUID
    label: str
    because: str
    by: By
    """The rule that wishes it."""


@dataclass(frozen=True)
class _Standing:
    """What is known before the first label."""

    rows: dict[UUID, Row[Any]]
    labels: dict[UUID, list[str]]
    said: dict[str, str]
    """Request -> what it was told when it was carried out before."""
    known: dict[str, str]
    """A label without capitals -> how it is written."""


async def label_all(box: Toolbox, caller: Caller, conversation: UUID, wishes: Sequence[LabelWish]) -> list[str]:
    """Puts the labels on and says of each in words what came of it. The provider comes first and may be told twice: a crash
    in between leaves a label too many and no lie. What cannot be done is said, and the rest goes on."""
    async with box.database.acting_as(caller) as tx:
        stands = await _standing(tx, wishes)
    words: list[str] = []
    receipts: list[dict[str, Any]] = []
    touched: dict[UUID, Row[Any]] = {}
    try:
        for wish in wishes:
            row, before = stands.rows.get(wish.email), len(receipts)
            words.append(await _put_on(box, caller, stands, wish, row, receipts))
            if row is not None and len(receipts) > before:
                touched[row.id] = row
    finally:  # what the provider has is stored, even when it went away in the middle
        if receipts:
            async with box.database.acting_as(caller) as tx:
                await _store(tx, caller, conversation, stands, list(touched.values()), receipts)
    return words


async def _standing(tx: Transaction, wishes: Sequence[LabelWish]) -> _Standing:
    rows = {row.id: row for row in await tx.emails.many(list(dict.fromkeys(wish.email for wish in wishes)))}
    done = await tx.receipts.by_requests([wish.request for wish in wishes])
    names = await tx.emails.labels(list({row.account for row in rows.values()}))
    return _Standing(
        rows,
        {row.id: list(row.labels) for row in rows.values()},
        {row.request: f"{row.words} {TAKES_BACK}" for row in done},
        {name.casefold(): name for name in reversed(names)},
    )


async def _put_on(
    box: Toolbox,
    caller: Caller,
    stands: _Standing,
    wish: LabelWish,
    row: Row[Any] | None,
    receipts: list[dict[str, Any]],
) -> str:
    if wish.request in stands.said:
        return stands.said[wish.request]
    if row is None:
        return f"not done: {GONE}"
    name = stands.known.get(wish.label.casefold(), wish.label)
    if name in stands.labels[row.id]:
        return f"1 mail has the label {name} already, so nothing changed."
    try:
        mailbox = await box.mailboxes.get(caller.tenant, row.account)
        await mailbox.add_label(row.key, name)
    except (Refused, NeedsPerson) as error:
        return f"not done: {error}"
    stands.known.setdefault(name.casefold(), name)
    stands.labels[row.id].append(name)
    words = labelled([row], name, wish.because)
    before = {"label": name, "removed": False, "emails": [str(row.id)]}
    done = {"request": wish.request, "action": ACTION, "words": words, "before": before, "reversible": True}
    receipts.append(done | asdict(wish.by))
    return f"{words} {TAKES_BACK}"


async def _store(
    tx: Transaction,
    caller: Caller,
    conversation: UUID,
    stands: _Standing,
    rows: Sequence[Row[Any]],
    receipts: Sequence[dict[str, Any]],
) -> None:
    for account in {row.account for row in rows}:
        await tx.emails.stand(account, [_stands(row, stands.labels) for row in rows if row.account == account])
    numbers = await tx.receipts.add_all(caller.person, conversation, receipts)
    entries = [
        ("email_labelled", f"receipt:{number}", {"words": one["words"]})
        for number, one in zip(numbers, receipts, strict=True)
    ]
    await tx.audit.sign_all(caller.person, entries, origin=str(conversation))


def _stands(row: Row[Any], labels: dict[UUID, list[str]]) -> dict[str, Any]:
    return {"key": row.key, "unread": None, "flagged": None, "labels": sorted(labels[row.id]), "folder": None}
