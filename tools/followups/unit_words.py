"""Reads days by the weeks, months and years they bound: "end of the week", "next month", "mid April", "the weekend"."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tools.followups.clock_words import CLOSE
from tools.followups.dates import ON, Day, month_days
from tools.followups.durations import working_day
from tools.followups.words import MONTHS, WEEKDAYS, Line


def boundary_at(line: Line, i: int, today: date) -> Day | None:
    """End of the week, start of next month, middle of March, the last day of the month."""
    j = line.skip(line.skip(i, ON | {"in", "towards"}), {"the"})
    if line.text(j).startswith("end-of-"):
        edge, j, unit = "end", j + 1, line.text(j).removeprefix("end-of-")
        return None if unit == "day" else _edge(edge, _month_of(unit, 0, today), j, today)
    edges = {
        "end": "end",
        "start": "start",
        "beginning": "start",
        "middle": "middle",
        "mid": "middle",
        "early": "start",
    }
    edge = edges.get(line.text(j), "")
    if line.text(j) in {"first", "last"} and line.text(j + 1) in {"day", "thing"}:
        edge, j = {"first": "start", "last": "end"}[line.text(j)], j + 1
    if not edge:
        return None
    bare = line.text(j) in {"mid", "early"}
    j = line.skip(line.skip(j + 1, {"-"}), {"of"})
    if not bare and line.text(j - 1) != "of":
        return None
    j = line.skip(j, {"the", "this"})
    steps = 1 if line.text(j) in {"next", "coming"} else 0
    j += steps
    unit = line.text(j)
    if unit not in {"week", "month", "year", "quarter", *MONTHS} or (bare and unit not in {"week", *MONTHS}):
        return None
    return _edge(edge, _month_of(unit, steps, today), j + 1, today)


def _month_of(unit: str, steps: int, today: date) -> tuple[date, date]:
    """The first day of the unit meant and of the one after it."""
    if unit == "week":
        start = today + timedelta(days=7 * steps - today.weekday())
        return start, start + timedelta(days=7)
    if unit in MONTHS:
        start = next(day for day in month_days(unit, 1, today.year) if day + relativedelta(months=1) > today)
        return start, start + relativedelta(months=1)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = (today.month - 1) // months * months + 1
    start = today.replace(day=1, month=first) + relativedelta(months=months * steps)
    return start, start + relativedelta(months=months)


def _edge(edge: str, stretch: tuple[date, date], end: int, today: date) -> Day:
    start, after = stretch
    length = (after - start).days
    if edge == "start":
        return Day((start,), end)
    if edge == "middle":
        return Day((start + timedelta(days=2 if length == 7 else length // 2),), end)
    last = after - timedelta(days=3 if length == 7 else 1)  # the end of a week is its Friday
    later = (last + timedelta(days=7),) if length == 7 else ()
    return Day((last, *later), end, hour=CLOSE)


def unit_at(line: Line, i: int, today: date) -> Day | None:
    """Next week, the week after next, this weekend, next month, next working day; with a weekday if one follows."""
    if line.text(i) == "after" and line.text(k := line.skip(i + 1, {"the"})) == "weekend":
        return Day((_month_of("week", 1, today)[0],), k + 1)
    j = line.skip(line.skip(i, ON | {"sometime", "in"}), {"the"})
    if line.says(j, "week", "after", "next"):
        return _with_weekday(line, _month_of("week", 2, today)[0], j + 3)
    if line.says(j, "next") and line.text(j + 1) in {"working", "business"} and line.text(j + 2) == "day":
        return Day((working_day(today, 1),), j + 3)
    which, unit = line.text(j), line.text(j + 1)
    if (unit == "weekend" and which in {"this", "next", "coming"}) or which == "weekend":
        saturday = _month_of("week", int(which == "next"), today)[0] + timedelta(days=5)
        return Day((saturday, saturday + timedelta(days=7)), j + (1 if which == "weekend" else 2))
    if which not in {"next", "coming"}:
        return None
    if unit == "week":
        return _with_weekday(line, _month_of("week", 1, today)[0], j + 2)
    if unit in {"month", "quarter", "year"}:
        return Day((_month_of(unit, 1, today)[0],), j + 2)
    return None


def _with_weekday(line: Line, monday: date, end: int) -> Day:
    j = line.skip(line.skip(end, {","}), {"on"})
    if line.text(j) in WEEKDAYS:
        return Day((monday + timedelta(days=WEEKDAYS.index(line.text(j))),), j + 1)
    return Day((monday,), end)
