"""The digest of an hour: made once, told where the person spoke last, and only if there is something to tell."""

from __future__ import annotations

from typing import Any

from agent.chat import Reply
from agent.left_out import hidden_card
from agent.telling import tell
from jobs.job import Job
from storage.values.clock import now
from tools.digest.gather import LOOKED_BACK, gather
from tools.digest.words import in_words
from tools.toolbox import Toolbox


async def digest(box: Toolbox, job: Job) -> dict[str, Any]:
    """Tells it. The first of a week adds the list of what was left out in the week before, if anything was."""
    at, slot = now(), job.params["slot"]
    async with box.database.acting_as(job.caller) as tx:
        found = await gather(tx, job.caller, at)
        where = await tx.conversations.latest(job.caller.person)
        before = (await tx.habits.of(job.caller.person)).digest_last
        if where is None or not await tx.habits.take_digest(job.caller.person, slot):
            return {"told": False}
        if not found.empty:
            await tell(tx, where.id, Reply(in_words(found, job.caller.zone, at)))
        since, hidden = at - LOOKED_BACK, []
        if before and _week(slot) != _week(before):
            hidden = list(
                await tx.rule_matches.left_out([row.id for row in await tx.accounts.of(job.caller.person)], since)
            )
        if hidden:
            await tell(tx, where.id, await hidden_card(tx, job.caller, job.id, hidden, since, "The week's audit"))
    return {"told": not found.empty or bool(hidden)}


def _week(slot: str) -> str:
    return slot.split()[0]
