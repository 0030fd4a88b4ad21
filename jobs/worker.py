"""Worker: hears the bell through arq, one arq worker per queue, and keeps the timetable. Any number may run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast
from uuid import UUID

import structlog
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.exceptions import RedisError

from jobs.runner import GRACE, Runner
from jobs.timetable import ask_for_polls, ask_for_sweeps, reconcile
from storage.jsons import dumps, loads
from storage.queue import RUN, open_queue, redis_settings
from storage.values.clock import now
from storage.values.errors import Unavailable
from tools.work import QUEUES, Queue

log = structlog.get_logger()

AT_ONCE = 10
LISTENS_EVERY = 0.1
"""Seconds between two looks into the queue; arq's own 0.5 is felt in a chat."""

RECONCILES_EVERY = 5.0
SWEEPS_EVERY = 3600.0


@asynccontextmanager
async def working(runner: Runner, redis_url: str, poll_seconds: float) -> AsyncIterator[None]:
    """Works in the background until the block ends; then the running jobs are let go and their rows become due again."""
    tasks = [asyncio.create_task(_listen(runner, redis_url, queue)) for queue in QUEUES]
    tasks += [
        asyncio.create_task(_every(RECONCILES_EVERY, lambda: reconcile(runner.box.database))),
        asyncio.create_task(_every(poll_seconds, lambda: ask_for_polls(runner.box.database))),
        asyncio.create_task(_every(SWEEPS_EVERY, lambda: ask_for_sweeps(runner.box.database, now()))),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(runner: Runner, redis_url: str, queue: Queue) -> None:
    """Keeps one arq worker alive. arq ends when Redis goes away; we start it again until Redis is back."""
    while True:
        try:
            pool = await open_queue(redis_settings(redis_url))
            worker = _worker(runner, pool, queue)
            try:
                await worker.async_run()
            finally:
                worker.allow_pick_jobs = False
                with suppress(RedisError, OSError):
                    await worker.close()
        except (RedisError, OSError) as error:
            log.warning("queue.gone", queue=queue.name, error=str(error))
        await asyncio.sleep(1)


def _worker(runner: Runner, pool: Any, queue: Queue) -> Worker:
    async def run(_context: dict[Any, Any], job: str) -> None:
        await runner.run(UUID(job))

    patience = (queue.timeout + 2 * GRACE).total_seconds()
    return Worker(
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


async def _every(seconds: float, do: Any) -> None:
    while True:
        try:
            await do()
        except Unavailable as error:
            log.warning("timetable.waits", error=str(error))
        await asyncio.sleep(seconds)
