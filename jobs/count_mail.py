"""The daily count: whether we hold every mail of a mailbox once; what differs is mended, and told when a mail was lost."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from agent.chat import Reply, to_row
from jobs.job import Job
from storage.database import Database
from storage.values.clock import now
from storage.values.errors import NeedsPerson
from tools.inbox.count import Count, count
from tools.inbox.owner import learn
from tools.toolbox import Toolbox
from tools.work import COUNT_MAIL

EVERY = timedelta(days=1)


async def count_mail(box: Toolbox, job: Job) -> dict[str, Any]:
    """Counts one account's mail. An account in trouble is not counted: polling tells of that."""
    account = job.uuid("account")
    try:
        found = await count(box, job.caller.tenant, account)
        await learn(box, job.caller.tenant, account, again=True)
    except NeedsPerson as trouble:
        await box.mailboxes.drop(account)
        return {"trouble": str(trouble)}
    if not found.agrees:
        async with box.database.acting_as(job.caller) as tx:
            where = await tx.conversations.latest(job.caller.person)
            if where is not None and await tx.jobs.hold(job.id, job.attempt):
                address = (await tx.accounts.get(account)).address
                await tx.outbox.post(where.id, **to_row(Reply(_words(address, found))))
    return asdict(found)


def _words(address: str, found: Count) -> str:
    parts = []
    if found.missing:
        parts.append(f"{_mails(found.missing)} had not reached me and {_is(found.missing)} here now")
    if found.extra:
        parts.append(f"{_mails(found.extra)} had left the mailbox and {_is(found.extra)} gone here too")
    return f"Daily count of {address}, {_mails(found.there)}: {'; '.join(parts)}."


def _mails(number: int) -> str:
    return "1 mail" if number == 1 else f"{number:,} mails"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


async def ask_for_counts(database: Database) -> None:
    """A count a day from now for every mailbox that has none ahead: so there is one a day, whatever ran when."""
    async with database.as_system() as tx:
        rows = await tx.accounts.everywhere()
    for row in rows:
        async with database.acting_as(row.tenant) as tx:
            await tx.jobs.add(
                COUNT_MAIL.kind,
                COUNT_MAIL.queue.name,
                {"account": str(row.id)},
                person=row.person,
                run_at=now() + EVERY,
                once=f"{COUNT_MAIL.kind}:{row.id}",
            )
