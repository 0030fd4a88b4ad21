"""Tidying: mails are moved, archived, flagged and marked, at the provider first, then with us, so that it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.values.errors import Refused, Trouble
from tools.inbox.relabel import TAKES_BACK
from tools.mail.folder_names import ARCHIVE, INBOX
from tools.tool import Ask
from tools.toolbox import Toolbox

MOVED, MARKED = "move", "mark"


@dataclass(frozen=True)
class Mark:
    """A mark of a mail: the column that holds it, its value, and what is said of it."""

    column: str
    value: bool
    words: str
    undone: str


MARKS = {
    "read": Mark("unread", False, "Marked {} as read.", "{} is unread again."),
    "unread": Mark("unread", True, "Marked {} as unread.", "{} is read again."),
    "flagged": Mark("flagged", True, "Flagged {}.", "The flag is off {}."),
    "unflagged": Mark("flagged", False, "Took the flag off {}.", "The flag is back on {}."),
}


async def move(box: Toolbox, ask: Ask, rows: Sequence[Row[Any]], folder: str) -> str:
    """Moves the mails to a folder and says what became of them. What was done before something went wrong stands, with a
    receipt; each mail's row follows it at once."""
    if (done_before := await _done_before(box, ask)) is not None:
        return done_before
    todo = [row for row in rows if row.folder != folder]
    if not todo:
        return (
            f"{_count(len(rows))} {'is' if len(rows) == 1 else 'are'} in {_place(folder)} already, so nothing changed."
        )
    moved: list[Row[Any]] = []
    trouble = ""
    for row in todo:
        try:
            await _move(box, ask, row, folder)
        except Trouble as error:
            if not moved:
                raise
            trouble = f" Not the rest: {error}"
            break
        moved.append(row)
    words = f"Archived {_named(moved)}." if folder == ARCHIVE else f"Moved {_named(moved)} to {_place(folder)}."
    before = {"to": folder, "emails": [{"id": str(row.id), "from": row.folder} for row in moved]}
    await _receipt(box, ask, MOVED, "email_moved", words, before)
    return f"{words}{trouble} {TAKES_BACK}"


async def undo_move(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """Moves the mails back to where each was, but for those that were moved on since."""
    back = {UUID(one["id"]): one["from"] for one in before["emails"]}
    async with box.database.acting_as(ask.caller) as tx:
        rows = await tx.emails.many(list(back))
    # Where folders are labels, what lies in one of a person's own and not in the inbox reads as archived.
    mine = [row for row in rows if row.folder in (before["to"], back[row.id], ARCHIVE)]
    for row in mine:
        if row.folder != back[row.id]:
            await _move(box, ask, row, back[row.id])
    if not mine:
        raise Refused("It was moved elsewhere or deleted since, so it stays where it is.")
    left = len(back) - len(mine)
    places = sorted({_place(back[row.id]) for row in mine})
    verb = "is" if len(mine) == 1 else "are"
    elsewhere = f" {_count(left)} went elsewhere since and stay{'s' if left == 1 else ''} there." if left else ""
    return f"{_named(mine)} {verb} back in {' and '.join(places)}.{elsewhere}"


async def mark(box: Toolbox, ask: Ask, rows: Sequence[Row[Any]], name: str) -> str:
    """Marks the mails as read, unread, flagged or unflagged, and says which."""
    if (done_before := await _done_before(box, ask)) is not None:
        return done_before
    chosen = MARKS[name]
    todo = [row for row in rows if getattr(row, chosen.column) is not chosen.value]
    if not todo:
        return f"{_count(len(rows))} {'is' if len(rows) == 1 else 'are'} {name} already, so nothing changed."
    await _mark(box, ask, todo, chosen.column, chosen.value)
    words = chosen.words.format(_named(todo))
    await _receipt(box, ask, MARKED, "email_marked", words, {"mark": name, "emails": [str(row.id) for row in todo]})
    return f"{words} {TAKES_BACK}"


async def undo_mark(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """Marks the mails as they were: only those are in the receipt that stood otherwise."""
    chosen = MARKS[before["mark"]]
    async with box.database.acting_as(ask.caller) as tx:
        rows = await tx.emails.many([UUID(one) for one in before["emails"]])
    if not rows:
        raise Refused("It is not in the mailbox any more.")
    await _mark(box, ask, rows, chosen.column, not chosen.value)
    words = chosen.undone.format(_named(rows))
    return words[0].upper() + words[1:]


async def _done_before(box: Toolbox, ask: Ask) -> str | None:
    """What this very request did before a crash."""
    async with box.database.acting_as(ask.caller) as tx:
        known = await tx.receipts.by_request(ask.request)
    return f"{known.words} {TAKES_BACK}" if known is not None else None


async def _move(box: Toolbox, ask: Ask, row: Row[Any], folder: str) -> None:
    mailbox = await box.mailboxes.get(ask.caller.tenant, row.account)
    key = await mailbox.move(row.key, folder)
    async with box.database.acting_as(ask.caller) as tx:
        await tx.emails.moved(row.id, key, folder)


async def _mark(box: Toolbox, ask: Ask, rows: Sequence[Row[Any]], column: str, value: bool) -> None:
    for row in rows:
        mailbox = await box.mailboxes.get(ask.caller.tenant, row.account)
        put = mailbox.set_unread if column == "unread" else mailbox.set_flagged
        await put(row.key, value)
    async with box.database.acting_as(ask.caller) as tx:
        await tx.emails.mark([row.id for row in rows], {column: value})


async def _receipt(box: Toolbox, ask: Ask, action: str, audited: str, words: str, before: dict[str, Any]) -> None:
    async with box.database.acting_as(ask.caller) as tx:
        number = await tx.receipts.add(
            person=ask.caller.person,
            conversation=ask.conversation,
            request=ask.request,
            action=action,
            words=words,
            before=before,
            reversible=True,
            by=ask.by,
        )
        await tx.audit.sign(
            ask.caller.person, audited, f"receipt:{number}", {"words": words}, origin=str(ask.conversation)
        )


def _place(folder: str) -> str:
    return {INBOX: "the inbox", ARCHIVE: "the archive"}.get(folder, folder)


def _named(rows: Sequence[Row[Any]]) -> str:
    return f"“{rows[0].subject or '(no subject)'}”" if len(rows) == 1 else _count(len(rows))


def _count(number: int) -> str:
    return "1 mail" if number == 1 else f"{number} mails"
