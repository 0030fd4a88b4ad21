"""Processes and the CPU time they take: a program to its first prompt, with the servers that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from storage.values.errors import Unavailable

PROGRAM = (sys.executable, "-c", "from bot.cli import main; main()")
"""The `deskhand` command of this very environment."""

PROMPT = "quit to leave."
"""How the greeting ends; after it the program listens."""

_PID_FILES = ("services/postgres/data/postmaster.pid", "services/valkey/valkey.pid")


@dataclass(frozen=True)
class Spent:
    """What a program took: CPU seconds of itself and everything that it started, and seconds on the clock."""

    cpu: float
    wall: float


def run(command: Sequence[str], environment: Mapping[str, str]) -> Spent:
    """Runs a command to its end."""
    start = time.monotonic()
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        assert child.stderr is not None
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise Unavailable(f"{command[-1]} failed: {said.decode(errors='replace')[-400:]}")
    return Spent(usage.ru_utime + usage.ru_stime, time.monotonic() - start)


@contextmanager
def started(
    words: Sequence[str], home: Path, errors: int = subprocess.DEVNULL, flags: Sequence[str] = ()
) -> Iterator[Spent]:
    """A `deskhand` program that has come to its first prompt, and what that took; it is told to quit afterwards."""
    start = time.monotonic()
    command = [PROGRAM[0], *flags, *PROGRAM[1:], *words]
    with subprocess.Popen(
        command, env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for line in child.stdout:
            if PROMPT in line:
                break
        else:
            raise Unavailable(f"`deskhand {' '.join(words)}` ended before it greeted; run it to see why.")
        yield Spent(cpu_of(child.pid) + cpu_of_servers(home), time.monotonic() - start)
        with suppress(BrokenPipeError):
            child.communicate("quit\n")


def environment(home: Path) -> dict[str, str]:
    """The person's environment, but for what would lead to other servers, models or homes."""
    ours = ("DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "ENCRYPTION_KEY")
    return {name: value for name, value in os.environ.items() if name not in ours} | {"DESKHAND_HOME": str(home)}


def cpu_of_servers(home: Path) -> float:
    """CPU seconds of the embedded servers of a home since they started."""
    return sum(cpu_of(int((home / file).read_text().split()[0])) for file in _PID_FILES)


def cpu_of(pid: int) -> float:
    """CPU seconds of a process, its living descendants, and those that it has outlived."""
    process = psutil.Process(pid)
    return sum(_own(one) for one in (process, *process.children(recursive=True)))


def _own(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0
