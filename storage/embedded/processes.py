"""Starting a server in the background, finding it again by the folder it works in, and ending it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from storage.values.errors import Unavailable

if TYPE_CHECKING:
    import psutil

# Seconds. Recovery after a crash reads at most max_wal_size (256 MB), which takes a few; the rest is for a busy machine.
PATIENCE = 60.0
_PAUSE = 0.01
_LOG_LIMIT = 1_000_000  # bytes


def launch(command: Sequence[str | Path], log: Path, answers: Callable[[], bool], **how: Any) -> None:
    """Runs a command that leaves a server in the background, and returns once the server answers.

    The server inherits the writing end of a pipe, so that its death is seen at once, whoever its parent is.
    """
    listening, inherited = os.pipe()
    try:
        try:
            run(command, log, **{**how, "pass_fds": (*how.get("pass_fds", ()), inherited)})
        finally:
            os.close(inherited)
        _wait_for(answers, listening, log)
    finally:
        os.close(listening)


def run(command: Sequence[str | Path], log: Path, **how: Any) -> None:
    """Runs a command to its end, its output going to the log; `how` is for subprocess."""
    # A locale or a PG… variable of the person's shell must not change how the servers behave.
    environment = {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"}
    with _appending(log) as output:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment,
                check=False,
                **how,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"{Path(command[0]).name} cannot be run on this machine: {error}. {ADVICE}") from error
    if done.returncode != 0:
        raise Unavailable(f"{Path(command[0]).name} failed: {last_words(log)} (more in {log}). {ADVICE}")


ADVICE = "Set DATABASE_URL and REDIS_URL to use servers of your own."


def last_words(log: Path) -> str:
    """The last line of a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")[-20:]
    return next((line.strip() for line in reversed(lines) if line.strip()), "no reason given")


def main_process(pid_file: Path, folder: Path, name: str) -> psutil.Process | None:
    """The process that a pid file names, if it is alive and still the server that works in `folder`, not a stranger."""
    import psutil  # 40 ms of CPU that a clean start does without

    try:
        process = psutil.Process(int(pid_file.read_text(encoding="ascii").split("\n", 1)[0]))
    except (OSError, ValueError, psutil.Error):
        return None
    return process if _works_in(folder, name, process) else None


def end_all(folder: Path, name: str, patience: float = 5.0) -> None:
    """Waits for the processes that a killed server left in `folder`, then kills those that stay."""
    import psutil

    orphans = [process for process in psutil.process_iter() if _works_in(folder, name, process)]
    patient_until = time.monotonic() + patience
    for process in orphans:
        if not ended(process, patient_until - time.monotonic()):
            _signal(process, signal.SIGKILL)
            ended(process, patience)


def end(process: psutil.Process, gently: signal.Signals, patience: float = 30.0) -> None:
    """Asks a server to stop, and kills it when it does not."""
    _signal(process, gently)
    if not ended(process, patience):
        _signal(process, signal.SIGKILL)
        ended(process, patience)


def ended(process: psutil.Process, patience: float, unless: Callable[[], bool] = lambda: False) -> bool:
    """Waits until the process has ended or `unless` comes true, at most `patience` seconds. Says whether it has ended."""
    patient_until = time.monotonic() + patience
    while (alive := _is_alive(process)) and not unless() and time.monotonic() < patient_until:
        time.sleep(_PAUSE)
    return not alive


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    import psutil

    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _is_alive(process: psutil.Process) -> bool:
    """psutil's own `wait` takes a zombie for alive, and some first processes of a container never collect theirs."""
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _works_in(folder: Path, name: str, process: psutil.Process) -> bool:
    import psutil

    try:
        return process.name().startswith(name) and _is_alive(process) and Path(process.cwd()) == folder.resolve()
    except psutil.Error:
        return False


def _wait_for(answers: Callable[[], bool], listening: int, log: Path) -> None:
    patient_until = time.monotonic() + PATIENCE
    while not answers():
        if select.select([listening], [], [], _PAUSE)[0]:
            raise Unavailable(f"An embedded service did not start: {last_words(log)} (more in {log}). {ADVICE}")
        if time.monotonic() > patient_until:
            raise Unavailable(f"An embedded service is still starting after {PATIENCE:.0f} s; try again later ({log}).")


@contextmanager
def _appending(log: Path) -> Iterator[IO[bytes]]:
    """The log, begun anew when it has grown long."""
    long = log.exists() and log.stat().st_size > _LOG_LIMIT
    with log.open("wb" if long else "ab") as file:
        yield file
