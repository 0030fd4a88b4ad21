"""Numbers as people write them: separators, currency, percent, brackets for minus; one convention for a whole column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
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
_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})")
_POINTED = re.compile(r"[+-]?(?:0\.\d{1,18}|[1-9]\d{0,14}\.(?:\d{1,2}|\d{4,18}))(?:[eE][+-]?\d{1,3})?")
_MOST = 0.9
_LONGEST_INTEGER = 15
_HEADER_UNIT = re.compile(
    r"(?<![\w$])[$€£¥₹](?![\w$])"
    r"|(?<![a-z])(?:USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|BRL)(?![a-z])",
    re.IGNORECASE,
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
class Survey:
    """The texts of one column, looked at once: numbers of one sure reading, and those that need thought."""

    plain: dict[str, float]
    """Bare integers: the same in either convention."""
    pointed: dict[str, float]
    """Only to be read with a decimal point."""
    others: dict[str, Written]
    has_identifiers: bool

    def numbers(self) -> Collection[str]:
        """All texts that are numbers in some convention."""
        return [*self.plain, *self.pointed, *self.others]


def survey(texts: Collection[str]) -> Survey:
    """Looks at the different texts of a column. The two commonest ways to write a number are told apart quickly."""
    plain: dict[str, float] = {}
    pointed: dict[str, float] = {}
    others: dict[str, Written] = {}
    has_identifiers = False
    for text in texts:
        if _PLAIN.fullmatch(text):
            plain[text] = float(text)
        elif _POINTED.fullmatch(text):
            pointed[text] = float(text)
        elif (number := written(text)) is not None:
            others[text] = number
            has_identifiers |= number.as_identifier
    return Survey(plain, pointed, others, has_identifiers)


@dataclass(frozen=True)
class Numbers:
    """A column understood as numbers: the value of each text, what could not be read, the unit, the convention."""

    values: dict[str, float]
    strays: tuple[str, ...]
    unit: str
    whole: bool
    convention: Convention
    is_open: bool
    """Whether the reading of some text rests on the convention alone, and nothing in the column tells which it is."""


@dataclass(frozen=True)
class NoNumbers:
    """A column that is not numbers; `why` is worth telling when it nearly was."""

    why: str = ""


def evidence(column: Survey) -> Convention | None:
    """The convention that the column can only be read in; None when it leaves it open."""
    only_point = len(column.pointed) + sum(number.comma is None for number in column.others.values())
    only_comma = sum(number.point is None for number in column.others.values())
    if only_point != only_comma:
        return Convention.POINT if only_point > only_comma else Convention.COMMA
    return None if only_point else _evidence_of_groups(column)


def _evidence_of_groups(column: Survey) -> Convention | None:
    """Beside 87 and 613, but no 2003, numbers like 1.613 are thousands: fractions would not all have three digits."""
    open_ones = [text for text, number in column.others.items() if number.is_ambiguous]
    if len(open_ones) < 3 or not column.plain or any(abs(value) > 999 for value in column.plain.values()):
        return None
    signs = {sign for text in open_ones for sign in ".," if sign in text}
    return None if len(signs) > 1 else Convention.COMMA if signs == {"."} else Convention.POINT


def has_open_commas(column: Survey) -> bool:
    """Whether numbers like 1,234 occur, which are two different numbers in the two conventions."""
    return any(number.is_ambiguous and "," in text for text, number in column.others.items())


def recognise(counts: Counter[str], column: Survey, fallback: Convention) -> Numbers | NoNumbers:
    """Reads a column's texts (with how often each occurs) as numbers, or says that they are none."""
    if not _are_most(counts, column.numbers()):
        return NoNumbers()
    if column.has_identifiers:
        return NoNumbers(
            "kept as text, because the digits are names, not amounts (leading zeros, or very many digits)."
        )
    units = {number.unit for number in column.others.values() if number.unit}
    if len(units) > 1:
        return NoNumbers(f"mixes {' and '.join(sorted(units))}, so it is kept as text; sums would be wrong.")
    if "%" in units and (column.plain or column.pointed or not all(number.unit for number in column.others.values())):
        return NoNumbers("mixes percentages with plain numbers, so it is kept as text.")
    convention = evidence(column)
    return _in_convention(counts, column, convention or fallback, next(iter(units), ""), convention is None)


def _in_convention(
    counts: Counter[str], column: Survey, convention: Convention, unit: str, is_open: bool
) -> Numbers | NoNumbers:
    values = dict(column.plain)
    if convention is Convention.POINT:
        values.update(column.pointed)
    values.update(
        {text: value for text, number in column.others.items() if (value := number.read(convention)) is not None}
    )
    if not _are_most(counts, values):
        return NoNumbers("mixes decimal points with decimal commas, so it is kept as text.")
    strays = tuple(text for text in counts if text not in values) if len(values) < len(counts) else ()
    whole = not (column.pointed and convention is Convention.POINT) and all(
        number.whole and values.get(text, 0.0).is_integer() for text, number in column.others.items()
    )
    is_open = is_open and any(number.is_ambiguous for number in column.others.values())
    return Numbers(values, strays, unit, whole, convention, is_open)


def _are_most(counts: Counter[str], readable: Collection[str]) -> bool:
    """Whether these texts are the whole column, or nine tenths of a column of ten cells or more."""
    if not readable or len(readable) == len(counts):
        return bool(readable)
    total = counts.total()
    return total >= 10 and sum(counts[text] for text in readable) >= _MOST * total


def unit_in_header(name: str) -> str:
    """The currency that a column's name states, as in "Amount (EUR)" or "price_usd"; empty if none."""
    match = _HEADER_UNIT.search(name.replace("_", " "))
    return match[0].upper() if match else ""
