"""Places a phrase in time: which of the moments that the words may mean is the one ahead of this person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from storage.values.errors import Refused
from tools.followups.clock_words import CLOSE, MORNING, Clock, settled
from tools.followups.dates import Day
from tools.followups.phrases import Phrase
from tools.followups.words import WEEKDAYS
from tools.followups.zones import moment


def placed(phrase: Phrase, local: datetime) -> datetime:
    """The phrase as a moment in UTC, as seen from the person's local time; the latest that it can mean may have passed."""
    if phrase.minutes:
        at = local.astimezone(UTC) + timedelta(minutes=phrase.minutes)
        return (
            at + timedelta(seconds=-at.second % 60, microseconds=-at.microsecond) if at.second or at.microsecond else at
        )
    day = phrase.day or Day((local.date(), local.date() + timedelta(days=1)), phrase.last)
    zone = phrase.zone or local.tzinfo or UTC
    clock = settled(phrase.clock) if phrase.clock else None
    if clock is None and day.hour is None and not day.weekday and _is_today(day, local):
        return _later_today(local)
    minutes = clock.minutes if clock else day.hour if day.hour is not None else MORNING
    moments = [moment(date, minutes, zone) for date in _dates(day, clock, local)]
    ahead = [at for at in moments if at > local]
    chosen = ahead[0] if ahead else moments[-1]
    _agree(day, chosen.astimezone(zone))
    return chosen if ahead or not day.today else _still_today(chosen, clock, local)


def _is_today(day: Day, local: datetime) -> bool:
    ahead = [date for date in day.dates if date >= local.date()]
    return day.weekday is None and bool(ahead) and ahead[0] == local.date()


def _dates(day: Day, clock: Clock | None, local: datetime) -> list[date]:
    """The dates it may mean: a weekday alone is never today's, since the day itself would be called today."""
    if day.weekday is not None and clock is None:
        return [date for date in day.dates if date != local.date()]
    return list(day.dates)


def _agree(day: Day, chosen: datetime) -> None:
    if day.claims is not None and chosen.weekday() != day.claims:
        said, real = WEEKDAYS[day.claims].title(), WEEKDAYS[chosen.weekday()].title()
        raise Refused(f"{chosen.day} {chosen:%B %Y} is a {real}, not a {said}; say which of the two you mean.")


def _later_today(local: datetime) -> datetime:
    """When somebody says just "today": at the end of the working day, or soon when that is near."""
    close = local.replace(hour=CLOSE // 60, minute=0, second=0, microsecond=0)
    return close.astimezone(UTC) if local + timedelta(hours=1) <= close else _soon(local)


def _soon(local: datetime) -> datetime:
    """The first full hour that is at least one hour ahead."""
    at = local.astimezone(UTC) + timedelta(hours=1, minutes=59, seconds=59, microseconds=999_999)
    return at.replace(minute=0, second=0, microsecond=0)


def _still_today(passed: datetime, clock: Clock | None, local: datetime) -> datetime:
    """What "today at 9" or "this afternoon" can still mean when 9:00 or 14:00 have passed."""
    if clock and clock.open and clock.minutes < 720:
        return passed + timedelta(hours=12)
    vague = clock is None or (not clock.precise and not (clock.part == "morning" and local.hour >= 12))
    return _soon(local) if vague else passed
