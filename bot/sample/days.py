"""Moves the days of the sample: from the calendar its mails were written in to one that ends yesterday."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

WRITTEN = date(2026, 3, 13)
"""The day of the newest stored mail, a Friday. Offsets in the mails, such as `{day:+3}`, count from it."""

_SATURDAY = 5
_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
}
_MONTHS = {  # strftime would follow the machine's locale
    "en": "January February March April May June July August September October November December",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


def _weekday(day: date, tongue: str = "en") -> str:
    return _WEEKDAYS[tongue].split()[day.weekday()]


def _month(day: date, tongue: str = "en") -> str:
    return _MONTHS[tongue].split()[day.month - 1]


_FORMS: dict[str, Callable[[date], str]] = {
    "day": lambda day: f"{_weekday(day)} {day.day} {_month(day)}",
    "weekday": _weekday,
    "long": lambda day: f"{day.day} {_month(day)} {day.year}",
    "short": lambda day: f"{day.day} {_month(day)[:3]}",
    "sent": lambda day: f"{_weekday(day)[:3]}, {day.day} {_month(day)[:3]} {day.year}",
    "date": lambda day: f"{day:%Y-%m-%d}",
    "stamp": lambda day: f"{day:%Y%m%d}",
    "dia": lambda day: f"{_weekday(day, 'pt')}, {day.day} de {_month(day, 'pt')}",
    "tag": lambda day: f"{_weekday(day, 'de')}, {day.day}. {_month(day, 'de')}",
}
_PLACE = re.compile(r"\{(" + "|".join(_FORMS) + r"):([+-]\d{1,3})\}")


def moved(written: date, newest: date) -> date:
    """The day that stands for `written` when the newest mail is of `newest`. Working days stay working days and weekends
    weekends, so no contract falls due on a Sunday; only `newest` itself may be either. Working days keep their order."""
    if written == WRITTEN:
        return newest
    if written.weekday() >= _SATURDAY:
        return _same_weekday(newest + (written - WRITTEN), written.weekday(), future=written > WRITTEN)
    return _working_days_away(newest, _working_days_between(WRITTEN, written))


def with_days(text: str, newest: date) -> str:
    """`text` with every placeholder replaced: `{day:+3}` becomes "Monday 16 March" when `newest` is 13 March 2026."""

    def words(place: re.Match[str]) -> str:
        return _FORMS[place[1]](moved(WRITTEN + timedelta(days=int(place[2])), newest))

    return _PLACE.sub(words, text)


def _same_weekday(aim: date, weekday: int, *, future: bool) -> date:
    """What lies behind us goes to the nearest such day, what is to come to the next one: it must not be past already."""
    ahead = (weekday - aim.weekday()) % 7
    return aim + timedelta(days=ahead if future or ahead <= 3 else ahead - 7)


def _working_days_between(start: date, end: date) -> int:
    """Steps from working day to working day; negative when `end` is the earlier one."""
    earlier, later = sorted((start, end))
    steps = sum((earlier + timedelta(days=n)).weekday() < _SATURDAY for n in range((later - earlier).days))
    return steps if end > start else -steps


def _working_days_away(day: date, steps: int) -> date:
    direction = timedelta(days=1 if steps > 0 else -1)
    left = abs(steps)
    while left:
        day += direction
        left -= day.weekday() < _SATURDAY
    return day
