"""Numbers as people write them: separators, currency, percent, brackets for minus; one convention for a whole column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_CODES = "USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BRL|MXN|ZAR|SGD|HKD|KRW|TRY|ILS|AED"
_SYMBOLS = ["US$", "C$", "A$", "R$", "$", "€", "£", "¥", "₹", "₩", "₺", "₽", "zł", "Kč", "kr", "Fr."]
_MONEY = "|".join(re.escape(word) for word in _SYMBOLS) + "|" + _CODES
_SHAPE = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−–]?)\s?(?P<before>{_MONEY})?\s?(?P<inner>[-+−–]?)"
    r"(?P<body>(?:\d[\d.,'’ \u00a0\u202f]*|[.,]\d+))(?P<power>[eE][-+]?\d{1,3})?"
    rf"\s?(?P<after>%|{_MONEY})?(?P<trailing>-)?(?P<close>\))?"
)
_GROUPED = r"[1-9]\d{{0,2}}(?:{0}\d{{3}})+"
_LAKHS = r"[1-9]\d?(?:,\d{2})*,\d{3}"
_LOOSE = r"[1-9]\d{0,2}(?:['’ \u00a0\u202f]\d{3})+"
_POINT = re.compile(rf"(?:(?P<whole>\d+|{_GROUPED.format(',')}|{_LAKHS}|{_LOOSE})?(?P<part>\.\d*)?)")
_COMMA = re.compile(rf"(?:(?P<whole>\d+|{_GROUPED.format(chr(92) + '.')}|{_LOOSE})?(?P<part>,\d*)?)")
_MOST = 0.9
_LONGEST_INTEGER = 15
_HEADER_UNIT = re.compile(
    r"[$€£¥₹]|(?<![a-z])(?:USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|BRL)(?![a-z])", re.IGNORECASE
)


class Convention(StrEnum):
    """Which sign parts the whole from the fraction."""

    POINT = "a decimal point"
    COMMA = "a decimal comma"


@dataclass(frozen=True)
class Written:
    """One number as written: what it is in either convention (None: not a number in that one), and its unit."""

    point: float | None
    comma: float | None
    unit: str
    whole: bool
    """Written without a fraction, in the convention that reads it as the larger number."""
    as_identifier: bool
    """A leading zero, or more digits than a number can hold: a name made of digits."""

    def read(self, convention: Convention) -> float | None:
        return self.point if convention is Convention.POINT else self.comma

    @property
    def is_ambiguous(self) -> bool:
        return self.point is not None and self.comma is not None and self.point != self.comma


def written(text: str) -> Written | None:
    """Reads one cell, or None when it is no number in any convention."""
    match = _SHAPE.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in (match["open"], match["sign"], match["inner"], match["trailing"]) if sign]
    units = [unit for unit in (match["before"], match["after"]) if unit]
    if len(signs) > 1 or len(units) > 1:
        return None
    body = match["body"].strip()
    factor = -1.0 if signs and signs[0] != "+" else 1.0
    point, comma = (_value(pattern, body, match["power"] or "", factor) for pattern in (_POINT, _COMMA))
    if point is None and comma is None:
        return None
    digits = body if body.isdigit() else ""
    as_identifier = len(digits) > _LONGEST_INTEGER or (len(digits) > 1 and digits[0] == "0")
    whole = (bool(digits) or not _has_fraction(body)) and not match["power"]
    return Written(point, comma, units[0] if units else "", whole, as_identifier and not units)


def _value(pattern: re.Pattern[str], body: str, power: str, factor: float) -> float | None:
    match = pattern.fullmatch(body)
    if match is None or not (match["whole"] or (match["part"] or "")[1:]):
        return None
    whole = re.sub(r"\D", "", match["whole"] or "0")
    return factor * float(f"{whole}.{(match['part'] or '')[1:] or '0'}{power}")


def _has_fraction(body: str) -> bool:
    """Whether the last separator is not followed by exactly three digits, or a second kind of separator stands before."""
    separators = [character for character in body if character in ".,"]
    if not separators:
        return False
    return len(set(separators)) > 1 or len(body) - max(body.rfind("."), body.rfind(",")) != 4


@dataclass(frozen=True)
class Numbers:
    """A column understood as numbers: the value of each text, what could not be read, the unit, the convention."""

    values: dict[str, float]
    strays: tuple[str, ...]
    unit: str
    whole: bool
    convention: Convention
    ambiguous: str = ""
    """A text whose reading rests on the convention alone."""


@dataclass(frozen=True)
class NoNumbers:
    """A column that is not numbers; `why` is a sentence worth telling when it nearly was."""

    why: str = ""


def evidence(texts: Iterable[str]) -> Convention | None:
    """The convention that the texts of one column can only be read in; None when they leave it open or are no numbers."""
    numbers = {text: number for text in texts if (number := written(text)) is not None}
    only_point = sum(number.comma is None for number in numbers.values())
    only_comma = sum(number.point is None for number in numbers.values())
    if only_point != only_comma:
        return Convention.POINT if only_point > only_comma else Convention.COMMA
    return None if only_point else _evidence_of_groups(numbers)


def _evidence_of_groups(numbers: dict[str, Written]) -> Convention | None:
    """Beside 87 and 613, but no 2003, numbers like 1.613 are thousands: fractions would not all have three digits."""
    bare = [text for text in numbers if text.lstrip("-+").isdigit()]
    open_ones = [text for text, number in numbers.items() if number.is_ambiguous]
    if len(open_ones) < 3 or not bare or any(len(text.lstrip("-+")) > 3 for text in bare):
        return None
    signs = {sign for text in open_ones for sign in ".," if sign in text}
    return None if len(signs) > 1 else Convention.COMMA if signs == {"."} else Convention.POINT


def recognise(counts: Counter[str], fallback: Convention) -> Numbers | NoNumbers:
    """Reads a column's texts (with how often each occurs) as numbers, or says that they are none."""
    found = {text: number for text in counts if (number := written(text)) is not None}
    total = counts.total()
    if not found or _rows(counts, found) < _MOST * total or (len(found) < len(counts) and total < 10):
        return NoNumbers()
    if any(number.as_identifier for number in found.values()):
        return NoNumbers(
            "kept as text, because the digits are names, not amounts (leading zeros, or very many digits)."
        )
    units = {number.unit for number in found.values() if number.unit}
    if len(units) > 1:
        return NoNumbers(f"mixes {' and '.join(sorted(units))}, so it is kept as text; sums would be wrong.")
    if "%" in units and not all(number.unit for number in found.values()):
        return NoNumbers("mixes percentages with plain numbers, so it is kept as text.")
    return _in_one_convention(counts, found, fallback, next(iter(units), ""))


def _in_one_convention(
    counts: Counter[str], found: dict[str, Written], fallback: Convention, unit: str
) -> Numbers | NoNumbers:
    certain = evidence(found)
    convention = certain or fallback
    readable = {text: number for text, number in found.items() if number.read(convention) is not None}
    if _rows(counts, readable) < _MOST * counts.total():
        return NoNumbers("mixes decimal points with decimal commas, so it is kept as text.")
    values = {text: value for text, number in readable.items() if (value := number.read(convention)) is not None}
    whole = all(value.is_integer() for value in values.values()) and all(number.whole for number in readable.values())
    strays = tuple(text for text in counts if text not in values)
    doubtful = "" if certain else next((text for text, number in readable.items() if number.is_ambiguous), "")
    return Numbers(values, strays, unit, whole, convention, doubtful)


def _rows(counts: Counter[str], texts: Iterable[str]) -> int:
    return sum(counts[text] for text in texts)


def unit_in_header(name: str) -> str:
    """The currency that a column's name states, as in "Amount (EUR)" or "price_usd"; empty if none."""
    match = _HEADER_UNIT.search(name.replace("_", " "))
    return match[0].upper() if match else ""
