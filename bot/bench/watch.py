"""Looks over a program's shoulder: when everything that it reads has come to be in its database."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from storage.embedded.postgres import Postgres

_PAUSE = 0.05
_LISTED = "SELECT count(*) FROM emails WHERE search IS NOT NULL"


class Watch(threading.Thread):
    """Counts the searchable mails under a home until there are so many. The program's own connection is not touched."""

    def __init__(self, home: Path, mails: int) -> None:
        super().__init__(daemon=True)
        self._address = make_url(Postgres(home.resolve() / "services").url("postgres")).set(drivername="postgresql")
        self._mails = mails
        self._begun = time.monotonic()
        self._ended = threading.Event()
        self.seconds = float("nan")
        """From the making of this watch until they were there."""

    def run(self) -> None:
        while not self._ended.wait(_PAUSE):
            try:
                self._look()
            except psycopg.Error:  # it is starting or stopping
                continue

    def stop(self) -> float:
        """Ends the watch and gives the seconds."""
        self._ended.set()
        self.join()
        return self.seconds

    def _look(self) -> None:
        with psycopg.connect(self._address.render_as_string(hide_password=False), autocommit=True) as connection:
            while not self._ended.wait(_PAUSE):
                row = connection.execute(_LISTED).fetchone()
                if row and row[0] >= self._mails:
                    self.seconds = time.monotonic() - self._begun
                    self._ended.set()
