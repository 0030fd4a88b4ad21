"""Finds the phrases of a sentence that speak of a moment: a day, a clock and a zone that stand together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo

from tools.followups.clock_words import NIGHT, Clock, clock_at
from tools.followups.dates import Day
from tools.followups.day_words import day_at
from tools.followups.durations import awaited_at
from tools.followups.words import Line
from tools.followups.zones import city_of, zone_called

_ASIDE = frozenset({"of", "from", "dated", "since", "about", "re", "regarding", "sent"})
_BETWEEN = frozenset({",", "-", "–", "of", "say", "("})


@dataclass(frozen=True)
class Phrase:
    """Adjacent words that speak of one moment, not yet placed in time; `first` and `last` are tokens."""

    first: int
    last: int
    day: Day | None = None
    clock: Clock | None = None
    zone: tzinfo | None = None
    minutes: int = 0

    @property
    def precise(self) -> bool:
        return self.minutes > 0 or (self.clock is not None and self.clock.precise)


def phrases_of(line: Line, today: date, zone: str) -> Iterator[Phrase]:
    i = 0
    while i < line.length:
        phrase = _phrase(line, i, today, zone)
        if phrase and not _aside(line, phrase):
            yield phrase
        i = phrase.last + 1 if phrase else i + 1


def _phrase(line: Line, i: int, today: date, zone: str) -> Phrase | None:
    """Everything about one moment from token i on: a duration by the clock, or a day, a clock and a zone."""
    if exact := _exact(line, i):
        return exact
    day: Day | None = None
    clock: Clock | None = None
    j = i
    while True:
        k = line.skip(line.skip(j, _BETWEEN), _BETWEEN) if j > i else j
        if day is None and (found := _tonight(line, k, today) or day_at(line, k, today)):
            day, j = found, found.end
        elif (time := clock_at(line, k, beside_day=day is not None)) and not (clock and clock.precise and time.precise):
            clock, j = (clock.joined(time) if clock else time), time.end
        else:
            break
        if day and day.hour == NIGHT and clock is None:
            clock = Clock(NIGHT, False, day.end, "night")
    if day is None and clock is None:
        return None
    elsewhere, j = _zone_at(line, j, zone) if clock else (None, j)
    return Phrase(i, j - 1, day, clock, elsewhere)


def _exact(line: Line, i: int) -> Phrase | None:
    """In 2 hours, half an hour from now, an hour later; or nothing but "20 minutes"."""
    length, awaited = awaited_at(line, i)
    if length is None or not length.by_clock:
        return None
    if line.says(length.end, "from", "now"):
        return Phrase(i, length.end + 1, minutes=length.minutes)
    tail = line.skip(length.end, {"later", "time"})
    if awaited or tail > length.end or (i == 0 and line.ends(length.end)):
        return Phrase(i, tail - 1, minutes=length.minutes)
    return None


def _tonight(line: Line, i: int, today: date) -> Day | None:
    j = line.skip(i, {"later"})
    return Day((today,), j + 1, hour=NIGHT, today=True) if line.text(j) == "tonight" else None


def _zone_at(line: Line, i: int, zone: str) -> tuple[tzinfo | None, int]:
    """The zone named behind a clock time, such as UTC, Lisbon or "New York time", and the token after it."""
    own = city_of(zone).casefold()
    for words in (3, 2, 1):
        name = " ".join(line.raw(i + n) for n in range(words)).strip()
        end = i + words
        if end > line.length:
            continue
        if name == own:
            return None, line.skip(end, {"time"})
        if name and (line.text(end) == "time" or (words == 1 and len(name) <= 4 and name not in {"et", "pt", "z"})):
            found = zone_called(name)
            if found:
                return found, line.skip(end, {"time"})
    return None, i


def _aside(line: Line, phrase: Phrase) -> bool:
    """Whether the words only describe something else: "the report from Friday", "Friday's meeting"."""
    owned = line.raw(phrase.last).endswith(("'s", "’s")) and not line.ends(phrase.last + 1)
    return owned or line.text(phrase.first - 1) in _ASIDE or line.text(phrase.first) in {"from", "since"}
