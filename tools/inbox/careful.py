"""Careful reading: mails are read in a process of their own, so that one which kills or stops its reader is found out."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from storage.jsons import dumps, loads
from tools.inbox.mail_rows import Owner, Row, Unreadable
from tools.mail.mailbox import Arrival

PATIENCE = 30.0
"""Seconds for one mail, the start of the process included; a mail takes a few milliseconds."""
READER = ("-m", "tools.inbox.reader")
_ROOT = Path(__file__).resolve().parent.parent.parent
_FOR_THE_INTERPRETER = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_LONGEST_LINE = 64 * 1024 * 1024


async def rows_apart(
    owner: Owner, arrivals: Sequence[Arrival], *, patience: float = PATIENCE
) -> tuple[list[Row], list[Unreadable]]:
    """The rows of the mails that can be read, and the mails that cannot; after one that ended its reader the rest is read
    by another."""
    rows: list[Row] = []
    unreadable: list[Unreadable] = []
    rest = list(arrivals)
    while rest:
        done = await _with_one_reader(owner, rest, rows, unreadable, patience)
        rest = rest[done:]
    return rows, unreadable


async def _with_one_reader(
    owner: Owner, arrivals: Sequence[Arrival], rows: list[Row], unreadable: list[Unreadable], patience: float
) -> int:
    """Reads until all are read or the reader ends. Gives how many were dealt with, the one that ended it included."""
    reader = await _started(owner)
    try:
        for place, arrival in enumerate(arrivals):
            answer = await _answer(reader, arrival, patience)
            if isinstance(answer, str):
                unreadable.append(Unreadable(arrival, answer))
                return place + 1
            if "row" in answer:
                rows.append(answer["row"])
            else:
                unreadable.append(Unreadable(arrival, str(answer["failed"])))
        return len(arrivals)
    finally:
        if reader.returncode is None:
            with suppress(ProcessLookupError):
                reader.kill()
        await reader.wait()


async def _started(owner: Owner) -> Process:
    environment = {"PYTHONUTF8": "1", "PYTHONPATH": str(_ROOT)}
    environment |= {name: os.environ[name] for name in _FOR_THE_INTERPRETER if name in os.environ}
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        *READER,
        stdin=PIPE,
        stdout=PIPE,
        limit=_LONGEST_LINE,
        cwd=_ROOT,
        env=environment,
    )  # with an environment of nothing, so that a mail which takes it over finds no key there
    assert reader.stdin
    about = {"tenant": str(owner.tenant), "account": str(owner.account), "own": sorted(owner.own)}
    reader.stdin.write(dumps(about) + b"\n")
    return reader


async def _answer(reader: Process, arrival: Arrival, patience: float) -> dict[str, Row] | str:
    """The reader's line about a mail, or how the reader ended."""
    assert reader.stdin
    assert reader.stdout
    about = {
        "key": arrival.key,
        "folder": arrival.folder,
        "labels": sorted(arrival.labels),
        "unread": arrival.unread,
        "flagged": arrival.flagged,
        "size": len(arrival.raw),
    }
    try:
        async with asyncio.timeout(patience):
            reader.stdin.write(dumps(about) + b"\n" + arrival.raw)
            await reader.stdin.drain()
            line = await reader.stdout.readline()
    except TimeoutError:
        return f"reading it took longer than {patience:.0f} seconds"
    except OSError:  # it ended while it was told
        line = b""
    if line.endswith(b"\n"):
        return loads(line)
    code = await reader.wait()
    return f"reading it ended the reader ({signal.Signals(-code).name})" if code < 0 else "reading it ended the reader"
