"""Reads lengths of time: "an hour and a half", "3 days", "2 weeks", "five working days"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tools.followups.words import Line

_MINUTES = {"minute": 1, "hour": 60, "h": 60}
_DAYS = {"day": 1, "d": 1, "week": 7, "w": 7, "fortnight": 14, "night": 1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_VAGUE = {"couple": 2, "few": 3, "several": 4}
_MOST = 5_000
"""No count above this is taken for a length of time: 5,000 weeks are a century."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, and the token after it. Exactly one of the four units is used, or days with minutes."""

    end: int
    minutes: int = 0
    days: int = 0
    months: int = 0
    working_days: int = 0

    @property
    def by_clock(self) -> bool:
        """Whether it counts hours or minutes, so that it leads to an exact moment."""
        return self.minutes > 0 and not self.days

    def after(self, day: date, sign: int = 1) -> date:
        """The day this long after (or with sign -1 before) a day; hours are ignored."""
        if self.working_days:
            return working_day(day, sign * self.working_days)
        return day + sign * relativedelta(months=self.months, days=self.days)


def working_day(day: date, count: int) -> date:
    """The day `count` days from Monday to Friday later, or earlier when negative."""
    step = 1 if count > 0 else -1
    for _ in range(abs(count)):
        day += timedelta(days=step)
        while day.weekday() >= 5:
            day += timedelta(days=step)
    return day


_LEADS = frozenset({"in", "within", "after", "for"})
_WAITING = frozenset({"wait", "snooze", "give"})


def awaited_at(line: Line, i: int) -> tuple[Duration | None, bool]:
    """The length of time said at i, "in" and its like included, and whether something says that it lies ahead."""
    led = line.skip(i, _LEADS)
    length = duration_at(line, line.skip(line.skip(led, {"the"}), {"next"}))
    return length, led > i or line.text(i - 1) in _WAITING


def duration_at(line: Line, i: int) -> Duration | None:
    """The length of time said at i, if one is."""
    if line.says(i, "half", "an", "hour") or line.says(i, "half", "a", "day"):
        return Duration(i + 3, minutes=30 if line.text(i + 2) == "hour" else 240)
    if line.kind(i) == "clock" and "h" in line.text(i):
        hours, minutes = line.text(i).split("h")
        return Duration(i + 1, minutes=int(hours) * 60 + int(minutes))
    counted = _count(line, i)
    if counted is None:
        return None
    count, j = counted
    return _with_unit(line, count, j)


def _count(line: Line, i: int) -> tuple[float, int] | None:
    """How many are said at i, and the token after that."""
    i = line.skip(i, {"about", "around"})
    if line.text(i) in {"a", "an"}:
        vague = line.text(i + 1)
        if vague in _VAGUE:
            return _VAGUE[vague], line.skip(i + 2, {"of"})
        return 1, i + 1
    if line.text(i) in _VAGUE:
        return _VAGUE[line.text(i)], line.skip(i + 1, {"of"})
    count: float | None = line.number(i)
    if count is None and line.kind(i) == "number":
        count = float(line.text(i))
    if count is None or not 0 < count <= _MOST:
        return None
    if line.says(i + 1, "and", "a", "half"):
        return count + 0.5, i + 4
    return count, i + 1


def _with_unit(line: Line, count: float, i: int) -> Duration | None:
    unit = line.text(i)
    if unit == "m" and line.kind(i - 1) == "number":
        unit = "minute"
    if unit in {"working", "business"} and line.text(i + 1) == "day":
        return Duration(i + 2, working_days=round(count))
    half, j = (0.5, i + 4) if line.says(i + 1, "and", "a", "half") else (0.0, i + 1)
    count += half
    if unit in _MINUTES:
        minutes, j = _and_minutes(line, round(count * _MINUTES[unit]), j)
        return Duration(j, minutes=minutes)
    if unit in _DAYS:
        return Duration(j, days=round(count * _DAYS[unit]))
    if unit in _MONTHS:
        months = count * _MONTHS[unit]
        return Duration(j, months=int(months), days=round(months % 1 * 30))
    return None


def _and_minutes(line: Line, minutes: int, i: int) -> tuple[int, int]:
    """Adds "and 20 minutes" or "20 minutes" that follow hours."""
    j = line.skip(i, {"and"})
    more = line.number(j)
    if more is not None and line.text(j + 1) == "minute":
        return minutes + more, j + 2
    return minutes, i
