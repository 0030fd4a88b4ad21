"""Worker: hears the bell through arq, one arq worker per queue, and keeps the timetable. Any number may run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, cast
from uuid import UUID

import structlog
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.exceptions import RedisError

from jobs.count_mail import ask_for_counts
from jobs.glance import look_around
from jobs.listen_mail import ROUNDS_EVERY, Listening
from jobs.runner import GRACE, Runner, every
from jobs.timetable import ask_for_digests, ask_for_sweeps, reconcile
from storage.jsons import dumps, loads
from storage.queue import RUN, open_queue, redis_settings
from storage.values.clock import now
from storage.values.errors import Unavailable
from tools.work import QUEUES, QUICK, Queue

log = structlog.get_logger()

AT_ONCE = 10
LISTENS_EVERY = 0.1
"""Seconds between two looks into the queue; arq's own 0.5 is felt in a chat."""

ENDS_WITHIN = 2.0
"""Seconds that a Redis which hangs can keep us at the end."""

LAST_WORDS = 20.0
"""Seconds that a mail on its way is given at the end, so that nobody needs to wonder whether it left."""

RECONCILES_EVERY = 5.0
SWEEPS_EVERY = 3600.0
DIGESTS_EVERY = 60.0

Running = dict[asyncio.Task[None], Queue]
"""The jobs that are being done, and the queue of each."""


@asynccontextmanager
async def working(runner: Runner, redis_url: str, poll_seconds: float) -> AsyncIterator[None]:
    """Works in the background until the block ends; then the running jobs are let go and their rows become due again."""
    running: Running = {}
    ears = Listening(runner.box)
    tasks = [asyncio.create_task(_listen(runner, redis_url, queue, running)) for queue in QUEUES]
    tasks += [
        asyncio.create_task(every(RECONCILES_EVERY, lambda: reconcile(runner.box.database))),
        asyncio.create_task(every(poll_seconds, lambda: look_around(runner.box))),
        asyncio.create_task(every(SWEEPS_EVERY, lambda: ask_for_sweeps(runner.box.database, now()))),
        asyncio.create_task(every(DIGESTS_EVERY, lambda: ask_for_digests(runner.box.database, now()))),
        asyncio.create_task(every(SWEEPS_EVERY, lambda: ask_for_counts(runner.box.database))),
        asyncio.create_task(every(ROUNDS_EVERY, ears.round)),
    ]
    try:
        yield
    finally:
        await _cancel(tasks)
        await ears.aclose()
        quick = [job for job, queue in running.items() if queue is QUICK]
        if quick:
            await asyncio.wait(quick, timeout=LAST_WORDS)
        await _cancel(list(running))


async def _cancel(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(runner: Runner, redis_url: str, queue: Queue, running: Running) -> None:
    """Keeps one arq worker alive. arq ends when Redis goes away; we start it again until Redis is back."""
    while True:
        try:
            pool = await open_queue(redis_settings(redis_url))
            ending = asyncio.Event()
            worker = _worker(runner, pool, queue, running, ending)
            listening = asyncio.create_task(worker.async_run())
            try:
                await asyncio.shield(listening)
            finally:
                ending.set()
                worker.burst, worker.max_burst_jobs = True, 0  # it ends by itself, after its next look
                last = {listening, *worker.tasks.values()}
                await asyncio.wait(last, timeout=ENDS_WITHIN)
                await _cancel(last)
                with suppress(RedisError, OSError):
                    await pool.aclose(close_connection_pool=True)
        except (RedisError, OSError) as error:
            log.warning("queue.gone", queue=queue.name, error=str(error))
        await asyncio.sleep(1)


class ForgivingWorker(Worker):
    """arq's worker, to which it is nothing new that Redis may go between a job's end and the note of it: the row has ended,
    and an entry that is left in the queue finds nothing to claim."""

    async def finish_job(self, *words: Any, **named: Any) -> None:
        with suppress(RedisError, OSError):
            await super().finish_job(*words, **named)


def _worker(runner: Runner, pool: Any, queue: Queue, running: Running, ending: asyncio.Event) -> Worker:
    async def run(_context: dict[Any, Any], job: str) -> None:
        """In a task of its own: Redis may go, and with it this worker, but the job goes on."""
        task = asyncio.create_task(_done(runner, UUID(job)))
        running[task] = queue
        task.add_done_callback(running.pop)
        ended = asyncio.create_task(ending.wait())
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()

    patience = (queue.timeout + 2 * GRACE).total_seconds()
    return ForgivingWorker(
        functions=[
            func(cast(WorkerCoroutine, run), name=RUN, timeout=patience, keep_result=0, max_tries=1_000)
        ],  # the row counts the tries
        redis_pool=pool,
        queue_name=queue.name,
        poll_delay=LISTENS_EVERY,
        max_jobs=AT_ONCE,
        job_timeout=patience,
        handle_signals=False,
        job_serializer=dumps,
        job_deserializer=loads,
        health_check_interval=3600,
    )


async def _done(runner: Runner, job: UUID) -> None:
    try:
        await runner.run(job)
    except Unavailable as error:  # its row is taken up again when the lease is over
        log.warning("job.left", job=str(job), error=str(error))
