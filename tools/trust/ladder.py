"""The ladder, decided purely: ask first, do and tell, or do silently; what lowers an act, and what would raise it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from storage.tables.trust_rungs import Record


class Rung(StrEnum):
    """How far something may go by itself, from the careful end."""

    ASK = "ask"
    TELL = "tell"
    SILENT = "silent"

    @property
    def words(self) -> str:
        """What it means, for a person."""
        return {
            Rung.ASK: "I ask first",
            Rung.TELL: "I do it and tell you, with an undo",
            Rung.SILENT: "I do it without a word; /digest counts it",
        }[self]


ORDER = (Rung.ASK, Rung.TELL, Rung.SILENT)

FIRST = Rung.TELL
"""Where an act of a rule begins: the person saved the rule with a press, after a rehearsal."""

EARNS = ("apply_label", "flag", "archive", "create_task")
"""Kinds of acts that can be trusted. Whatever is not here asks always: sending, forwarding, deleting, and all that is yet to
come. Each of these is done by a rule in the owner's own words, and nothing of what it does is taken from a mail."""

YES_TO_TELL = 3
"""Deeds that the person approved in a row before it is proposed to ask no more."""
YES_TO_SILENT = 3
STOOD_TO_SILENT = 8
"""Deeds that stood for a day in a row, of which either is enough before it is proposed to say no more."""
PATIENCE = 3
"""How many times as much is needed after the person left it where it stood, each time."""


def standing(ratified: Rung, against: int) -> Rung:
    """Where an act stands: each time that it was taken back or refused since the person ratified it, it is a rung lower."""
    return ORDER[max(ORDER.index(ratified) - against, 0)]


def of_sender(against: Sequence[datetime], approved_at: datetime | None) -> Rung:
    """What a reversal on a sender's mail means for the next of that sender: ask, until one is approved."""
    return Rung.ASK if _since(against, approved_at) else Rung.SILENT


def of_category(against: Sequence[datetime], approved_at: datetime | None) -> Rung:
    """The same for a category, of which one mistake says little and two say something."""
    return Rung.ASK if _since(against, approved_at) >= 2 else Rung.SILENT


def _since(against: Sequence[datetime], approved_at: datetime | None) -> int:
    return sum(approved_at is None or at > approved_at for at in against)


def lowest(rungs: Sequence[Rung]) -> Rung:
    """The most careful of them."""
    return min(rungs, key=ORDER.index)


def raised(rung: Rung, record: Record, declined: int = 0) -> Rung | None:
    """The rung that the record speaks for; None while it does not speak for a higher one. `declined`: how often the person
    left it where it stood."""
    times = PATIENCE**declined
    if rung == Rung.ASK and record.yes_since >= YES_TO_TELL * times:
        return Rung.TELL
    enough = record.yes_since >= YES_TO_SILENT * times or record.stood_since >= STOOD_TO_SILENT * times
    return Rung.SILENT if rung == Rung.TELL and enough else None


def outlook(rung: Rung, record: Record, declined: int = 0) -> str:
    """What would move it, in words."""
    times = PATIENCE**declined
    down = "An undo lowers it by one."
    if rung == Rung.ASK:
        left = YES_TO_TELL * times - record.yes_since
        return f"After {_more(left, 'yes', 'yeses')} in a row I propose to do it and tell you."
    if rung == Rung.TELL:
        yes, stood = YES_TO_SILENT * times - record.yes_since, STOOD_TO_SILENT * times - record.stood_since
        return f"After {_more(yes, 'yes', 'yeses')}, or {max(stood, 0)} that stand for a day, I propose to do it silently. {down}"
    return down


def past(record: Record) -> str:
    """The record in words."""
    told = [f"done {record.done}"]
    told += [f"approved {record.yes}"] if record.yes else []
    told += [f"taken back {record.undone}"] if record.undone else []
    told += [f"refused {record.no}"] if record.no else []
    return ", ".join(told)


def _more(count: int, one: str, many: str) -> str:
    return f"{max(count, 0)} more {one if count == 1 else many}"
