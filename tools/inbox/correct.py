"""Correcting triage: a person says where a mail belongs, mail like it follows, and saying so can be taken back."""

from __future__ import annotations

from uuid import UUID

from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.errors import Refused
from tools.inbox.classify import CATEGORIES, JUNK
from tools.toolbox import Toolbox

LONGEST = 40
"""Characters of the name of a category."""
MOST_OWN = 30
"""Categories of a person's own in one account."""


async def correct(box: Toolbox, caller: Caller, email: UUID, category: str) -> str:
    """Puts a mail into a category, one of ours or one of the person's own, which begins to exist with its first example.
    Gives a sentence that says what was done. Refused when the mail is gone or the name is no name."""
    async with box.database.acting_as(caller) as tx:
        row = await tx.emails.get(email)
        name = await _as_known(tx, row.account, category)
        await tx.corrections.keep(row, name)
        await tx.emails.sort(
            [
                {
                    "id": email,
                    "category": name,
                    "confidence": 1.0,
                    "needs_me": bool(row.needs_me) and name not in JUNK,
                    "reasons": [f"you put it into {name}"],
                    "by_meaning": True,
                }
            ]
        )
        await tx.audit.sign(
            caller.person, "email_corrected", f"email:{email}", {"from": row.category, "to": name}, origin=""
        )
    return f"“{row.subject}” is in {name} now, and mail like it will go there too."


async def take_back(box: Toolbox, caller: Caller, email: UUID) -> str:
    """Takes the correction of a mail back: it stands where it stood before, and nothing is learned from it any more."""
    async with box.database.acting_as(caller) as tx:
        row = await tx.emails.get(email)
        kept = await tx.corrections.take_back(email)
        if kept is None:
            raise Refused("That mail was not corrected, so there is nothing to take back.")
        await tx.emails.sort([{"id": email, **kept.before}])
        await tx.audit.sign(
            caller.person, "email_correction_undone", f"email:{email}", {"from": row.category}, origin=""
        )
    return f"“{row.subject}” is back in {kept.before['category'] or 'no category'}; I have forgotten the correction."


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
