"""Reads the names of stretches of days: "last week", "March 2025", "Q1", "3 days ago", "Tuesday"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tools.followups.dates import month_days
from tools.followups.day_words import day_at
from tools.followups.durations import duration_at
from tools.followups.words import MONTHS, Line

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
_UNITS = frozenset({"week", "weekend", *MONTHS_IN})


@dataclass(frozen=True)
class Stretch:
    """What one name of days may cover, in order of time, and the token after it."""

    choices: tuple[tuple[date, date], ...]
    end: int
    before_today: bool = False
    """Whether it never means today: a weekday by its name."""

    def latest(self, today: date) -> tuple[date, date]:
        """The most recent choice that has begun, or else the first one."""
        begun = [days for days in self.choices if days[0] < today + timedelta(days=0 if self.before_today else 1)]
        return begun[-1] if begun else self.choices[0]


def stretch_at(line: Line, i: int, today: date, *, whole: bool = False) -> Stretch | None:
    """The days that the name at i covers; a month, year or quarter by its bare name only when `whole` is true."""
    return (
        _relative(line, i, today)
        or _ago(line, i, today)
        or _calendar(line, i, today, whole)
        or _named_day(line, i, today)
    )


def _relative(line: Line, i: int, today: date) -> Stretch | None:
    """This week, last month, next quarter, the weekend, the week before last, last night."""
    if line.says(i, "last", "night") or line.says(i, "last", "evening"):
        return Stretch(((today - timedelta(days=1), today),), i + 2)
    if line.says(i, "week", "before", "last"):
        return _of_unit("week", -2, today, i + 3)
    if line.says(i, "month", "before", "last"):
        return _of_unit("month", -2, today, i + 3)
    if line.text(i) == "weekend":
        return _of_unit("weekend", 0 if today.weekday() >= 5 else -1, today, i + 1)
    step = {"this": 0, "last": -1, "next": 1}.get(line.text(i))
    if step is None or line.text(i + 1) not in _UNITS:
        return None
    unit = line.text(i + 1)
    if unit == "weekend" and step == 0 and today.weekday() < 5:
        return _of_unit(unit, 0, today, i + 2)
    return _of_unit(unit, step, today, i + 2)


def _of_unit(unit: str, step: int, today: date, end: int) -> Stretch:
    if unit in {"week", "weekend"}:
        monday = today + timedelta(days=7 * step - today.weekday())
        first = monday + timedelta(days=5 if unit == "weekend" else 0)
        return Stretch(((first, monday + timedelta(days=7)),), end)
    months = MONTHS_IN[unit]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1) + relativedelta(months=months * step)
    return Stretch(((first, first + relativedelta(months=months)),), end)


def _ago(line: Line, i: int, today: date) -> Stretch | None:
    """3 days ago is a day, two weeks ago that week, a month ago that month."""
    length = duration_at(line, i)
    if length is None or line.text(length.end) != "ago":
        return None
    day = days_back(length.minutes, length.after(today, -1))
    unit = line.text(length.end - 1)
    if unit in {"week", "month", "year"}:
        return _of_unit(unit, 0, day, length.end + 1)
    return Stretch(((day, day + timedelta(days=1)),), length.end + 1)


def _calendar(line: Line, i: int, today: date, whole: bool) -> Stretch | None:
    """March, March 2025, 2025, Q1, Q1 2025, and "last March"."""
    if whole and (year := year_at(line, i)):
        return Stretch(((date(year, 1, 1), date(year + 1, 1, 1)),), i + 1)
    j = line.skip(i, {"last", "early", "late"})
    name = line.text(j)
    if name in MONTHS and not monthday_at(line, j + 1):
        month, months = MONTHS.index(name) + 1, 1
    elif re.fullmatch("q[1-4]", name):
        month, months = int(name[1]) * 3 - 2, 3
    else:
        return None
    after = line.skip(j + 1, {"of"})
    if year := year_at(line, after):
        return _months((date(year, month, 1),), months, after + 1)
    return _months(tuple(month_days(MONTHS[month - 1], 1, today.year)), months, j + 1) if whole else None


def _months(firsts: tuple[date, ...], months: int, end: int) -> Stretch:
    return Stretch(tuple((first, first + relativedelta(months=months)) for first in firsts), end)


def year_at(line: Line, i: int) -> int | None:
    return int(line.text(i)) if line.kind(i) == "number" and re.fullmatch(r"(19|20)\d\d", line.text(i)) else None


def _named_day(line: Line, i: int, today: date) -> Stretch | None:
    """Today, yesterday, Tuesday, last Tuesday, 3 November, the 14th."""
    if line.text(i) in {"in", "within", "after"}:
        return None
    found = day_at(line, i, today)
    if not found or found.hour is not None:
        return None
    days = tuple((day, day + timedelta(days=1)) for day in found.dates)
    end = line.skip(found.end, {"morning", "afternoon", "evening", "night"})
    return Stretch(days, end, before_today=found.weekday is not None)


def monthday_at(line: Line, i: int) -> int | None:
    if line.kind(i) in {"number", "ordinal"} and line.text(i).isdecimal() and 1 <= int(line.text(i)) <= 31:
        return int(line.text(i))
    return None


def days_back(minutes: int, day: date) -> date:
    """The day that reaches far enough back when hours were said too."""
    return day - timedelta(days=-(-minutes // 1440))
