"""The real `deskhand` in a process of its own, with nothing of our environment and nothing but loopback."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DESKHAND = Path(sys.executable).parent / "deskhand"
LOOPBACK = Path(__file__).parent / "loopback"
PATIENCE = 120.0
"""Seconds for one command; a cold start on a busy machine takes ten."""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


async def deskhand(*words: str, home: Path, said: str = "", **settings: str) -> Ended:
    """Runs the command to its end, `said` on its standard input."""
    process = await _start(words, home, settings)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate(said.encode())
    return Ended(process.returncode or 0, out.decode(), err.decode())


class Program:
    """A running `--json` talk: say a line, hear what comes until it is done."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def say(self, request: dict[str, Any] | str) -> list[dict[str, Any]]:
        """What is answered to one line, the closing `done` included."""
        line = request if isinstance(request, str) else json.dumps(request)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        return await self.until("done")

    async def until(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """What comes up to the next line of this kind in which these values stand."""
        heard: list[dict[str, Any]] = []
        async with asyncio.timeout(PATIENCE):
            while not heard or {"type": kind, **wanted} != {name: heard[-1].get(name) for name in ("type", *wanted)}:
                heard.append(await self._line())
        return heard

    async def leave(self) -> int:
        """Ends the input; the exit code. What was still on its way is read and dropped."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await self._process.communicate()
        return self._process.returncode or 0

    async def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            assert self._process.stderr is not None
            raise EOFError((await self._process.stderr.read()).decode())
        return dict(json.loads(line))


@asynccontextmanager
async def talking(*words: str, home: Path, **settings: str) -> AsyncIterator[Program]:
    """A `--json` talk, ended with the block."""
    process = await _start((*words, "--json"), home, settings)
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


@asynccontextmanager
async def beside(*words: str, home: Path, **settings: str) -> AsyncIterator[None]:
    """A command that runs while the block does, told to end after it."""
    process = await _start(words, home, settings)
    try:
        yield
    finally:
        process.terminate()
        await process.communicate()


@asynccontextmanager
async def printing(*words: str, home: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command whose lines are read while it runs, told to end with the block unless it has."""
    process = await _start(words, home, settings)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _start(words: tuple[str, ...], home: Path, settings: dict[str, str]) -> asyncio.subprocess.Process:
    """Works in an empty folder, so that no `.env` of a developer is read."""
    folder = home.parent / f"{home.name}-works-here"
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    own = {"HOME": str(folder), "PYTHONPATH": str(LOOPBACK), "DESKHAND_HOME": str(home), "PYTHONUTF8": "1"}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        DESKHAND,
        *words,
        cwd=folder,
        env={**kept, **own, **settings},
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        limit=1 << 24,
    )
