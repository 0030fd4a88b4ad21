"""Triage: new mail is sorted, and the person hears what waits on them; meaning vectors follow in the background."""

from __future__ import annotations

from typing import Any

from agent.chat import Reply, to_row
from jobs.apply_rules import ask as ask_for_rules
from jobs.job import Job
from storage.values.clock import now
from tools.inbox import show
from tools.inbox.triage import embed, triage
from tools.toolbox import Toolbox
from tools.work import TRIAGE_MAIL

NAMED = 5
"""How many of the new mails are named in the notice; more are counted."""


async def triage_mail(box: Toolbox, job: Job) -> dict[str, Any]:
    """Sorts what is new in the account."""
    account = job.uuid("account")
    async with box.database.acting_as(job.caller) as tx:
        first = not await tx.emails.any_triaged(account)
        where = await tx.conversations.latest(job.caller.person)
    waiting = await triage(box, job.caller.tenant, account)
    async with box.database.acting_as(job.caller) as tx:
        await ask_for_rules(tx, job.caller.person, account)
    if waiting and where is not None and not first:
        lines = show.listing(waiting[:NAMED], job.caller.zone, now())
        more = f"\n… and {len(waiting) - NAMED} more." if len(waiting) > NAMED else ""
        one = len(waiting) == 1
        words = f"{'A new mail waits' if one else f'{len(waiting)} new mails wait'} for you:\n{lines}{more}"
        async with box.database.acting_as(job.caller) as tx:
            if await tx.jobs.hold(job.id, job.attempt):
                await tx.outbox.post(where.id, **to_row(Reply(words)))
    return {"needs_me": len(waiting)}


async def embed_mail(box: Toolbox, job: Job) -> dict[str, Any]:
    """Gives every new content its meaning vector, and then has it sorted with that."""
    account = job.uuid("account")
    made = await embed(box, job.caller.tenant, account)
    if made:
        async with box.database.acting_as(job.caller) as tx:
            await tx.jobs.add(
                TRIAGE_MAIL.kind,
                TRIAGE_MAIL.queue.name,
                {"account": str(account)},
                person=job.caller.person,
                once=f"{TRIAGE_MAIL.kind}:{account}",
            )
    return {"embedded": made}
