"""Cuts a sentence into the tokens that time words are made of, forgiving abbreviations and slips of the finger."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

LOOKED_AT = 4_000
"""Characters of a text that are read at all: a time that a person says stands in the first screens of what they type."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "sixty": 60, "ninety": 90,
}  # fmt: skip
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10, "fifteenth": 15}

_SHORT = {
    **{day[:3]: day for day in WEEKDAYS},
    **{day + "s": day for day in WEEKDAYS},
    **{month[:3]: month for month in MONTHS},
    "tues": "tuesday", "weds": "wednesday", "thur": "thursday", "thurs": "thursday", "sept": "september",
    "days": "day", "weeks": "week", "wk": "week", "wks": "week", "months": "month", "mth": "month", "mths": "month",
    "years": "year", "yr": "year", "yrs": "year", "hours": "hour", "hr": "hour", "hrs": "hour",
    "minutes": "minute", "min": "minute", "mins": "minute", "fortnights": "fortnight", "quarters": "quarter",
    "weekends": "weekend", "wkend": "weekend", "tmr": "tomorrow", "tmrw": "tomorrow", "tmw": "tomorrow",
    "tomorrows": "tomorrow", "2moro": "tomorrow", "tonite": "tonight", "nxt": "next", "midday": "noon",
    "eod": "end-of-day", "cob": "end-of-day", "eow": "end-of-week", "eom": "end-of-month", "eoy": "end-of-year",
    "teh": "the", "till": "until", "til": "until", "previous": "last", "prev": "last", "past": "last", "upcoming": "coming",
}  # fmt: skip

_FORGIVEN = (
    *WEEKDAYS, "january", "february", "september", "october", "november", "december",
    "tomorrow", "yesterday", "tonight", "morning", "afternoon", "evening", "midnight",
)  # fmt: skip
_FALSE_FRIENDS = frozenset({"sundry", "sundae", "frida", "mourning", "moaning", "mooring", "evenings"})

WEAK = frozenset({"sat", "sun", "mon", "wed", "may", "mar", "march", "dec", "jan"})
"""Forms that are also names or other words, so that they need a neighbour which makes them a date."""

_TOKEN = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}(?:/[0-9]{1,2}/|\.[0-9]{1,2}\.|-[0-9]{1,2}-)[0-9]{4}"
    r"|[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2})?)(?![0-9/])(?:T(?=[0-9]))?"
    r"|(?P<clock>[0-9]{1,2}[:h][0-9]{2})(?::[0-9]{2})?(?![0-9:])"
    r"|(?P<ordinal>[0-9]{1,2})(?:st|nd|rd|th)\b"
    r"|(?P<word>2moro\b|q[1-4]\b|[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<number>[0-9]{1,6}(?:\.[0-9]{1,2})?)(?![0-9])"
    r"|(?P<mark>\S)",
    re.IGNORECASE,
)
_HALF = re.compile(r"[ap]m\b|[ap]\.\s?m\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark of a text: its form made canonical, its form as typed, and where it stands."""

    kind: str
    text: str
    raw: str
    start: int
    end: int


class Line:
    """The tokens of one text, with the questions that a grammar asks; past the end everything is empty."""

    def __init__(self, text: str, *, month_first: bool = False) -> None:
        self.tokens = _tokens(text[:LOOKED_AT])
        self.month_first = month_first
        self.length = len(self.tokens)

    def kind(self, i: int) -> str:
        """What sort of token stands at i: date, clock, ordinal, number, half, word, mark, or "" outside."""
        return self.tokens[i].kind if 0 <= i < self.length else ""

    def text(self, i: int) -> str:
        """The canonical form of the token at i, or ""."""
        return self.tokens[i].text if 0 <= i < self.length else ""

    def raw(self, i: int) -> str:
        """The token at i as typed, in lower case, or ""."""
        return self.tokens[i].raw if 0 <= i < self.length else ""

    def skip(self, i: int, words: Set[str]) -> int:
        """i, or the place after the token at i when it is one of the words."""
        return i + 1 if self.text(i) in words else i

    def says(self, i: int, *words: str) -> bool:
        """Whether exactly these words stand at i."""
        return all(self.text(i + n) == word for n, word in enumerate(words))

    def number(self, i: int) -> int | None:
        """The whole number said at i, in digits or as a word."""
        if self.kind(i) == "number" and self.text(i).isdecimal():
            return int(self.text(i))
        return NUMBERS.get(self.text(i))

    def ends(self, i: int) -> bool:
        """Whether nothing of the sentence follows at i."""
        return i >= self.length or self.text(i) in {".", "!", "?"}


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while match := _TOKEN.search(text, at):
        kind = match.lastgroup or "mark"
        if kind == "word" and (half := _HALF.match(text, match.start())):
            kind, raw, at = "half", half[0].lower(), half.end()
        else:
            raw, at = match[kind].lower(), match.end()
        if kind in {"date", "clock", "ordinal", "number"} and _glued(text, match.start(), found):
            kind = "mark"
        found.append(Token(kind, _canonical(raw) if kind == "word" else raw, raw, match.start(), at))
    return found


def _glued(text: str, start: int, before: list[Token]) -> bool:
    """Whether a number is a part of something else: a price, an invoice number, an address."""
    if start == 0:
        return False
    previous = text[start - 1]
    if previous in "#$€£@_/.\\=&" or previous.isalpha():
        return not (before and before[-1].kind == "date" and before[-1].end == start) and not (
            previous == "@" and (start == 1 or text[start - 2].isspace())
        )
    return previous == "-" and start > 1 and text[start - 2].isalpha() and before[-2].text not in MONTHS


@lru_cache(maxsize=4_096)
def _canonical(raw: str) -> str:
    word = raw.replace("’", "'").removesuffix("'s").rstrip("'")
    if word in _SHORT:
        return _SHORT[word]
    if word in _FORGIVEN or word in _FALSE_FRIENDS or not 5 <= len(word) <= 11:
        return word
    near = [right for right in _FORGIVEN if right[0] == word[0] and _lengths_agree(word, right)]
    return (get_close_matches(word, near, n=1, cutoff=0.83) or [word])[0]


def _lengths_agree(word: str, right: str) -> bool:
    return abs(len(word) - len(right)) <= (2 if len(right) >= 9 else 1)
