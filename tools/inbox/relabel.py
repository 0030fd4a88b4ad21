"""Labelling: at the provider first, then with us, with a receipt that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.transaction import Transaction
from tools.tool import Ask
from tools.toolbox import Toolbox

ACTION = "label"
TAKES_BACK = "Say “undo” to take it back."


async def relabel(
    box: Toolbox, ask: Ask, rows: Sequence[Row[Any]], label: str, *, remove: bool, because: str = ""
) -> str:
    """Puts the label on the mails, or takes it off, and says what changed, with `because` when the person did not ask. The
    provider comes first, and may be told twice: a crash in between leaves a label too many and no lie."""
    async with box.database.acting_as(ask.caller) as tx:
        known = await tx.receipts.by_request(ask.request)
    if known is not None:  # done before a crash
        return f"{known.words} {TAKES_BACK}"
    name = await _as_known(box, ask, rows, label)
    todo = [row for row in rows if (name in row.labels) is remove]
    if not todo:
        return f"{_count(len(rows))} {'has no' if remove else 'has the'} label {name} already, so nothing changed."
    for row in todo:
        await _at_provider(box, ask.caller.tenant, row.account, row.key, name, remove=remove)
    words = f"Took the label {name} off {_named(todo)}{_why(because)}." if remove else labelled(todo, name, because)
    async with box.database.acting_as(ask.caller) as tx:
        for row in todo:
            await tx.emails.set_labels(row.id, _without(row.labels, name) if remove else [*row.labels, name])
        number = await tx.receipts.add(
            person=ask.caller.person,
            conversation=ask.conversation,
            request=ask.request,
            action=ACTION,
            words=words,
            before={"label": name, "removed": remove, "emails": [str(row.id) for row in todo]},
            reversible=True,
            by=ask.by,
        )
        await tx.audit.sign(
            ask.caller.person, "email_labelled", f"receipt:{number}", {"words": words}, origin=str(ask.conversation)
        )
    return f"{words} {TAKES_BACK}"


def labelled(rows: Sequence[Row[Any]], name: str, because: str) -> str:
    """What a receipt says of mails that got a label."""
    return f"Labelled {_named(rows)} {name}{_why(because)}."


async def undo(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """Puts the labels back as they were, at the provider and with us."""
    name, removed = before["label"], before["removed"]
    async with box.database.acting_as(ask.caller) as tx:
        rows = await tx.emails.many([UUID(one) for one in before["emails"]])
    for row in rows:
        await _at_provider(box, ask.caller.tenant, row.account, row.key, name, remove=not removed)
    async with box.database.acting_as(ask.caller) as tx:
        await _store_back(tx, rows, name, removed)
    return f"The label {name} is {'back on' if removed else 'off'} {_named(rows)}."


async def _store_back(tx: Transaction, rows: Sequence[Row[Any]], name: str, removed: bool) -> None:
    for row in rows:
        others = _without(row.labels, name)
        await tx.emails.set_labels(row.id, [*others, name] if removed else others)


async def _as_known(box: Toolbox, ask: Ask, rows: Sequence[Row[Any]], label: str) -> str:
    """The label as it is written already: "finance" is "Finance" when that is in use."""
    async with box.database.acting_as(ask.caller) as tx:
        known = await tx.emails.labels(list({row.account for row in rows}))
    return next((one for one in known if one.casefold() == label.casefold()), label)


async def _at_provider(box: Toolbox, tenant: UUID, account: UUID, key: str, label: str, *, remove: bool) -> None:
    mailbox = await box.mailboxes.get(tenant, account)
    await (mailbox.remove_label(key, label) if remove else mailbox.add_label(key, label))


def _without(labels: Sequence[str], name: str) -> list[str]:
    return [one for one in labels if one != name]


def _why(because: str) -> str:
    return f" ({because})" if because else ""


def _named(rows: Sequence[Row[Any]]) -> str:
    return f"“{rows[0].subject or '(no subject)'}”" if len(rows) == 1 else _count(len(rows))


def _count(number: int) -> str:
    return "1 mail" if number == 1 else f"{number} mails"
