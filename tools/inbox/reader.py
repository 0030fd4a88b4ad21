"""The reading process: `python -m tools.inbox.reader` reads mails from stdin and writes a line for each to stdout.

A mail that kills or stops it takes nothing else along: whoever started it sees at which mail the lines ended.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from typing import BinaryIO
from uuid import UUID

from storage.jsons import as_postgres_reads, dumps, loads
from tools.inbox.mail_rows import Owner, rows_of
from tools.mail.mailbox import Arrival

MEMORY = 2 * 1024**3
"""Bytes of address space: a mail of 32 MB takes about a tenth of this."""


def main() -> None:
    """Reads until stdin ends. First a line about the owner, then for each mail a line about it, with the size of what
    follows."""
    with suppress(ValueError, OSError):  # macOS knows this limit but does not take it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    given = sys.stdin.buffer
    about = loads(given.readline())
    owner = Owner(UUID(about["tenant"]), UUID(about["account"]), frozenset(about["own"]))
    while line := given.readline():
        sys.stdout.buffer.write(_read(owner, loads(line), given) + b"\n")
        sys.stdout.buffer.flush()


def _read(owner: Owner, about: dict[str, object], given: BinaryIO) -> bytes:
    raw = given.read(int(str(about["size"])))
    arrival = Arrival(
        str(about["key"]),
        str(about["folder"]),
        raw,
        frozenset(about["labels"]),  # type: ignore[call-overload]
        bool(about["unread"]),
        bool(about["flagged"]),
    )
    rows, unreadable = rows_of(owner, [arrival])
    if unreadable:
        return dumps({"failed": unreadable[0].reason})
    return json.dumps({"row": rows[0]}, default=as_postgres_reads).encode()


if __name__ == "__main__":
    main()
