"""What a working copy has to tell since a cursor, in steps of a bounded size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.mail.files_journal import Journal
from tools.mail.mailbox import LARGEST

_MAILS = 200
_BYTES = 8 * 1024 * 1024
"""A step holds at most this, or one mail: so much is in memory and in one transaction."""


@dataclass
class Step:
    """Becomes one `Batch`, once the mails are read."""

    cursor: str
    arrived: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def steps_since(cursor: str | None, journal: Journal) -> Sequence[Step]:
    """The steps from a cursor to now. Call with the journal held. A mail that came and went in between is not told."""
    life, _, byte = (cursor or "").partition(":")
    begin = int(byte) if life == journal.life and byte.isdigit() and int(byte) <= journal.end else 0
    last = {_key(line): end for end, line in journal.lines(begin) if _key(line)}
    steps: list[Step] = []
    room = 0
    for end, line in journal.lines(begin):
        key = _key(line)
        if last.get(key) != end or ("gone" in line and cursor is None):
            continue
        size = min(journal.here[key].place.size, LARGEST) if "arrived" in line else 0
        if not steps or len(steps[-1].arrived) == _MAILS or size > room:
            steps.append(Step(""))
            room = _BYTES
        room -= size
        if "arrived" in line:
            steps[-1].arrived.append(key)
        else:
            steps[-1].gone.append(key)
        steps[-1].cursor = f"{journal.life}:{end}"
    return steps


def _key(line: dict[str, object]) -> str:
    """The key of a line about coming or going; empty for others."""
    return str(line.get("arrived") or line.get("gone") or "")
