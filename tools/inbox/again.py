"""Again: mails that could not be read are tried twice more, each by a reader of its own, and then left alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row
from sqlalchemy.exc import DBAPIError

from storage.tables.set_aside import TRIES
from storage.values.errors import Refused
from tools.inbox.careful import rows_apart
from tools.inbox.mail_rows import Owner, why
from tools.inbox.owner import owner_of
from tools.inbox.sync import add, ask_for_triage
from tools.mail.mailbox import Arrival, Mailbox
from tools.toolbox import Toolbox

AT_ONCE = 20


async def try_again(box: Toolbox, tenant: UUID, account: UUID) -> list[str]:
    """Tries those that were set aside; gives the reasons of those that are left alone from now on."""
    async with box.database.acting_as(tenant) as tx:
        about = await tx.accounts.get(account)
        owner = await owner_of(tx, about)
        waiting = await tx.set_aside.to_try(account, AT_ONCE)
    if not waiting:
        return []
    mailbox = await box.mailboxes.get(tenant, account)
    tried = [await _try(box, about.person, owner, mailbox, row) for row in waiting]
    return [reason for reason in tried if reason]


async def _try(box: Toolbox, person: UUID, owner: Owner, mailbox: Mailbox, row: Row[Any]) -> str:
    """The reason, when this was the last try and it failed; else nothing."""
    try:
        raw = await mailbox.fetch(row.key)
    except Refused:  # it left the mailbox meanwhile
        async with box.database.acting_as(owner.tenant) as tx:
            await tx.set_aside.drop(owner.account, [row.key])
        return ""
    stands = row.stands
    arrival = Arrival(row.key, stands["folder"], raw, frozenset(stands["labels"]), stands["unread"], stands["flagged"])
    rows, unreadable = await rows_apart(owner, [arrival])
    reason = unreadable[0].reason if unreadable else ""
    if not reason:
        try:
            async with box.database.acting_as(owner.tenant) as tx:
                if await add(tx, owner.account, rows):
                    await ask_for_triage(tx, person, owner.account)
                await tx.set_aside.drop(owner.account, [row.key])
            return ""
        except DBAPIError as error:
            reason = why(error.orig or error)
    async with box.database.acting_as(owner.tenant) as tx:
        tries = await tx.set_aside.note(owner.account, row.key, stands, reason)
    return reason if tries == TRIES else ""
