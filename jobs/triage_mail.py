"""Triage: new mail is sorted, and the person hears of what cannot wait; meaning vectors follow in the background."""

from __future__ import annotations

from typing import Any

from jobs.apply_rules import ask as ask_for_rules
from jobs.job import Job
from jobs.news import tell_news
from jobs.note_promises import ask as ask_for_promises
from tools.inbox.triage import embed, triage
from tools.toolbox import Toolbox
from tools.work import TRIAGE_MAIL


async def triage_mail(box: Toolbox, job: Job) -> dict[str, Any]:
    """Sorts what is new in the account."""
    account = job.uuid("account")
    waiting = await triage(box, job.caller.tenant, account)
    async with box.database.acting_as(job.caller) as tx:
        await ask_for_rules(tx, job.caller.person, account)
        await ask_for_promises(tx, job.caller.person, account)
    told = await tell_news(box, job, account, [row.id for row in waiting])
    return {"needs_me": len(waiting), "told": told}


async def embed_mail(box: Toolbox, job: Job) -> dict[str, Any]:
    """Gives every new content its meaning vector, and then has it sorted with that."""
    account = job.uuid("account")
    made = await embed(box, job.caller.tenant, account, job.far)
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
