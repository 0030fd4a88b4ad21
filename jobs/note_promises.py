"""New mail is looked through once it is sorted: for promises, and for how the owner writes if they allow that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jobs.job import Job
from storage.transaction import Transaction
from tools.commitments.look import look_through
from tools.style.learn import learn
from tools.toolbox import Toolbox
from tools.work import NOTE_PROMISES


async def note_promises(box: Toolbox, job: Job) -> dict[str, Any]:
    """Looks through what is new in the account."""
    account = job.uuid("account")
    found = await look_through(box, job.caller.tenant, account, job.caller.zone)
    return {"promises": found, "styles": await learn(box, job.caller)}


async def ask(tx: Transaction, person: UUID, account: UUID) -> None:
    """Asks for a look at the account's new mail; there is never more than one such job that has not ended."""
    await tx.jobs.add(
        NOTE_PROMISES.kind,
        NOTE_PROMISES.queue.name,
        {"account": str(account)},
        person=person,
        once=f"{NOTE_PROMISES.kind}:{account}",
    )
