"""Finds the moment that a sentence speaks of: "next Tuesday 9am" in a person's zone becomes UTC, and words to show back.

How people's words are read: weeks begin on Monday; "next Friday" is the Friday of the week after this one; without a
time it is 09:00; hours from 1 to 6 without am or pm are in the afternoon; 3/4 is the third of April, and March the
fourth only in the United States; a bare time that has passed is tomorrow's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta

from storage.values.errors import Refused
from tools.followups.phrases import Phrase, phrases_of
from tools.followups.placing import placed
from tools.followups.stretch import Period, period
from tools.followups.words import Line
from tools.followups.zones import in_words, month_first, zone_of

__all__ = ["Period", "When", "find_when", "in_words", "period", "read_when"]

_FURTHEST = relativedelta(years=2)
_EXAMPLES = "say for example “Tuesday 9am” or “in 3 days”."
_LEADS = frozenset(
    {"on", "in", "at", "by", "until", "next", "tomorrow", "tonight", "later", "first", "before", "after"}
)
_ASKING = frozenset({"me", "us", "up", "again", "back", "snooze", "until", "later", "it", "them", "wait"})


@dataclass(frozen=True)
class When:
    """A moment that was said: in UTC, in the canonical words to show back, and where it stands in the text."""

    at: datetime
    words: str
    start: int
    end: int
    precise: bool
    """Whether a clock time was said, rather than filled in."""


def find_when(text: str, now: datetime, zone: str) -> When | None:
    """The moment ahead that the text speaks of, or None. Only the first 4,000 characters are read."""
    try:
        return read_when(text, now, zone)
    except Refused:
        zone_of(zone)
        return None


def read_when(text: str, now: datetime, zone: str) -> When:
    """The moment that the text speaks of; Refused with a sentence when there is none, or none that can be used."""
    line = Line(text, month_first=month_first(zone))
    local = now.astimezone(zone_of(zone))
    refusal = Refused("I found no time in that; " + _EXAMPLES)
    phrases = sorted(phrases_of(line, local.date(), zone), key=lambda phrase: -_weight(line, phrase))
    for number, phrase in enumerate(phrases):
        try:
            _once(line, phrase)
            at = placed(phrase, local)
            _usable(at, now, zone)
        except Refused as trouble:
            refusal = refusal if number else trouble
            continue
        span = line.tokens[phrase.first].start, line.tokens[phrase.last].end
        return When(at, in_words(at, zone), *span, phrase.precise)
    raise refusal


def _once(line: Line, phrase: Phrase) -> None:
    if line.text(phrase.first - 1) in {"every", "each"}:
        raise Refused("I can do that once but not again and again; say a single time, like “next Monday 9am”.")


def _usable(at: datetime, now: datetime, zone: str) -> None:
    if at <= now:
        raise Refused(f"{in_words(at, zone)} has passed; say a time that is still to come.")
    if at > now + _FURTHEST:
        raise Refused(f"{in_words(at, zone)} is more than two years ahead; say an earlier time.")


def _weight(line: Line, phrase: Phrase) -> int:
    """How much this phrase looks like the moment that is asked for, rather than one that is only mentioned."""
    before, opening = line.text(phrase.first - 1), line.text(phrase.first)
    weight = 2 * phrase.precise + 2 * (phrase.day is not None) + 2 * (phrase.minutes > 0)
    weight += 3 * (before in _ASKING) + (opening in _LEADS) + (phrase.first == 0)
    return weight
