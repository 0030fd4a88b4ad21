"""Lets several processes use one server: the first starts it, the last to leave stops it, and a killed one counts as gone.

Two files beside the server's folder are locked with flock, which the kernel releases however a process ends:
`using` is held shared by everyone who uses the server, `changing` by the one who is starting or stopping it.
"""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from storage.values.errors import Refused, Trouble

T = TypeVar("T")

log = logging.getLogger(__name__)

PULSE = 1.0  # seconds between two looks at whether the server is still alive
PATIENCE = 90.0  # seconds; longer than a start may take
_LONGEST_PAUSE = 30.0  # seconds between two tries to start it again
_PAUSE = 0.02


class Server(Protocol):
    """A server that can be started, found and stopped by any process of this machine."""

    name: str

    def answers(self) -> bool:
        """Whether it does what it is there for: proven by a request, never by a process number."""

    def alive(self) -> bool:
        """Whether its process is there; cheap."""

    def start(self) -> None:
        """Starts it and waits until it answers."""

    def stop(self) -> None:
        """Stops it and waits for its end; nothing happens when it is not running."""


@asynccontextmanager
async def held(server: Server, folder: Path) -> AsyncIterator[None]:
    """Uses the server, which answers from the first line of the block on, and is started again should it be killed."""
    share = Share(server, folder)
    try:
        await to_the_end(share.enter)
        watch = asyncio.create_task(_keep_alive(share))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait([watch])
    finally:
        await to_the_end(share.leave)


class Share:
    """One user's part in a server."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self._using = folder / f"{server.name}.using"
        self._changing = folder / f"{server.name}.changing"
        self._held: int | None = None

    def enter(self) -> None:
        """Becomes a user, and starts the server if it does not answer."""
        with _alone(self._changing, self.server.name):
            self._held = os.open(self._using, os.O_RDWR | os.O_CREAT, 0o600)
            # Nobody waits here: the exclusive lock is only ever taken by somebody who is alone.
            fcntl.flock(self._held, fcntl.LOCK_SH)
            atexit.register(self._leave_at_exit, os.getpid())
            self._start_if_silent()

    def revive(self) -> None:
        """Starts the server again if it is gone."""
        with _alone(self._changing, self.server.name):
            self._start_if_silent()

    def leave(self) -> None:
        """Ends our use, and stops the server if nobody else uses it."""
        if self._held is None:
            return
        held, self._held = self._held, None
        atexit.unregister(self._leave_at_exit)
        try:
            with _alone(self._changing, self.server.name):
                if _is_last(held):
                    self.server.stop()
        finally:
            os.close(held)

    def _start_if_silent(self) -> None:
        if not self.server.answers():
            self.server.start()

    def _leave_at_exit(self, pid: int) -> None:
        """The safety net of an interpreter that ends without leaving; a forked child must not leave for its parent."""
        if os.getpid() == pid:
            self.leave()


async def to_the_end(work: Callable[[], T]) -> T:
    """Does blocking work in a thread. A cancellation waits for its end: half a start could be neither used nor undone."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        task.exception()  # looked at, so that asyncio does not complain; the cancellation is what is told
        raise cancelled
    return task.result()


async def _keep_alive(share: Share) -> None:
    pause = PULSE
    while True:
        await asyncio.sleep(pause)
        if await asyncio.to_thread(share.server.alive):
            pause = PULSE
            continue
        log.warning("The embedded %s is gone; starting it again.", share.server.name)
        try:
            await to_the_end(share.revive)
        except Trouble as trouble:
            pause = min(2 * pause, _LONGEST_PAUSE)
            log.warning("%s", trouble)


def _is_last(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _alone(path: Path, name: str) -> Iterator[None]:
    """Holds the lock under which a server is started or stopped; its file says who holds it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        patient_until = time.monotonic() + PATIENCE
        while not _is_last(file):
            if time.monotonic() > patient_until:
                pid = os.pread(file, 20, 0).decode("ascii", "replace") or "unknown"
                raise Refused(
                    f"Deskhand is running already, pid {pid}, and has been starting or stopping {name} in {path.parent} "
                    f"for more than {PATIENCE:.0f} s. End that process, then try again."
                )
            time.sleep(_PAUSE)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(file)
