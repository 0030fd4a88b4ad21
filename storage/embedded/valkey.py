"""One Valkey under a folder: on a Unix socket only, every change on disk within a second."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from pathlib import Path

from storage.embedded.binaries import valkey_server
from storage.embedded.folders import (
    close_sockets_in,
    is_private,
    open_sockets_in,
    private_folder,
    refuse_full_disk,
    socket_folder,
)
from storage.embedded.processes import end, end_all, ended, launch, main_process
from storage.values.errors import Unavailable

NAME = "valkey"
_SOCKET = "valkey.sock"
_ANSWER_TIME = 2.0  # seconds
_PATIENCE = 10.0  # seconds; it may be reading its log
_NEEDED_ROOM = 20 * 2**20  # bytes
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "daemonize": "yes",
}


class Valkey:
    """A Valkey server; see sharing.Server."""

    name = NAME

    def __init__(self, folder: Path) -> None:
        self.folder = folder / NAME
        self._log = folder / "valkey.log"
        self._pid_file = self.folder / "valkey.pid"
        self._socket = socket_folder(self.folder, _SOCKET) / _SOCKET

    @property
    def url(self) -> str:
        """Its address, as redis-py and arq take it."""
        return f"unix://{self._socket}"

    def answers(self) -> bool:
        """Whether PING is answered by PONG."""
        if not is_private(self._socket.parent):
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(_ANSWER_TIME)
            try:
                client.connect(os.fspath(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(5) == b"+PONG"
            except OSError:
                return False

    def alive(self) -> bool:
        """Whether its process is there."""
        return main_process(self._pid_file, self.folder, NAME) is not None

    def start(self) -> None:
        """Starts it. A damaged log of changes is set aside: all that Deskhand must not lose is in Postgres."""
        private_folder(self.folder)
        open_sockets_in(self._socket.parent)
        refuse_full_disk(self.folder, _NEEDED_ROOM)
        if self._pid_file.exists():
            self._make_way()
        if self.answers():
            return
        try:
            self._launch()
        except Unavailable:
            if not self._set_aside():
                raise
            self._launch()

    def stop(self) -> None:
        """Stops it; it writes what is left first."""
        process = main_process(self._pid_file, self.folder, NAME)
        if process is not None:
            end(process, signal.SIGTERM)
        close_sockets_in(self._socket.parent, self.folder)

    def _launch(self) -> None:
        places = {"dir": self.folder, "unixsocket": self._socket, "pidfile": self._pid_file, "logfile": self._log}
        words = [word for name, value in (_SETTINGS | places).items() for word in (f"--{name}", os.fspath(value))]
        launch([valkey_server(), *words], self._log, self.answers)

    def _make_way(self) -> None:
        """A server that stays silent is ended: two on one folder would destroy each other's log."""
        silent = main_process(self._pid_file, self.folder, NAME)
        if silent is not None:
            ended(silent, _PATIENCE, unless=self.answers)
            if self.answers():
                return
            end(silent, signal.SIGTERM, _PATIENCE)
        end_all(self.folder, NAME)
        self._pid_file.unlink(missing_ok=True)

    def _set_aside(self) -> bool:
        changes, aside = self.folder / "appendonlydir", self.folder / "damaged"
        if not changes.exists():
            return False
        shutil.rmtree(aside, ignore_errors=True)
        changes.rename(aside)
        return True
