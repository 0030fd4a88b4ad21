"""Bell: tells the workers that a committed job is due. It never fails loudly: the row is the truth, and the reconciler
rings again for what nobody heard."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol
from uuid import UUID

import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

from storage.jsons import dumps, loads

log = structlog.get_logger()

RUN = "run"
"""The one function that our arq workers know; its argument is the job's id."""


SILENCE = 2.0
"""Seconds without another try after Redis did not answer, so that nobody waits for it over and over; the reconciler looks
every five."""


class Bell(Protocol):
    """Rings for a job, after its commit."""

    async def ring(self, queue: str, job: UUID) -> None:
        """Wakes a worker of this queue for this job."""
        ...


class ArqBell:
    """Rings through Redis. What is in Redis may be lost at any time."""

    def __init__(self, url: str) -> None:
        self.settings = redis_settings(url)
        self._pool: ArqRedis | None = None
        self._opening = asyncio.Lock()
        self._silent_until = 0.0

    async def ring(self, queue: str, job: UUID) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            async with self._opening:
                if self._pool is None:
                    self._pool = await open_queue(self.settings)
            await self._pool.enqueue_job(RUN, str(job), _queue_name=queue)
        except (RedisError, OSError) as error:
            self._silent_until = time.monotonic() + SILENCE
            log.warning("queue.silent", queue=queue, error=str(error))

    async def aclose(self) -> None:
        """Lets go of the connection."""
        if self._pool is not None:
            await self._pool.aclose()


async def open_queue(settings: RedisSettings) -> ArqRedis:
    """A connection to the queue, which speaks JSON and never pickle."""
    return await create_pool(settings, job_serializer=dumps, job_deserializer=loads)


def redis_settings(url: str) -> RedisSettings:
    """Where Redis or Valkey is. Asked once: a server that is down is found out at once, not after five tries."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_retries = 0
    settings.conn_timeout = 5
    return settings
