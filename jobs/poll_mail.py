"""Polling: what is new in a mailbox becomes rows; trouble with the mailbox is told once."""

from __future__ import annotations

from typing import Any

from agent.chat import Reply, to_row
from jobs.job import Job
from storage.tables.set_aside import TRIES
from storage.values.errors import NeedsPerson, Refused
from tools.inbox.again import try_again
from tools.inbox.owner import learn
from tools.inbox.sync import sync
from tools.mail.listening import keep_listening
from tools.toolbox import Toolbox


async def poll_mail(box: Toolbox, job: Job) -> dict[str, Any]:
    """Reads on in the account's mailbox. When the last try ended the program, one of the mails may have been why."""
    account = job.uuid("account")
    try:
        new = await sync(box, job.caller.tenant, account, careful=job.attempt > 1, far=job.far)
        for reason in await try_again(box, job.caller.tenant, account):
            await _tell_of_unreadable(box, job, reason)
        await learn(box, job.caller.tenant, account)
        await keep_listening(box.mailboxes, job.caller.tenant, account)
        return {"new": new}
    except (NeedsPerson, Refused) as trouble:
        await box.mailboxes.drop(account)
        await _tell_once(box, job, str(trouble))
        return {"trouble": str(trouble)}


async def _tell_of_unreadable(box: Toolbox, job: Job, reason: str) -> None:
    async with box.database.acting_as(job.caller) as tx:
        where = await tx.conversations.latest(job.caller.person)
        if where is not None:
            address = (await tx.accounts.get(job.uuid("account"))).address
            words = f"I cannot read one mail of {address} and leave it alone after {TRIES} tries ({reason}). It is still there."
            await tx.outbox.post(where.id, **to_row(Reply(words)))


async def _tell_once(box: Toolbox, job: Job, sentence: str) -> None:
    async with box.database.acting_as(job.caller) as tx:
        news = await tx.accounts.in_trouble(job.uuid("account"), sentence)
        where = await tx.conversations.latest(job.caller.person)
        if news and where is not None:
            address = (await tx.accounts.get(job.uuid("account"))).address
            await tx.outbox.post(where.id, **to_row(Reply(f"I cannot read {address}: {sentence}")))
