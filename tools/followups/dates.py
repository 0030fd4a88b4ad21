"""Reads explicit dates: "14 March", "March 14th, 2026", "the 14th", "14/3", "2026-03-14"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tools.followups.words import MONTHS, ORDINALS, WEAK, Line

ON = frozenset({"on", "by", "before", "until", "for", "at", "from", "since", "after"})
"""Words that lead up to a day."""

_SPAN = range(-9, 10)
"""Years around a reference within which a date without its year is looked for; 29 February may lie 8 years off."""

_NOT_DAYS = frozenset(
    {"one", "email", "emails", "mail", "mails", "message", "messages", "draft", "result", "item", "time"}
)


_THIS_MONTH = {"last": -1, "this": 0, "the": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Day:
    """What a sentence says of a day: the dates it may mean, in order of time, and the token after it.

    A weekday or a date without its year may mean several; which one depends on whether the reader looks ahead or back.
    """

    dates: tuple[date, ...]
    end: int
    weekday: int | None = None
    """The weekday that was all that was said."""
    claims: int | None = None
    """The weekday that was said beside an explicit date, and must agree with it."""
    hour: int | None = None
    """What the words themselves say of the time, in minutes after midnight: 17:00 for "end of the week"."""
    today: bool = False
    """Whether they said today."""


def date_at(line: Line, i: int, today: date, *, led: bool = False, beside_weekday: bool = False) -> Day | None:
    """The explicit date at i; `led` and `beside_weekday` say that something before it makes "14th" a day."""
    if line.kind(i) == "date":
        return _in_digits(line, i, today)
    return _named(line, i, today) or _of_month(line, i, today, led or beside_weekday)


def month_days(month: str, day: int, around: int) -> Iterator[date]:
    """This day of the month in every year around one, where it exists."""
    for step in _SPAN:
        if found := _valid(around + step, MONTHS.index(month) + 1, day):
            yield found


def _in_digits(line: Line, i: int, today: date) -> Day | None:
    parts = [int(part) for part in re.split(r"[-/.]", line.text(i))]
    if len(line.text(i)) > 4 and line.text(i)[:4].isdecimal():
        exact = _valid(parts[0], parts[1], parts[2])
        return Day((exact,), i + 1) if exact else None
    first, second = parts[:2]
    day, month = (second, first) if (line.month_first and first <= 12) or second > 12 else (first, second)
    if not 1 <= month <= 12:
        return None
    if len(parts) == 3:
        exact = _valid(parts[2] if parts[2] > 99 else 2000 + parts[2], month, day)
        return Day((exact,), i + 1) if exact else None
    dates = tuple(month_days(MONTHS[month - 1], day, today.year))
    return Day(dates, i + 1) if dates else None


def _named(line: Line, i: int, today: date) -> Day | None:
    """14 March, 14th of March 2026, March 14th, first of April."""
    day = _day_number(line, i)
    if day:
        j = line.skip(line.skip(i + 1, {"of"}), {"-", "/"})
        if line.text(j) in MONTHS:
            return _with_year(line, line.text(j), day, j + 1, today)
    if line.text(i) in MONTHS:
        j = line.skip(i + 1, {"the", "."})
        day = _day_number(line, j)
        if day and (line.kind(j) != "word" or line.raw(i) not in WEAK):  # not "I may first ask"
            return _with_year(line, line.text(i), day, j + 1, today)
    return None


def _day_number(line: Line, i: int) -> int | None:
    text = line.text(i)
    if line.kind(i) == "ordinal" or (line.kind(i) == "number" and text.isdecimal() and len(text) <= 2):
        return int(text) if 1 <= int(text) <= 31 else None
    return ORDINALS.get(text)


def _with_year(line: Line, month: str, day: int, end: int, today: date) -> Day | None:
    j = line.skip(end, {",", "/", "-"})
    if line.kind(j) == "number" and re.fullmatch(r"(19|20|21)\d\d", line.text(j)):
        exact = _valid(int(line.text(j)), MONTHS.index(month) + 1, day)
        return Day((exact,), j + 1) if exact else None
    dates = tuple(month_days(month, day, today.year))
    return Day(dates, end) if dates else None


def _of_month(line: Line, i: int, today: date, led: bool) -> Day | None:
    """The 14th, of the months around this one."""
    if line.kind(i) != "ordinal" or not 1 <= int(line.text(i)) <= 31 or line.text(i + 1) in _NOT_DAYS:
        return None
    day, dates = int(line.text(i)), []
    for step in range(-13, 14):
        year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
        if found := _valid(year, month + 1, day):
            dates.append(found)
    j = i + 1
    if line.text(j) == "of" and line.text(j + 1) in _THIS_MONTH and line.text(j + 2) == "month":
        step = _THIS_MONTH[line.text(j + 1)]
        year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
        dates = [day for day in dates if line.text(j + 1) == "the" or (day.year, day.month) == (year, month + 1)]
        j += 3
    elif not led:
        return None
    return Day(tuple(dates), j) if dates else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
