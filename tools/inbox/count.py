"""Counting: what a mailbox holds is compared with what we hold of it, and what differs is mended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from storage.values.errors import Refused
from tools.inbox.mail_rows import Owner, rows_of
from tools.inbox.owner import owner_of
from tools.inbox.sync import add, ask_for_triage, standing, stands, sync
from tools.mail.mailbox import Arrival, Changed, Mailbox
from tools.toolbox import Toolbox

_AT_ONCE = 50
"""Mails that are fetched and stored in one transaction."""
_COMPARED = 5_000


@dataclass(frozen=True)
class Count:
    """What a count found. All but `there` should be 0, and is mended."""

    there: int
    """Messages in the folders that are followed."""
    missing: int = 0
    """Messages that we did not have."""
    extra: int = 0
    """Messages that we had and the mailbox has not."""
    differing: int = 0
    """Messages whose flags, labels or folder stood differently with us."""

    @property
    def agrees(self) -> bool:
        """Whether no message was lost or kept too long; flags of old mail may lag where a server does not count changes."""
        return not (self.missing or self.extra)


async def count(box: Toolbox, tenant: UUID, account: UUID) -> Count:
    """Counts and mends. What comes or goes while this runs is told by the synchronisation and is no difference."""
    async with box.database.acting_as(tenant) as tx:
        about = await tx.accounts.get(account)
        owner = await owner_of(tx, about)
        before = await tx.accounts.keys(account)
    mailbox = await box.mailboxes.get(tenant, account)
    there = {one.key: one async for some in mailbox.census() for one in some}
    await sync(box, tenant, account)
    async with box.database.acting_as(tenant) as tx:
        known = await tx.emails.places(account)
        aside = {row.key for row in await tx.set_aside.of(account)}
    covered = {"INBOX", *(one.folder for one in there.values())}
    extra = [key for key, folder in known.items() if key in before and key not in there and folder in covered]
    missing = [one for key, one in there.items() if key not in known and key not in aside]
    added = await _fetch(box, about.person, owner, mailbox, missing)
    differing = await _mend(box, tenant, account, extra, [one for key, one in there.items() if key in known])
    return Count(len(there), added, len(extra), differing)


async def _fetch(box: Toolbox, person: UUID, owner: Owner, mailbox: Mailbox, missing: Sequence[Changed]) -> int:
    """Gets what is missing. Gives how many there were; those that went meanwhile are none."""
    added = 0
    for begin in range(0, len(missing), _AT_ONCE):
        arrivals = [one for one in [await _arrival(mailbox, one) for one in missing[begin : begin + _AT_ONCE]] if one]
        rows, unreadable = await asyncio.to_thread(rows_of, owner, arrivals)
        async with box.database.acting_as(owner.tenant) as tx:
            new = await add(tx, owner.account, rows)
            for one in unreadable:
                await tx.set_aside.note(owner.account, one.arrival.key, stands(one.arrival), one.reason)
            if new:
                await ask_for_triage(tx, person, owner.account)
        added += new + len(unreadable)
    return added


async def _arrival(mailbox: Mailbox, one: Changed) -> Arrival | None:
    try:
        raw = await mailbox.fetch(one.key)
    except Refused:
        return None
    return Arrival(one.key, one.folder or "", raw, one.labels or frozenset(), one.unread is True, one.flagged is True)


async def _mend(box: Toolbox, tenant: UUID, account: UUID, extra: Sequence[str], there: Sequence[Changed]) -> int:
    differing = 0
    async with box.database.acting_as(tenant) as tx:
        await tx.emails.follow(account, extra)
        await tx.emails.drop(account, extra)
    for begin in range(0, len(there), _COMPARED):
        async with box.database.acting_as(tenant) as tx:
            told = [standing(one) for one in there[begin : begin + _COMPARED]]
            differing += await tx.emails.stand(account, told)
    return differing
