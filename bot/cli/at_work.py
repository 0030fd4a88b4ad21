"""A talk whose program does the jobs too. Importing all that thinks and works takes a second, which `demo` spends while the
database stores mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.cli.talk import talking
from bot.console.inbound import Talk
from bot.household import Resident
from bot.program import Program
from jobs.runner import Runner
from jobs.worker import working


@asynccontextmanager
async def talking_and_working(program: Program, who: Resident, *, json: bool) -> AsyncIterator[Talk]:
    """A talk with this person on this terminal, and a worker beside it."""
    async with at_work(program), talking(program, who, json=json, works=True) as talk:
        yield talk


@asynccontextmanager
async def at_work(program: Program) -> AsyncIterator[None]:
    """A worker, while the block runs."""
    async with working(Runner(program.box), program.redis_url, program.settings.poll_seconds):
        yield
