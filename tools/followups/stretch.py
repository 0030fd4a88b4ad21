"""Finds the stretch of days that a sentence speaks of: "last week", "since 3 Nov", "between 1 and 5 November".

Read as people ask for old mail: a weekday or a date without its year is the most recent one that has passed, weeks
begin on Monday, "until" includes its day and "before" does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from tools.followups.durations import duration_at
from tools.followups.stretch_names import MONTHS_IN, days_back, monthday_at, stretch_at
from tools.followups.words import MONTHS, Line
from tools.followups.zones import month_first, zone_of

_EDGES = frozenset({"start", "beginning", "end"})
_WHOLE = frozenset({"in", "during", "of", "from", "for", "since", "after", "before", "until", "through"})
_UP_TO = frozenset({"to", "until", "through", "thru", "-", "–", "and"})


@dataclass(frozen=True)
class Period:
    """Days from `since` up to but not including `until`, each open when None, and where the words stand in the text."""

    since: date | None
    until: date | None
    start: int
    end: int


@dataclass(frozen=True)
class _Found:
    since: date | None
    until: date | None
    end: int
    firm: bool
    """Whether the words speak of a stretch for sure, rather than mention a day."""


def period(text: str, now: datetime, zone: str) -> Period | None:
    """The stretch of days in the text, in the person's zone; only the first 4,000 characters are read."""
    line = Line(text, month_first=month_first(zone))
    today = now.astimezone(zone_of(zone)).date()
    best: tuple[_Found, int] | None = None
    for found, i in _all(line, today):
        if found.firm:
            best = found, i
            break
        best = best or (found, i)
    if best is None:
        return None
    found, i = best
    return Period(found.since, found.until, line.tokens[i].start, line.tokens[found.end - 1].end)


def _all(line: Line, today: date) -> Iterator[tuple[_Found, int]]:
    i = 0
    while i < line.length:
        found = (
            _between(line, i, today)
            or _lately(line, i, today)
            or _open_ended(line, i, today)
            or _single(line, i, today)
        )
        if found:
            yield found, i
        i = found.end if found else i + 1


def _between(line: Line, i: int, today: date) -> _Found | None:
    """Between 1 and 5 November, from Monday to Wednesday, March to May, Nov 1-5."""
    j = line.skip(line.skip(i, {"between", "from"}), {"the"})
    if short := _days_of_month(line, j, today):
        return _Found(*short, firm=True)
    first = stretch_at(line, j, today, whole=True)
    if not first or line.text(first.end) not in _UP_TO or (line.text(first.end) == "and" and j == i):
        return None
    last = stretch_at(line, line.skip(first.end + 1, {"the"}), today, whole=True)
    if not last:
        return None
    until = last.latest(today)
    started = [days[0] for days in first.choices if days[0] <= until[0]]
    return _Found(started[-1], until[1], last.end, firm=True) if started else None


def _days_of_month(line: Line, i: int, today: date) -> tuple[date, date, int] | None:
    """1 to 5 November, 1-5 Nov 2025, Nov 1-5: two days that share one month."""
    if line.text(i) in MONTHS:
        until = stretch_at(line, i, today)
        if (
            until
            and line.text(until.end) in _UP_TO
            and (day := monthday_at(line, until.end + 1))
            and _stops(line, until.end + 2)
        ):
            first = until.latest(today)[0]
            if first.day <= day:
                return first, first + timedelta(days=day - first.day + 1), until.end + 2
        return None
    day = monthday_at(line, i)
    if not day or line.text(i + 1) not in _UP_TO:
        return None
    last = stretch_at(line, line.skip(i + 2, {"the"}), today)
    if not last or last.before_today or line.kind(i + 2) not in {"number", "ordinal", "word"}:
        return None
    end = last.latest(today)
    if end[1] - end[0] != timedelta(days=1) or day > end[0].day:
        return None
    return end[0].replace(day=day), end[1], last.end


def _stops(line: Line, i: int) -> bool:
    return line.text(i) not in MONTHS


def _lately(line: Line, i: int, today: date) -> _Found | None:
    """Last 7 days, the past two weeks, in the last month, past year, newer and older than 3 days."""
    if line.text(i) in {"older", "newer", "more"} and line.text(i + 1) == "than":
        return _than(line, i, today)
    j = line.skip(i, {"in", "over", "during", "within", "for", "from"})
    j = line.skip(j, {"the", "these"})
    if line.text(j) != "last":
        return None
    unit = line.text(j + 1)
    if unit in {"week", *MONTHS_IN, "day", "hour"} and (line.raw(j) == "past" or (j > i + 1 and unit != "year")):
        months = MONTHS_IN.get(unit, 0)
        days = {"week": 7, "day": 1, "hour": 1}.get(unit, 0)
        return _Found(today - relativedelta(months=months, days=days), None, j + 2, True)
    length = duration_at(line, j + 1)
    if length is None:
        return None
    return _Found(days_back(length.minutes, length.after(today, -1)), None, length.end, True)


def _than(line: Line, i: int, today: date) -> _Found | None:
    length = duration_at(line, i + 2)
    if length is None or (line.text(i) == "more" and line.text(length.end) != "ago"):
        return None
    back = days_back(length.minutes, length.after(today, -1))
    end = line.skip(length.end, {"ago"})
    return _Found(back, None, end, True) if line.text(i) == "newer" else _Found(None, back, end, True)


def _open_ended(line: Line, i: int, today: date) -> _Found | None:
    """Since Monday, after 3 Nov, from Monday on, before Friday, until yesterday, up to March."""
    lead = line.text(i)
    j = i + 2 if line.says(i, "up", "to") or line.says(i, "prior", "to") else i + 1
    lead = {"up": "until", "prior": "before"}.get(lead, lead) if j == i + 2 else lead
    if lead not in {"since", "after", "before", "until", "through", "from"}:
        return None
    j = line.skip(j, {"the"})
    edge = line.text(j) if line.text(j) in _EDGES and line.text(j + 1) == "of" else ""
    named = stretch_at(line, line.skip(j + 2, {"the"}) if edge else j, today, whole=True)
    if not named:
        return None
    since, until = named.latest(today)
    if edge == "end":
        since = until
    elif edge:
        until = since
    if lead == "from":
        onwards = line.text(named.end) in {"on", "onwards", "onward"}
        return _Found(since, None, named.end + 1, True) if onwards else None
    if lead in {"since", "after"}:
        return _Found(since if lead == "since" else until, None, named.end, True)
    return _Found(None, since if lead == "before" else until, named.end, True)


def _single(line: Line, i: int, today: date) -> _Found | None:
    """One day, week, month or year: today, last week, in March, on Tuesday, 3 Nov."""
    lead = line.text(i)
    whole = lead in _WHOLE
    j = line.skip(line.skip(i, _WHOLE | {"on", "over", "at"}), {"the"})
    named = stretch_at(line, j, today, whole=whole or (j == 0 and line.ends(j + 1)))
    if not named or line.text(i - 1) in _EDGES:
        return None
    since, until = named.latest(today)
    firm = line.text(j) in {"today", "yesterday", "this", "last", "weekend"} or whole
    return _Found(since, until, named.end, firm)
