"""Runner: around every job. It takes the row, limits the time, and then records, tries again or gives up.

The row decides, not the queue: whoever claims it holds a lease, and an attempt that lost its lease can record nothing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.engine import Row

from agent.chat import Reply, to_row
from jobs import GIVEN_UP, JOBS
from jobs.far import CalledOffError, Teller
from jobs.job import Handler, Job
from storage.tables.jobs import JobState
from storage.transaction import Transaction
from storage.values.errors import NeedsPerson, Refused, Unavailable
from storage.values.ids import ConversationId, JobId
from tools.far import Far, nobody
from tools.llm.costs import in_words
from tools.llm.meter import Meter, metered
from tools.toolbox import Toolbox
from tools.work import CANCELLABLE, Work

log = structlog.get_logger()

GRACE = timedelta(seconds=10)
"""How much longer than the time-out a lease is, so that a job ends before anybody may take it over."""

FIRST_WAIT = 2.0
LONGEST_WAIT = 600.0

LOOKS_EVERY = 2.0
"""Seconds between two looks whether a running job was called off."""


class Runner:
    """Runs jobs by id; any number of runners may share the work."""

    def __init__(
        self,
        box: Toolbox,
        jobs: Mapping[str, tuple[Work, Handler]] = JOBS,
        looks_every: float = LOOKS_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.box = box
        self.jobs = jobs
        self._looks_every = looks_every
        self._clock = clock

    async def run(self, job: UUID) -> bool:
        """One attempt at a job. False when it is not to be had: not due, done, or in another's hands."""
        row = await self._claim(job)
        if row is None:
            return False
        work, handler = self.jobs[row.kind]
        if row.attempts > work.attempts:
            trying = _Trying(row, work, Teller(self.box.database, row), Meter(row.kind))
            await self._give_up(trying, f"The program ended in the middle of it, {work.attempts} times.")
            return True
        teller = Teller(self.box.database, row, self._clock)
        with metered(row.kind) as meter:
            await self._attempt(row, work, handler, teller, meter)
        return True

    async def _attempt(self, row: Row[Any], work: Work, handler: Handler, teller: Teller, meter: Meter) -> None:
        """One attempt, and what became of it. What it asked models for is kept with that, however it ended."""
        trying = _Trying(row, work, teller, meter)
        try:
            async with asyncio.timeout(work.queue.timeout.total_seconds()):
                result = await self._watched(trying, handler(self.box, await self._job(row, teller)))
        except CalledOffError:
            log.info("job.called_off", job=str(row.id), kind=row.kind)
            async with self.box.database.acting_as(row.tenant) as tx:
                await self._spent(tx, trying)
                await teller.over(tx, JobState.CANCELLED)
        except Unavailable as error:
            await self._again(trying, str(error), error.retry_after)
        except TimeoutError:
            await self._again(trying, "It took too long.", None)
        except (Refused, NeedsPerson) as error:
            log.info("job.refused", job=str(row.id), kind=row.kind)
            await self._end(trying, str(error), str(error))
        except asyncio.CancelledError:
            await asyncio.shield(self._let_go(row))
            raise
        except Exception as error:
            log.exception("job.bug", job=str(row.id), kind=row.kind)
            await self._again(trying, f"An error in Deskhand ({type(error).__name__}, job {row.id}).", None)
        else:
            async with self.box.database.acting_as(row.tenant) as tx:
                await self._spent(tx, trying)
                if await tx.jobs.complete(row.id, row.attempts, result):
                    await teller.over(tx, JobState.COMPLETED, cost=await _cost(tx, trying))

    async def drain(self, *, queues: frozenset[str] | None = None) -> int:
        """Runs all that is due, in order, until nothing is; for tests, and where no worker runs. Gives how many ran."""
        ran = 0
        while True:
            async with self.box.database.as_system() as tx:
                due = [row for row in await tx.jobs.due(50) if queues is None or row.queue in queues]
            outcomes = [await self.run(row.id) for row in due]
            ran += sum(outcomes)
            if not any(outcomes):
                return ran

    async def _claim(self, job: UUID) -> Row[Any] | None:
        async with self.box.database.as_system() as tx:
            known = await tx.jobs.get(job)
            if known is None or known.kind not in self.jobs:
                return None
            work, _handler = self.jobs[known.kind]
            return await tx.jobs.claim(job, work.queue.timeout + GRACE)

    async def _watched(self, trying: _Trying, doing: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        """Does it; what may be called off is looked after now and then, and ended where it is when it was."""
        if trying.row.kind not in CANCELLABLE:
            return await doing
        task = asyncio.ensure_future(doing)
        try:
            while not (await asyncio.wait({task}, timeout=self._looks_every))[0]:
                if not await self._ours(trying.row):
                    raise CalledOffError
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _ours(self, row: Row[Any]) -> bool:
        async with self.box.database.acting_as(row.tenant) as tx:
            now = await tx.jobs.get(row.id)
        return now is not None and now.state == JobState.RUNNING and now.attempts == row.attempts

    async def _spent(self, tx: Transaction, trying: _Trying) -> None:
        """What models took is kept in the transaction that tells what became of the attempt."""
        await tx.model_calls.add(trying.row.person, trying.meter.rows(), job=trying.row.id)
        trying.meter.calls.clear()

    async def _job(self, row: Row[Any], far: Far = nobody) -> Job:
        async with self.box.database.acting_as(row.tenant) as tx:
            caller = await tx.people.caller(row.person)
        where = ConversationId(row.conversation) if row.conversation else None
        return Job(JobId(row.id), caller, where, row.params, row.attempts, far)

    async def _again(self, trying: _Trying, error: str, wait: timedelta | None) -> None:
        row = trying.row
        if row.attempts >= trying.work.attempts:
            await self._give_up(trying, error)
            return
        log.warning("job.again", job=str(row.id), kind=row.kind, attempt=row.attempts, error=error)
        async with self.box.database.acting_as(row.tenant) as tx:
            await self._spent(tx, trying)
            await tx.jobs.again(row.id, row.attempts, wait or backoff(row.attempts), error)

    async def _let_go(self, row: Row[Any]) -> None:
        """The program ends: another may take the job up at once, and this was no attempt of the job's own fault."""
        try:
            async with self.box.database.acting_as(row.tenant) as tx:
                await tx.jobs.let_go(row.id, row.attempts)
        except Unavailable as error:
            log.warning("job.held", job=str(row.id), kind=row.kind, error=str(error))

    async def _give_up(self, trying: _Trying, error: str) -> None:
        row = trying.row
        log.error("job.failed", job=str(row.id), kind=row.kind, attempts=row.attempts, error=error)
        await self._end(trying, error, f"{_named(row.kind)} failed: {error}")

    async def _end(self, trying: _Trying, error: str, words: str) -> None:
        """The job has failed; who asked for it is told, in words of the job's own kind where it has some."""
        row = trying.row
        async with self.box.database.acting_as(row.tenant) as tx:
            await self._spent(tx, trying)
            if not await tx.jobs.fail(row.id, row.attempts, error):
                return
            await trying.teller.over(tx, JobState.FAILED, cost=await _cost(tx, trying))
            said = row.kind in GIVEN_UP and await GIVEN_UP[row.kind](tx, row, error)
            if not said and row.conversation is not None:
                await tx.outbox.post(row.conversation, **to_row(Reply(words)))


@dataclass(frozen=True)
class _Trying:
    """One attempt: the job's row, what kind of work it is, who tells how far it is, and what it asks models for."""

    row: Row[Any]
    work: Work
    teller: Teller
    meter: Meter


async def _cost(tx: Transaction, trying: _Trying) -> str:
    """What the job took, for its card; nothing is asked where there is none."""
    return in_words(await tx.model_calls.of_job(trying.row.id)) if trying.teller.shown else ""


async def every(seconds: float, do: Callable[[], Awaitable[Any]]) -> None:
    """Does something in rounds, for ever. A round that goes wrong is recorded, and the next one comes."""
    while True:
        try:
            await do()
        except Unavailable as error:
            log.warning("timetable.waits", error=str(error))
        except Exception:  # a mistake in one round must not end all rounds
            log.exception("timetable.bug")
        await asyncio.sleep(seconds)


def backoff(attempt: int) -> timedelta:
    """How long to wait after this attempt: doubling, with up to a quarter more by chance, ten minutes at most."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
    return timedelta(seconds=wait * (1 + random.random() / 4))  # noqa: S311 - spreading load needs no secrecy


def _named(kind: str) -> str:
    return kind.replace("_", " ").capitalize()
