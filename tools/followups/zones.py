"""A person's time zone: reading their wall clock, and showing them a moment in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from storage.values.errors import Refused
from tools.followups.words import MONTHS, WEEKDAYS

ABBREVIATIONS = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "bst": "Europe/London", "cet": "Europe/Paris", "cest": "Europe/Paris",
    "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
}  # fmt: skip
"""Abbreviations that people put behind a clock time, read as the place's own time on that day."""

_REGIONS = ("Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian")

_UNITED_STATES = frozenset(
    "America/" + city
    for city in (
        "New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Anchorage", "Detroit", "Boise", "Juneau",
        "Sitka", "Nome", "Adak", "Yakutat", "Metlakatla", "Menominee",
    )
) | {"Pacific/Honolulu"}  # fmt: skip


def zone_of(name: str) -> ZoneInfo:
    """The zone of this IANA name, such as Europe/Lisbon."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refused(f"I do not know the time zone {name!r}; please give one like Europe/Lisbon.") from None


def city_of(zone: str) -> str:
    """How the zone is called in words: New York for America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")


def month_first(zone: str) -> bool:
    """Whether 3/4 means March the 4th there: only in the United States; everywhere else the day comes first."""
    return zone in _UNITED_STATES or zone.startswith(("US/", "America/Indiana/", "America/Kentucky/", "America/North_"))


def zone_called(words: str) -> ZoneInfo | None:
    """The zone that a person calls "utc", "est" or "new york", if there is one."""
    if words in ABBREVIATIONS:
        return ZoneInfo(ABBREVIATIONS[words])
    city = words.title().replace(" ", "_")
    for region in _REGIONS:
        try:
            return ZoneInfo(f"{region}/{city}")
        except (KeyError, ValueError, OSError):
            continue
    return None


def moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    """UTC of the wall clock `minutes` after midnight of the day; 1440 is the midnight that ends it.

    A wall time that a clock change skips moves forward by the gap; one that happens twice is the first of the two.
    """
    day += timedelta(days=minutes // 1440)
    wall = datetime.combine(day, time(minutes % 1440 // 60, minutes % 60), zone)
    return wall.astimezone(UTC)


def in_words(at: datetime, zone: str) -> str:
    """The moment as the person's own clock shows it: "Tue 3 Mar 2026 09:00 Lisbon"."""
    local = at.astimezone(zone_of(zone))
    weekday, month = WEEKDAYS[local.weekday()][:3].title(), MONTHS[local.month - 1][:3].title()
    return f"{weekday} {local.day} {month} {local.year} {local:%H:%M} {city_of(zone)}"
