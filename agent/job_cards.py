"""The card of a job that takes a while: how far it is, a button that calls it off, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

from agent.chat import Button, Card, Field, Update, Word
from agent.press import Press
from agent.telling import redraw
from storage.tables.jobs import JobState
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.work import CANCELLABLE

CANCEL_JOB = "cancel_job"
LABEL = "Cancel"
LIVES = timedelta(days=2)
"""How long the button is known; no job takes that long."""


def title(kind: str) -> str:
    """The kind of a job in words: `Run analysis`."""
    return kind.replace("_", " ").capitalize()


def short(job: UUID) -> str:
    """The six characters by which people name a job."""
    return str(job)[-6:]


def of(job: UUID, kind: str, words: str, cost: str = "", *, token: str = "") -> Card:
    """The card: `words` say how far it is, or what became of it."""
    fields = [Field("Job", short(job)), Field("How far", plain(words))]
    if cost:
        fields.append(Field("Cost", plain(cost)))
    buttons = (Button(LABEL, token),) if token else ()
    return Card(f"job:{job}", title(kind), "", tuple(fields), buttons)


def is_job(card: Card) -> bool:
    """Whether it is the card of a job; while it has a button, the job goes on."""
    return card.id.startswith("job:")


async def call_off(press: Press) -> list[Word]:
    """The press of the button: the job ends where it is."""
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.jobs.get(press.subject)
        if row is None or row.person != press.caller.person or row.kind not in CANCELLABLE:
            raise Refused("There is no such job of yours that can be called off.")
        if not await tx.jobs.cancel(row.id):
            raise Refused(f"That job has ended already: {row.state}.")
        await tx.audit.sign(press.caller.person, "job_cancelled", f"job:{row.id}", {}, origin=press.origin)
        card = of(row.id, row.kind, "called off")
        await redraw(tx, Update(card), but=press.conversation)
    return [Update(card)]


ENDED = {JobState.COMPLETED: "done", JobState.FAILED: "failed", JobState.CANCELLED: "called off"}

ACTIONS: Mapping[str, Callable[[Press], Awaitable[list[Word]]]] = {CANCEL_JOB: call_off}
"""A button's action -> what it does."""
