"""One Postgres with pgvector under a folder: on a Unix socket only, never as root, ready when it answers a query."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from storage.embedded.accounts import as_account, server_account
from storage.embedded.binaries import postgres_install, refuse_weak_processor
from storage.embedded.folders import (
    close_sockets_in,
    is_private,
    open_sockets_in,
    private_folder,
    refuse_full_disk,
    socket_folder,
)
from storage.embedded.furnishing import APP, DATABASE, OWNER, furnish
from storage.embedded.processes import PATIENCE, end, end_all, ended, launch, main_process, run
from storage.values.errors import Refused, Unavailable

NAME = "postgres"
VERSION = "18"
_PORT = 5432  # only the name of the socket
_SOCKET = f".s.PGSQL.{_PORT}"
_DYING = 2.0  # seconds between the end of a process's pipes and its own
_ROOM_TO_CREATE, _ROOM_TO_START = 200 * 2**20, 40 * 2**20  # bytes; a new cluster takes 55 MB, a segment of WAL 16 MB

# Unicode rules that come with Postgres, so that an index never changes its order with the operating system. Words are
# still split by the system's character classes, hence lc-ctype.
_CLUSTER = (
    *("--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--no-instructions"),
    *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--lc-collate", "C"),
    *("--lc-ctype", "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"),
)

# For one machine and a few people. They go onto the command line, so that a newer Deskhand's values hold at once.
_SETTINGS = {
    "port": str(_PORT),
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "maintenance_work_mem": "128MB",  # an HNSW index is built fast only while its graph fits
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",  # parallel work needs /dev/shm, which is 64 MB in a container
    "max_parallel_maintenance_workers": "0",
    "wal_level": "minimal",  # nothing is replicated
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "max_logical_replication_workers": "0",
    "io_method": "sync",  # three processes less
    "log_error_verbosity": "terse",  # DETAIL and STATEMENT quote people's rows
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
_QUICK_CLUSTER = ("--no-sync", "--wal-segsize", "1")  # the first segment is half of a new cluster's size
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """A Postgres server; see sharing.Server."""

    name = NAME

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder / NAME
        self._data = self.folder / "data"
        self._pid_file = self._data / "postmaster.pid"
        self._log = (
            folder / "postgres.log"
        )  # beside the folder: root must not follow what `nobody` may put into his own
        self._durable = durable
        self._account = server_account(self.folder)
        self._socket_folder = socket_folder(self.folder, _SOCKET)

    def url(self, user: str) -> str:
        """The database's address for SQLAlchemy."""
        return f"postgresql+psycopg://{user}@/{DATABASE}?" + urlencode({"host": self._socket_folder, "port": _PORT})

    def answers(self) -> bool:
        """Whether the program can log in and ask something, which it can only when all was furnished."""
        return self._accepts(APP, DATABASE)

    def alive(self) -> bool:
        """Whether its main process is there."""
        return main_process(self._pid_file, self._data, NAME) is not None

    def start(self) -> None:
        """Makes the cluster if there is none, starts the server if it is not running, and furnishes it."""
        refuse_weak_processor()
        private_folder(self.folder, self._account)
        open_sockets_in(self._socket_folder, self._account)
        if not self._data.exists():
            self._create()
        self._refuse_other_version()
        refuse_full_disk(self.folder, _ROOM_TO_START)
        try:
            self._run()
        except Unavailable:
            starting = main_process(self._pid_file, self._data, NAME)
            if starting is not None and not ended(starting, _DYING):
                raise
            self._run()  # it was killed while it started
        if not self.answers():
            furnish(self._connect)

    def stop(self) -> None:
        """Stops it; whoever is still connected is disconnected."""
        process = main_process(self._pid_file, self._data, NAME)
        if process is not None:
            end(process, signal.SIGINT)
        close_sockets_in(self._socket_folder, self.folder)

    def _connect(self, user: str, database: str) -> psycopg.Connection[Any]:
        place = os.fspath(self._socket_folder)
        return psycopg.connect(host=place, port=_PORT, user=user, dbname=database, connect_timeout=5, autocommit=True)

    def _is_up(self) -> bool:
        return self._accepts(OWNER, "postgres")

    def _accepts(self, user: str, database: str) -> bool:
        if not is_private(self._socket_folder, self._account) or not (self._socket_folder / _SOCKET).exists():
            return False
        try:
            with self._connect(user, database) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _create(self) -> None:
        """A cluster appears under its name only when it is complete."""
        refuse_full_disk(self.folder, _ROOM_TO_CREATE)
        making = self.folder / "making"
        shutil.rmtree(making, ignore_errors=True)
        with self._opened() as (place, how):
            command: list[str | Path] = [self._program("initdb"), "--pgdata", place / making.name, *_CLUSTER]
            run(command if self._durable else [*command, *_QUICK_CLUSTER], self._log, **how)
        making.rename(self._data)

    def _run(self) -> None:
        if self._pid_file.exists():
            self._make_way()
        if not self._is_up():
            self._launch()

    def _launch(self) -> None:
        with self._opened() as (place, how):
            sockets = place if self._socket_folder == self.folder else self._socket_folder
            settings = _SETTINGS | {"unix_socket_directories": f'"{sockets}"'}
            settings |= {} if self._durable else _NOT_DURABLE
            options = shlex.join(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
            command: list[str | Path] = [
                self._program("pg_ctl"),
                "start",
                "--no-wait",
                "--silent",
                "--pgdata",
                place / self._data.name,
            ]
            launch([*command, "--options", options], self._log, self._is_up, **how)

    def _program(self, name: str) -> Path:
        return postgres_install(self._account) / "bin" / name

    @contextmanager
    def _opened(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The folder as the server may address it, and the words for subprocess.

        As root, the server's account cannot pass a closed folder on the way (/root), and opening those up is not ours
        to do. It is handed the open folder instead: /proc/self/fd/N leads there without passing anything.
        """
        if self._account is None or not Path("/proc/self/fd").exists():
            yield self.folder, as_account(self._account)
            return
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            yield Path("/proc/self/fd", str(handle)), as_account(self._account) | {"pass_fds": (handle,)}
        finally:
            os.close(handle)

    def _refuse_other_version(self) -> None:
        found = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != VERSION:
            raise Refused(
                f"The database in {self._data} was made by Postgres {found}, this is Postgres {VERSION}. "
                "Carry it over with pg_dump of the old version, or set DESKHAND_HOME to a new folder."
            )

    def _make_way(self) -> None:
        """A pid file lies there: of a server that is still starting or stopping, of a killed one, or naming a stranger."""
        starting = main_process(self._pid_file, self._data, NAME)
        if starting is not None and not ended(starting, PATIENCE, unless=self._is_up):
            if self._is_up():
                return
            raise Unavailable(
                f"The embedded Postgres is running but has not answered for {PATIENCE:.0f} s; try again later ({self._log})."
            )
        # Postgres itself asks only whether the process number is taken, and would refuse to start for a stranger's sake.
        end_all(self._data, NAME)
        self._pid_file.unlink(missing_ok=True)
        (self._socket_folder / f"{_SOCKET}.lock").unlink(missing_ok=True)
