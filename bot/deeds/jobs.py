"""Commands about jobs: the latest, one in full, and calling one off."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row

from agent import job_cards
from agent.chat import Reply, Word
from bot.command import Given
from bot.dashboard import standing
from storage.tables.jobs import JobState
from storage.values.errors import Refused
from tools.inbox.show import moment, plain
from tools.llm.costs import in_words
from tools.work import CANCELLABLE

LATEST = 10
SEARCHED = 200
"""How many of the latest jobs a short id is looked for among."""


async def jobs(given: Given) -> list[Word]:
    """The latest jobs, a line each."""
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.jobs.list(LATEST, given.caller.person)
    if not rows:
        return [Reply("There were no jobs yet.")]
    lines = [f"{short(row)}  {row.kind}: {standing(row)} {row.error}".rstrip() for row in rows]
    return [Reply(plain("\n".join(lines)))]


async def job(given: Given) -> list[Word]:
    """One job: what it is, how far, and what became of it."""
    row = await _meant(given)
    zone = given.caller.zone
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        cost = in_words(await tx.model_calls.of_job(row.id))
    lines = [
        f"{row.kind.replace('_', ' ').capitalize()}, job {short(row)}: {standing(row)}.",
        f"Asked for: {moment(row.created_at, zone)}",
        f"Begun: {moment(row.started_at, zone)} (try {row.attempts})" if row.started_at else "",
        f"Due: {moment(row.run_at, zone)}" if row.state == JobState.PENDING else "",
        f"Ended: {moment(row.ended_at, zone)}" if row.ended_at else "",
        f"Language model: {cost}" if cost else "",
        row.error,
        f"/cancel {short(row)} calls it off." if _cancellable(row) else "",
    ]
    return [Reply(plain("\n".join(filter(None, lines))))]


async def cancel(given: Given) -> list[Word]:
    """Calls a job off."""
    row = await _meant(given)
    name = row.kind.replace("_", " ")
    if row.kind not in CANCELLABLE:
        raise Refused(f"A job of the kind “{name}” cannot be called off; it ends by itself.")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        if not await tx.jobs.cancel(row.id):
            raise Refused(f"That job has ended already: {row.state}.")
        await tx.audit.sign(given.caller.person, "job_cancelled", f"job:{row.id}", {}, origin=given.origin)
    return [Reply(f"Called off: {name}, job {short(row)}.")]


def short(row: Row[Any]) -> str:
    """The six characters by which people name a job."""
    return job_cards.short(row.id)


def _cancellable(row: Row[Any]) -> bool:
    return row.kind in CANCELLABLE and row.state in (JobState.PENDING, JobState.RUNNING)


async def _meant(given: Given) -> Row[Any]:
    named = given.words.strip().casefold().lstrip("#")
    if not named:
        raise Refused("Say which job, by its six characters: /job 3f92ab. /jobs lists them.")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.jobs.list(SEARCHED, given.caller.person)
    found = [row for row in rows if named in (short(row), str(row.id))]
    if len(found) != 1:
        raise Refused(f"There is no job {named[:40]} of yours. /jobs lists them.")
    return found[0]
