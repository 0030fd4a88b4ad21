"""`deskhand work`: the worker and the timetable, until they are told to end."""

from __future__ import annotations

import asyncio

from bot.checkup import hear_queue
from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from jobs.runner import Runner
from jobs.worker import working


async def command() -> None:
    """Works until it is told to end."""
    settings = read_settings()
    set_up_logs(settings)
    async with open_program(settings) as program:
        await hear_queue(program.redis_url)
        async with working(Runner(program.box), program.redis_url, settings.poll_seconds):
            await asyncio.Event().wait()
