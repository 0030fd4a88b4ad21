"""Commitments in words: one list both ways, what is late first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from storage.tables.commitments import CommitmentState
from tools.inbox.show import day, plain

QUOTED = 160
"""Characters of a quote in a list; a card has all of it."""
LISTED = 40


def listing(rows: Sequence[Row[Any]], zone: str, at: datetime, numbers: Sequence[int]) -> str:
    """The numbered list; each has the number that it has among all that are open."""
    if not rows:
        return "Nothing is open: neither what you promised nor what others promised you, as far as your mail says."
    mine = sum(row.mine for row in rows)
    late = sum(is_late(row, zone, at) for row in rows)
    sides_ = [f"{_count(mine)} of yours"] if mine else []
    sides_ += [f"{_count(len(rows) - mine)} to you"] if mine < len(rows) else []
    head = f"{' and '.join(sides_)}{f', {late} late' if late else ''}:"
    lines = [f"{number}. {line(row, zone, at)}" for number, row in zip(numbers, rows[:LISTED], strict=False)]
    if len(rows) > LISTED:
        lines.append(f"… and {len(rows) - LISTED} more.")
    return plain("\n".join([head, *lines]))


def line(row: Row[Any], zone: str, at: datetime) -> str:
    """`You to Bo Lind, late since Fri 20 Nov: “I'll send you the contract by Friday.” (said Tue 17 Nov)`."""
    quote = row.quote if len(row.quote) <= QUOTED else f"{row.quote[:QUOTED].rstrip()} …"
    return " ".join(f"{sides(row)}, {when(row, zone, at)}: “{quote}” (said {day(row.said_at, zone, at)})".split())


def sides(row: Row[Any]) -> str:
    """Who promised, and to whom."""
    other = row.name or row.address
    return f"you to {other}" if row.mine else f"{other} to you"


def when(row: Row[Any], zone: str, at: datetime) -> str:
    """When it is due, in words."""
    if row.due_on is None:
        return "no day named"
    if is_late(row, zone, at):
        return f"late since {_day(row.due_on)}"
    return "due today" if row.due_on == _today(zone, at) else f"due {_day(row.due_on)}"


def is_late(row: Row[Any], zone: str, at: datetime) -> bool:
    """Whether the day that was named is over, in the owner's zone."""
    return row.due_on is not None and row.due_on < _today(zone, at)


def pressing(rows: Iterable[Row[Any]], zone: str, at: datetime, lately: timedelta = timedelta.max) -> list[Row[Any]]:
    """What is due today, or is late; with `lately`, for less than so long."""
    today = _today(zone, at)
    return [row for row in rows if row.due_on is not None and timedelta() <= today - row.due_on < lately]


def state_in_words(row: Row[Any]) -> str:
    """How it stands."""
    return {
        CommitmentState.OPEN: "open",
        CommitmentState.KEPT: "kept: a later mail of the thread brought it",
        CommitmentState.DONE: "done, as you said",
        CommitmentState.DISMISSED: "not a promise, as you said; it does not come back",
    }[CommitmentState(row.state)]


def _today(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _day(one: date) -> str:
    return f"{one:%a} {one.day} {one:%b}"


def _count(number: int) -> str:
    return "1 promise" if number == 1 else f"{number} promises"
