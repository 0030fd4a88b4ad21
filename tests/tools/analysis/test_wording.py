"""Numbers in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tools.analysis.wording import P_VALUE, SHARE, compact, shown


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0, "", "0"),
        (1234567, "", "1,234,567"),
        (1234.56, "", "1,234.6"),
        (12.3456, "", "12.35"),
        (2.0, "", "2"),
        (0.012345, "", "0.0123"),
        (0.00000123, "", "1.230e-6"),
        (1.5e18, "", "1.500e18"),
        (1234.5, "€", "€1,234.50"),
        (-5, "$", "-$5.00"),
        (12, "EUR", "12.00 EUR"),
        (1500, "¥", "¥1,500"),
        (Decimal("0.125"), "€", "€0.13"),
        (Decimal("12345678901234567.89"), "€", "€12,345,678,901,234,567.89"),
        (2.553, "%", "2.55 %"),
        (0.00041, P_VALUE, "p < 0.001"),
        (0.0312, P_VALUE, "p = 0.031"),
        (0.45, P_VALUE, "p = 0.45"),
        (0.3253, SHARE, "0.33"),
        ("as it is", "", "as it is"),
        (float("nan"), "", "–"),
    ],
)
def test_a_value_is_written_as_a_person_would(value: float | Decimal | str, unit: str, words: str) -> None:
    assert shown(value, unit) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (950, "", "950"),
        (12_340, "", "12.3k"),
        (1_500_000, "$", "$1.5M"),
        (-2_000, "€", "-€2k"),
        (7.2e9, "", "7.2B"),
        (45, "%", "45 %"),
        (0, "", "0"),
    ],
)
def test_an_axis_has_short_numbers(value: float, unit: str, words: str) -> None:
    assert compact(value, unit) == words
