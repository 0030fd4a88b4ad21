"""Correcting triage: a person says where a mail belongs or whether it matters, mail like it follows, and it can be taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.errors import Refused
from tools.inbox.classify import CATEGORIES, JUNK
from tools.tool import Ask
from tools.toolbox import Toolbox

LONGEST = 40
"""Characters of the name of a category."""
MOST_OWN = 30
"""Categories of a person's own in one account."""
ACTION = "correct"
"""A receipt of a correction."""


async def correct(box: Toolbox, caller: Caller, email: UUID, category: str, *, ask: Ask | None = None) -> str:
    """Puts a mail into a category, one of ours or one of the person's own, which begins to exist with its first example.
    Gives a sentence that says what was done. `ask`: the request, by whose receipt it can be undone. Refused when the mail is
    gone or the name is no name."""
    async with box.database.acting_as(caller) as tx:
        row = await tx.emails.get(email)
        name = await put(tx, caller.person, row, category)
        words = f"“{row.subject or '(no subject)'}” is in {name} now, and mail like it will go there too."
        await _receipt(tx, ask, email, words)
    return words


async def put(
    tx: Transaction, person: UUID, row: Row[Any], category: str, *, needs_me: bool | None = None, origin: str = ""
) -> str:
    """Writes the correction of a mail down and gives the category as it is written. `needs_me`: whether the person said that
    mail like it waits for them; None when they said nothing of that."""
    name = await _as_known(tx, row.account, category)
    await tx.corrections.keep(row, name, needs_me)
    waits = bool(row.needs_me) and name not in JUNK if needs_me is None else needs_me
    said = [f"you put it into {name}"] if name != row.category or needs_me is None else []
    said += [] if needs_me is None else [f"you said that it {'matters' if needs_me else 'can wait'}"]
    found = {"category": name, "confidence": 1.0, "needs_me": waits, "reasons": said, "by_meaning": True}
    await tx.emails.sort([{"id": row.id, **found}])
    details = {"from": row.category, "to": name} | ({} if needs_me is None else {"needs_me": needs_me})
    await tx.audit.sign(person, "email_corrected", f"email:{row.id}", details, origin=origin)
    return name


async def matters(box: Toolbox, caller: Caller, email: UUID, *, needs_me: bool = True, ask: Ask | None = None) -> str:
    """The person says that a mail waits for them, or that it does not, and mail like it is taken so too. A person's mail that
    was taken for something else becomes a person's mail with that."""
    async with box.database.acting_as(caller) as tx:
        row = await tx.emails.get(email)
        of_person = row.signals.get("sender_kind", "person") == "person" and not row.signals.get("list_kind")
        category = row.category if row.category in CATEGORIES and not (needs_me and row.category in JUNK) else ""
        if needs_me and of_person and category not in ("work", "personal"):
            category = "personal"
        name = await put(tx, caller.person, row, category or row.category or "personal", needs_me=needs_me)
        words = f"“{row.subject or '(no subject)'}” {'waits for you now' if needs_me else 'can wait'}"
        words += f" ({name}), and mail like it will be taken so too."
        await _receipt(tx, ask, email, words)
    return words


async def take_back(box: Toolbox, caller: Caller, email: UUID) -> str:
    """Takes the correction of a mail back: it stands where it stood before, and nothing is learned from it any more."""
    async with box.database.acting_as(caller) as tx:
        row = await tx.emails.get(email)
        before = await restore(tx, caller.person, row)
    if before is None:
        raise Refused("That mail was not corrected, so there is nothing to take back.")
    return f"“{row.subject or '(no subject)'}” is back in {before or 'no category'}; I have forgotten the correction."


async def restore(tx: Transaction, person: UUID, row: Row[Any], *, origin: str = "") -> str | None:
    """Forgets the correction of a mail and gives the category that it had before; None when it was never corrected."""
    kept = await tx.corrections.take_back(row.id)
    if kept is None:
        return None
    await tx.emails.sort([{"id": row.id, **kept.before}])
    details = {"from": row.category}
    await tx.audit.sign(person, "email_correction_undone", f"email:{row.id}", details, origin=origin)
    return kept.before["category"] or ""


async def undo(box: Toolbox, ask: Ask, before: dict[str, Any]) -> str:
    """What undoing its receipt does."""
    return await take_back(box, ask.caller, UUID(before["email"]))


async def _receipt(tx: Transaction, ask: Ask | None, email: UUID, words: str) -> None:
    if ask is not None:
        await tx.receipts.add(
            person=ask.caller.person,
            conversation=ask.conversation,
            request=ask.request,
            action=ACTION,
            words=words,
            before={"email": str(email)},
            reversible=True,
        )


async def _as_known(tx: Transaction, account: UUID, category: str) -> str:
    """The name as it is written already, so that “suppliers” is “Suppliers”."""
    name = " ".join(category.split())
    if not name or len(name) > LONGEST or not all(one.isprintable() for one in name):
        raise Refused(f"A category needs a name of at most {LONGEST} characters.")
    own = [one for one in await tx.corrections.categories(account) if one not in CATEGORIES]
    known = next((one for one in (*CATEGORIES, *own) if one.casefold() == name.casefold()), None)
    if known is None and len(own) >= MOST_OWN:
        raise Refused(f"You have {MOST_OWN} categories of your own; take one back before you add another.")
    return known or name
