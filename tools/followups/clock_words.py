"""Reads times of day: "9am", "15:30", "half past nine", "noon", "in the evening", "end of day"."""

from __future__ import annotations

from dataclasses import dataclass

from tools.followups.words import NUMBERS, Line
from tools.followups.zones import ABBREVIATIONS

MORNING, NOON, AFTERNOON, CLOSE, EVENING, NIGHT, MIDNIGHT = (h * 60 for h in (9, 12, 14, 17, 18, 20, 24))
"""Minutes after midnight that the parts of a day stand for; midnight is the one that ends the day."""

_PARTS = {"morning": MORNING, "afternoon": AFTERNOON, "evening": EVENING, "night": NIGHT}
_FIXED = {"noon": NOON, "midnight": MIDNIGHT}
_LEADS = frozenset({"at", "@", "by", "around", "about", "before", "after", "until", "from"})
_AFTER_BARE = {
    ",",
    ")",
    ";",
    "if",
    "unless",
    "about",
    "to",
    "for",
    "please",
    "pls",
    "plz",
    "and",
    "when",
    "with",
    "sharp",
    "so",
    "ish",
} | ABBREVIATIONS.keys()


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: minutes after midnight, whether a clock time was really said, and the token after it.

    `part` names the part of the day that was said; `open` is true for an hour that may be before or after noon.
    """

    minutes: int
    precise: bool
    end: int
    part: str = ""
    open: bool = False

    def joined(self, other: Clock) -> Clock:
        """This and another word about the same hour: "tonight at 9", "9 in the morning"."""
        said, part = (self, other) if self.precise else (other, self)
        end = max(self.end, other.end)
        if not said.open:
            return Clock(said.minutes, said.precise, end, part.part)
        minutes = said.minutes % 720
        late = part.part in {"afternoon", "evening", "night"}
        if part.part == "night" and minutes < 4 * 60:
            return Clock(MIDNIGHT + minutes, True, end, part.part)
        return Clock(
            minutes + 720 if late else said.minutes if part.part != "morning" else minutes, True, end, part.part
        )


def clock_at(line: Line, i: int, *, beside_day: bool = False) -> Clock | None:
    """The time of day said at i. Bare words such as "9" or "evening" count only beside a day, or as the whole text."""
    led = line.skip(line.skip(i, _LEADS), _LEADS)
    return (
        _written(line, led, led > i)
        or _spoken(line, led)
        or _fixed(line, led)
        or _close(line, i)
        or _part(line, i, beside_day)
        or _bare(line, led, led > i, beside_day)
    )


def settled(clock: Clock) -> Clock:
    """The same with an open hour decided: from 1 to 6 is the afternoon, since people plan in waking hours."""
    if clock.open and 60 <= clock.minutes < 7 * 60:
        return Clock(clock.minutes + 720, clock.precise, clock.end, clock.part)
    return clock


def _written(line: Line, i: int, led: bool) -> Clock | None:
    """9am, 9 p.m., 9:30, 15h30, 9.30pm, "at 9.30", 9 o'clock."""
    if line.kind(i) == "clock":
        hour, minute = (int(part) for part in line.text(i).replace("h", ":").split(":"))
        return _with_half(line, i, hour, minute, i + 1)
    if line.kind(i) != "number":
        return None
    hour_text, _, minute_text = line.text(i).partition(".")
    if minute_text and len(minute_text) != 2:
        return None
    hour, minute = int(hour_text), int(minute_text or 0)
    if line.kind(i + 1) == "half" or (minute_text and led):
        return _with_half(line, i, hour, minute, i + 1)
    if line.raw(i + 1) == "h" and hour < 24:
        return Clock(hour * 60, True, i + 2)
    return _oclock(line, hour, i)


def _with_half(line: Line, i: int, hour: int, minute: int, end: int) -> Clock | None:
    if minute > 59:
        return None
    if line.kind(end) == "half":
        if not 1 <= hour <= 12:
            return None
        late = line.text(end).startswith("p")
        return Clock((hour % 12 + (12 if late else 0)) * 60 + minute, True, end + 1)
    if hour > 23:
        return Clock(MIDNIGHT, True, end) if (hour, minute) == (24, 0) else None
    open_hour = 1 <= hour <= 12 and not line.text(i).startswith("0")
    return Clock(hour * 60 + minute, True, end, open=open_hour)


def _oclock(line: Line, hour: int, i: int) -> Clock | None:
    if line.text(i + 1) in {"o'clock", "oclock"} and 1 <= hour <= 12:
        return Clock(hour * 60, True, i + 2, open=True)
    return None


def _spoken(line: Line, i: int) -> Clock | None:
    """Half past nine, quarter to ten, ten past four, nine o'clock."""
    start = line.skip(i, {"a"})
    lead = line.text(start)
    minutes = {"half": 30, "quarter": 15}.get(lead) or line.number(start)
    j = line.skip(start + 1, {"minute"})
    turn = line.raw(j)
    hour = line.number(j + 1)
    if minutes and minutes < 60 and turn in {"past", "to", "after"} and hour and hour <= 12:
        if lead not in {"half", "quarter"} and turn == "after":
            return None
        value = hour * 60 + (minutes if turn != "to" else -minutes)
        return _spoken_half(line, value, j + 2)
    spelled = NUMBERS.get(line.text(i), 99)
    if spelled <= 12:
        return _oclock(line, spelled, i) or (
            _spoken_half(line, spelled * 60, i + 1) if line.kind(i + 1) == "half" else None
        )
    return None


def _spoken_half(line: Line, minutes: int, end: int) -> Clock:
    if line.kind(end) == "half":
        late = line.text(end).startswith("p")
        return Clock(minutes % 720 + (720 if late else 0), True, end + 1)
    return Clock(minutes, True, end, open=True)


def _fixed(line: Line, i: int) -> Clock | None:
    if line.text(i) in _FIXED:
        return Clock(_FIXED[line.text(i)], True, i + 1)
    return None


def _close(line: Line, i: int) -> Clock | None:
    """End of the day, close of business, lunch."""
    j = line.skip(i, {"by", "at", "before", "until"})
    if line.text(j) == "end-of-day":
        return Clock(CLOSE, False, j + 1)
    k = line.skip(j, {"the"})
    if line.says(k, "end", "of"):
        last = line.skip(k + 2, {"the", "my", "business", "working"})
        last = line.skip(last, {"business", "working"})
        if line.text(last) == "day":
            return Clock(CLOSE, False, last + 1)
    if line.says(k, "close", "of", "business"):
        return Clock(CLOSE, False, k + 3)
    if line.text(i) in {"before", "at", "after", "around", "over"} and line.text(i + 1) in {"lunch", "lunchtime"}:
        return Clock(AFTERNOON if line.text(i) == "after" else NOON, False, i + 2)
    return None


def _part(line: Line, i: int, beside_day: bool) -> Clock | None:
    """In the morning, early afternoon, at night, first thing."""
    if line.says(i, "first", "thing"):
        j = i + 2
        if line.says(j, "in", "the", "morning"):
            j += 3
        return Clock(MORNING, False, j, "morning")
    j = i
    lead = line.text(i)
    if lead in {"in", "during"} and line.text(i + 1) == "the":
        j = i + 2
    elif lead == "at" and line.text(i + 1) == "night":
        j = i + 1
    qualified = line.skip(j, {"early", "mid", "late"})
    part = line.text(qualified)
    if part not in _PARTS or not (j > i or beside_day or _alone(line, i, qualified + 1)):
        return None
    return Clock(_PARTS[part], False, qualified + 1, part)


def _bare(line: Line, i: int, led: bool, beside_day: bool) -> Clock | None:
    """An hour without any sign of a clock: after "at", behind a day, or as the whole text."""
    hour = line.number(i)
    if hour is None or hour > 23 or (line.kind(i) == "number" and len(line.text(i)) > 2):
        return None
    if led and line.text(i - 1) == "about" and line.text(i + 1) != "ish":
        return None  # "Monday about 5" speaks of the fifth mail
    closed = line.ends(i + 1) or line.text(i + 1) in _AFTER_BARE
    evening = line.says(i + 1, "in", "the") and line.text(i + 3) in _PARTS
    at = led and bool({"at", "@"} & {line.text(i - 1), line.text(i - 2)})
    if not (at or (beside_day and closed) or evening or _alone(line, i, i + 1)):
        return None
    if at and not closed and not _time_word(line, i + 1):
        return None
    zero_led = line.text(i).startswith("0")
    return Clock(hour * 60, True, i + 1, open=1 <= hour <= 12 and not zero_led)


def _time_word(line: Line, i: int) -> bool:
    """Whether an hour before this token can still be an hour: not "at 3 companies"."""
    word = line.text(i)
    return line.kind(i) == "word" and not word.endswith("s") and word not in {"percent", "euro", "dollar"}


def _alone(line: Line, start: int, end: int) -> bool:
    return start == 0 and line.ends(end)
