"""Dates as people write them: read only when a whole column leaves no doubt about which part is the day."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

Order = Literal["day first", "month first"]

_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_YEAR = r"(?P<year>\d{4})"
_SHORT_YEAR = r"(?P<year>\d{4}|\d{2})"
_TIME = (
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))(?:[:.](?P<second>\d{2})(?P<fraction>[.,]\d{1,9})?)?"
    r"\s?(?P<half>[AaPp]\.?[Mm]\.?)?\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s+)?"
_SHAPES = [
    re.compile(rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}"),
    re.compile(rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second_part>\d{{1,2}})(?P=mark){_SHORT_YEAR}{_TIME}"),
    re.compile(rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]*{_MONTH}[\s,-]*{_SHORT_YEAR}{_TIME}"),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}{_TIME}"),
    re.compile(rf"{_MONTH}[\s-]+{_YEAR}"),
    re.compile(rf"{_YEAR}[\s-]+{_MONTH}"),
    re.compile(rf"{_YEAR}[-/](?P<month>\d{{2}})"),
    re.compile(rf"{_YEAR}[\s/-]*Q(?P<quarter>[1-4])"),
    re.compile(rf"Q(?P<quarter>[1-4])[\s/-]*{_YEAR}"),
]
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?")
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_DATE_WORD = re.compile(r"date|datum|fecha|(?<![a-z])day(?![a-z])", re.IGNORECASE)
_PIVOT = 70
"""Two-digit years from 70 on are of the last century, as POSIX strptime has it (there: 69)."""
_MOST = 0.9


@dataclass(frozen=True)
class Dates:
    """A column understood as dates: the naive moment of each text, strays, and the assumptions made."""

    values: dict[str, datetime]
    strays: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoDates:
    """A column that is not dates; `why` is a sentence worth telling when it nearly was."""

    why: str = ""


def looks_like_date(text: str) -> bool:
    """Whether the text has the shape of a date in some order."""
    return any((match := shape.fullmatch(text)) and _moment(match, "day first", "month first") for shape in _SHAPES)


def recognise(counts: Counter[str], name: str, order: Order | None) -> Dates | NoDates:
    """Reads a column's texts (with how often each occurs) as dates. `order` is the person's word where it is needed."""
    iso = {text: moment for text in counts if (moment := _iso(text)) is not None}
    shapes = [*_SHAPES, _COMPACT] if _DATE_WORD.search(name) else _SHAPES
    found = {text: match for text in counts if text not in iso and (match := _shape_of(text, shapes)) is not None}
    if not _are_most(counts, [*iso, *found]):
        return NoDates()
    doubtful = [match for match in found.values() if "first" in match.re.groupindex]
    chosen, why = _order_of(doubtful, order) if doubtful else ("day first", "")
    if chosen is None:
        return NoDates(why)
    values = iso | {text: moment for text, match in found.items() if (moment := _moment(match, chosen)) is not None}
    if not _are_most(counts, values):
        return NoDates()
    strays = tuple(text for text in counts if text not in values)
    zoned = any(match.groupdict().get("zone") for match in found.values())
    notes = (why, "times are turned into UTC, as the file names time zones." if zoned else "")
    return Dates(values, strays, tuple(note for note in notes if note))


def _are_most(counts: Counter[str], readable: Collection[str]) -> bool:
    """Whether these texts are the whole column, or nine tenths of a column of ten cells or more."""
    if not readable or len(readable) == len(counts):
        return bool(readable)
    total = counts.total()
    return total >= 10 and sum(counts[text] for text in readable) >= _MOST * total


def _iso(text: str) -> datetime | None:
    """The commonest form, read quickly."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _shape_of(text: str, shapes: list[re.Pattern[str]]) -> re.Match[str] | None:
    return next((match for shape in shapes if (match := shape.fullmatch(text))), None)


def _order_of(matches: list[re.Match[str]], order: Order | None) -> tuple[Order | None, str]:
    """The order of day and month for the column as a whole, and the sentence that says why."""
    day_first = any(int(match["first"]) > 12 for match in matches)
    month_first = any(int(match["second_part"]) > 12 for match in matches)
    if day_first and month_first:
        return None, "some dates have the day first and some the month first, so it is kept as text."
    if day_first:
        return "day first", "read with the day first, because some first parts are above 12."
    if month_first:
        return "month first", "read with the month first, because some second parts are above 12."
    if order is not None:
        return order, f"read with the {order}, as you said."
    if all(match["mark"] == "." for match in matches):
        return "day first", "read with the day first, as dates with dots are written."
    if all(match["first"] == match["second_part"] for match in matches):
        return "day first", ""
    return None, (
        "these dates could have the day or the month first, so they are kept as text; say “day first” or “month first” "
        "with your question, or write the dates as 2024-03-31."
    )


def _moment(match: re.Match[str], *orders: Order) -> datetime | None:
    """The naive moment that the parts of a match name in the first order that makes a date; UTC where a zone is named."""
    parts = match.groupdict()
    for order in orders:
        month, day = _month_and_day(parts, order)
        try:
            date = datetime(_year(parts["year"]), month, day)  # noqa: DTZ001 - a table's dates have no zone
        except ValueError:
            continue
        return _with_time(date, parts)
    return None


def _month_and_day(parts: dict[str, str | None], order: Order) -> tuple[int, int]:
    first, second = parts.get("first"), parts.get("second_part")
    if first and second:
        return (int(second), int(first)) if order == "day first" else (int(first), int(second))
    if quarter := parts.get("quarter"):
        return 3 * int(quarter) - 2, 1
    day = int(parts.get("day") or 1)
    if name := parts.get("name"):
        return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(_short(name))), 0), day
    return int(parts.get("month") or 1), day


def _short(name: str) -> str:
    return "sep" if name.lower() == "sept" else name.lower()


def _year(text: str | None) -> int:
    year = int(text or 0)
    short = len(text or "") <= 2
    return year + (1900 if year >= _PIVOT else 2000) if short else year


def _with_time(date: datetime, parts: dict[str, str | None]) -> datetime | None:
    hour = int(parts.get("hour") or 0)
    half = (parts.get("half") or "")[:1].lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    fraction = (parts.get("fraction") or ".0")[1:7].ljust(6, "0")
    try:
        moment = date.replace(hour=hour, minute=int(parts.get("minute") or 0), second=int(parts.get("second") or 0))
    except ValueError:
        return None
    return _in_utc(moment.replace(microsecond=int(fraction)), parts.get("zone") or "")


def _in_utc(moment: datetime, zone: str) -> datetime | None:
    if zone[:1] not in ("+", "-"):
        return moment
    shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * (1 if zone[0] == "+" else -1)
    if abs(shift) >= timedelta(days=1):
        return None
    try:
        return moment.replace(tzinfo=timezone(shift)).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return None
