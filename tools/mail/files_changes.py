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
    changed: list[str] = field(default_factory=list)


def steps_since(cursor: str | None, journal: Journal) -> Sequence[Step]:
    """The steps from a cursor to now. Call with the journal held. A mail that came and went in between is not told, one
    that came and was marked is told as it stands, and one that was marked often is told once."""
    life, _, byte = (cursor or "").partition(":")
    begin = int(byte) if life == journal.life and byte.isdigit() and int(byte) <= journal.end else 0
    last = _last_lines(journal, begin)
    steps: list[Step] = []
    room = 0
    for end, line in journal.lines(begin):
        what, key = _about(line)
        if last.get(key) != end or (what == "gone" and cursor is None):
            continue
        size = min(journal.here[key].place.size, LARGEST) if what == "arrived" else 0
        if not steps or len(steps[-1].arrived) == _MAILS or size > room:
            steps.append(Step(""))
            room = _BYTES
        room -= size
        {"arrived": steps[-1].arrived, "gone": steps[-1].gone, "marked": steps[-1].changed}[what].append(key)
        steps[-1].cursor = f"{journal.life}:{end}"
    return steps


def _last_lines(journal: Journal, begin: int) -> dict[str, int]:
    """Key -> where the line ends that says the last about it; of one that came and was marked, that it came."""
    last: dict[str, int] = {}
    came: set[str] = set()
    for end, line in journal.lines(begin):
        what, key = _about(line)
        if key and not (what == "marked" and key in came):
            last[key] = end
        if what == "arrived":
            came.add(key)
    return last


def _about(line: dict[str, object]) -> tuple[str, str]:
    """What a line tells, and of which key; nothing for the first line."""
    what = next((word for word in ("arrived", "gone", "marked") if word in line), "")
    return what, str(line.get(what, ""))
