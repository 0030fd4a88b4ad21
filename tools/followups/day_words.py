"""Reads days: "Friday", "next week", "14 March", "the day after tomorrow", "a week from Tuesday", "in 3 days"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tools.followups.dates import ON, Day, date_at, month_days
from tools.followups.durations import awaited_at, duration_at
from tools.followups.unit_words import boundary_at, unit_at
from tools.followups.words import MONTHS, WEAK, WEEKDAYS, Line

_NOW = frozenset({"now", "today"})
_CUES = ON | {"next", "this", "last", "coming", "every", "to", "and", "between", "or", ",", "("}


def day_at(line: Line, i: int, today: date) -> Day | None:
    """The day said at token i, a leading "on" or "the" included."""
    for read in _READERS:
        if found := read(line, i, today):
            return found
    return None


def _plain(line: Line, i: int, today: date) -> Day | None:
    """Today, tomorrow, yesterday, and the days beside them."""
    j = line.skip(line.skip(i, ON), {"the"})
    for lead, word, steps in (("after", "tomorrow", 2), ("before", "yesterday", -2)):
        if line.says(j, "day", lead, word):
            return Day((today + timedelta(days=steps),), j + 3)
    j = line.skip(i, ON)
    word = line.text(j)
    if word == "later" and line.text(j + 1) == "today":
        return Day((today,), j + 2, today=True)
    days = {"today": 0, "tomorrow": 1, "yesterday": -1}.get(word)
    if days is None:
        return _this_part(line, j, today)
    if line.text(j + 1) == "week":
        return Day((today + timedelta(days=days + 7),), j + 2)
    return Day((today + timedelta(days=days),), j + 1, today=days == 0)


def _this_part(line: Line, i: int, today: date) -> Day | None:
    """The "this" of "this evening": today; the part itself is left to the clock."""
    if line.text(i) == "this" and line.text(i + 1) in {"morning", "afternoon", "evening"}:
        return Day((today,), i + 1, today=True)
    return None


def _counted(line: Line, i: int, today: date) -> Day | None:
    """In 3 days, within 2 weeks, 3 days from now, a week from Tuesday, two days before 14 March, 3 days ago."""
    length, awaited = awaited_at(line, i)
    if length is None or length.by_clock:
        return None
    end = length.end
    if line.text(end) == "ago":
        return Day((length.after(today, -1),), end + 1)
    turn = line.text(end)
    if turn in {"from", "after", "on", "before"} and not awaited:
        if turn == "from" and line.text(end + 1) in _NOW:
            return Day((length.after(today),), end + 2)
        anchor = None if turn == "on" and length.days % 7 else _anchor(line, end + 1, today)
        if anchor:
            sign = -1 if turn == "before" else 1
            dates = tuple(length.after(day, sign) for day in _ahead(anchor, today))
            return Day(dates, anchor.end) if dates else None
    if awaited:
        return Day((length.after(today),), line.skip(end, {"time"}))
    if turn in {"later", "time"} or (i == 0 and line.ends(end)):
        return Day((length.after(today),), line.skip(end, {"later", "time"}))
    return None


def _anchor(line: Line, i: int, today: date) -> Day | None:
    """The day that a count starts from: any but a counted one, or a text of counts would be read over and over."""
    found = (read(line, i, today) for read in _READERS if read is not _counted)
    return next((day for day in found if day), None)


def _ahead(anchor: Day, today: date) -> tuple[date, ...]:
    """The dates of an anchor that lie ahead; "a week from Tuesday" on a Tuesday speaks of the coming one."""
    return tuple(day for day in anchor.dates if day > today or (day == today and anchor.weekday is None))


def _weekday(line: Line, i: int, today: date) -> Day | None:
    """Friday, next Friday (the one of the week after this), Friday week, Friday in two weeks, Friday 14 March."""
    led = line.skip(line.skip(i, ON), {"the"})
    which = line.text(led)
    j = led + 1 if which in {"next", "this", "last", "coming"} else led
    if line.text(j) not in WEEKDAYS or not _strong(line, i, j):
        return None
    number = WEEKDAYS.index(line.text(j))
    after = line.skip(line.skip(j + 1, {",", "."}), {"the"})
    if exact := date_at(line, after, today, beside_weekday=True):
        return Day(exact.dates, exact.end, claims=number)
    return _which(line, which if j > led else "", number, j + 1, today)


def _which(line: Line, which: str, number: int, end: int, today: date) -> Day:
    monday = today - timedelta(days=today.weekday())
    here = monday + timedelta(days=number)
    k = line.skip(end, {"of", "in", ","})
    if line.says(k, "next", "week"):
        return Day((here + timedelta(days=7),), k + 2)
    if line.says(line.skip(k, {"the"}), "week", "after", "next"):
        return Day((here + timedelta(days=14),), line.skip(k, {"the"}) + 3)
    if line.says(k, "this", "week"):
        return Day((here,), k + 2)
    if line.text(end) == "in" and (length := duration_at(line, k)) and length.days % 7 == 0 and length.days:
        return Day((here + timedelta(days=length.days),), line.skip(length.end, {"time"}))
    if which == "next":
        return Day((here + timedelta(days=7),), end)
    nearest = here if here >= today else here + timedelta(days=7)
    if line.number(end) == nearest.day and line.kind(end + 1) not in {"half", "clock"}:
        return Day((nearest,), end + 1)  # "Mon 16" when the coming Monday is the 16th
    if line.text(end) == "week":
        return Day((nearest + timedelta(days=7),), end + 1)
    if which == "last":
        return Day((here - timedelta(days=7) if here >= today else here,), end)
    return Day(tuple(nearest + timedelta(days=7 * n) for n in (-2, -1, 0, 1)), end, weekday=number)


def _strong(line: Line, i: int, j: int) -> bool:
    """Whether a short weekday such as "sat" or "sun" is really one: something about it must say so."""
    if line.raw(j) not in WEAK:
        return True
    alone = i == 0 and line.ends(j + 1)
    return (
        alone
        or line.text(j - 1) in _CUES
        or line.kind(j + 1) in {"number", "clock", "ordinal", "date"}
        or (line.text(j + 1) in {"morning", "afternoon", "evening", "night", "at", "-", "noon"})
    )


def _date(line: Line, i: int, today: date) -> Day | None:
    """An explicit date, with or without its year."""
    j = line.skip(line.skip(i, ON), {"the"})
    led = line.text(j - 2 if line.text(j - 1) == "the" else j - 1) in ON or (i == 0 and line.ends(j + 1))
    return date_at(line, j, today, led=led)


def _month(line: Line, i: int, today: date) -> Day | None:
    """In April, next March: the first day of it."""
    which = line.text(i)
    j = i + 1
    if which not in {"in", "by", "until", "next"} or line.text(j) not in MONTHS:
        return None
    firsts = [day for day in month_days(line.text(j), 1, today.year) if day > today]
    if line.kind(j + 1) == "number" and len(line.text(j + 1)) == 4:
        year = int(line.text(j + 1))
        return Day((date(year, MONTHS.index(line.text(j)) + 1, 1),), j + 2) if 1970 <= year <= 2200 else None
    return Day((firsts[0],), j + 1)


_READERS: tuple[Callable[[Line, int, date], Day | None], ...] = (
    _plain, _counted, boundary_at, unit_at, _weekday, _date, _month,
)  # fmt: skip
