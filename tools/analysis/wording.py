"""Numbers in words: thousands apart, as many digits as matter, the unit where a person would write it."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

P_VALUE, SHARE = "p", "share"
"""The units of a probability and of a number from 0 to 1: they have their own rounding."""
_BEFORE = {"$", "€", "£", "¥", "₹", "₩", "₺", "₽", "US$", "C$", "A$", "R$"}
_NO_CENTS = {"¥", "₩", "JPY", "KRW"}


def shown(value: float | str | Decimal, unit: str = "") -> str:
    """The value as a person writes it: "€1,234.50", "12.5 %", "0.00031", "1.2 million" never (nothing is rounded away)."""
    if isinstance(value, str):
        return value
    if unit == P_VALUE:
        return f"p {'< 0.001' if value < 0.001 else f'= {value:.3f}' if value < 0.1 else f'= {value:.2f}'}"
    if unit == SHARE:
        return f"{value:.2f}"
    if unit == "%":
        return f"{plain(value) if isinstance(value, int) else _digits(float(value), 3)} %"
    return money(value, unit) if unit and not unit.startswith(" ") else plain(value) + unit


def money(value: float | Decimal, currency: str) -> str:
    """An amount with its currency, rounded half up to cents."""
    step = Decimal(1) if currency in _NO_CENTS else Decimal("0.01")
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not exact.is_finite():
        return "–"
    small = 0 < abs(exact) < Decimal("0.1")
    amount = plain(abs(float(exact))) if small else f"{abs(exact).quantize(step, ROUND_HALF_UP):,f}"
    sign = "-" if exact < 0 else ""
    return f"{sign}{currency}{amount}" if currency in _BEFORE else f"{sign}{amount} {currency}"


def plain(value: float | Decimal) -> str:
    """A bare number: whole numbers whole, others with about four digits that matter."""
    if isinstance(value, int) or (isinstance(value, Decimal) and value == value.to_integral_value()):
        return f"{int(value):,}"
    number = float(value)
    if not math.isfinite(number):
        return "–"
    size = abs(number)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{number:.3e}".replace("e-0", "e-").replace("e+", "e")
    decimals = 0 if number.is_integer() else 1 if size >= 1000 else 2 if size >= 10 else 3 if size >= 1 else 4
    text = f"{number:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compact(value: float, unit: str = "") -> str:
    """Short, for an axis: 950, 12k, 1.5M, with the currency sign in front where it goes there."""
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            text = _digits(value / size, 3) + letter
            break
    else:
        text = f"{value:.4g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.1e}"
    if unit in _BEFORE:
        return f"-{unit}{text[1:]}" if text.startswith("-") else unit + text
    return text + (" %" if unit == "%" else "")


def _digits(value: float, digits: int) -> str:
    """So many digits that matter, never an exponent, no zeros at the end."""
    if not math.isfinite(value) or value == 0:
        return "–" if value else "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(decimals, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sentence(title: str) -> str:
    """With a capital, unless it begins with a column's name, which stays as it is."""
    ours = ("total ", "average ", "median ", "number of ", "lowest ", "highest ")
    return title[:1].upper() + title[1:] if title.startswith(ours) else title


def counted(count: int, noun: str) -> str:
    """ "1 row", "1,200 rows", "3 categories"."""
    plural = noun[:-1] + "ies" if noun.endswith("y") and not noun.endswith("ay") else noun + "s"
    return f"{count:,} {noun if count == 1 else plural}"
