"""`deskhand work` as a process of its own, started from one that has loaded the program already: half a second instead of two."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

_LOADED = (
    "bot.cli.work",
    "bot.program",
    "jobs.worker",
    "jobs.resume_approval",
    "jobs.poll_mail",
    "tools.mail.gmail",
    "tools.mail.imap",
    "tools.mail.maildir",
    "tools.mail.outlook",
    "tools.mail.linking.google",
    "tools.mail.linking.microsoft",
)
_context = get_context("forkserver")
_context.set_forkserver_preload(list(_LOADED))


async def start(environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """A worker that writes what it says into a file. Kill it."""
    process = _context.Process(target=_work, args=({**os.environ, **environment}, log))
    await asyncio.to_thread(process.start)
    return process


async def ended(process: ForkServerProcess) -> int | None:
    """Waits until it is gone; its exit code."""
    await asyncio.to_thread(process.join)
    return process.exitcode


def _work(environment: dict[str, str], log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(CHECKOUT)
    told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(told, stream)
    sys.argv = ["deskhand", "work"]

    from bot.cli import main

    main()
