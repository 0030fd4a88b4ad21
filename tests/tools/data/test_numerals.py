"""Numbers as people write them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.data.numerals import Convention, NoNumbers, Numbers, recognise, survey, unit_in_header


def read(*texts: str, fallback: Convention = Convention.POINT) -> Numbers | NoNumbers:
    counts = Counter(texts)
    return recognise(counts, survey(counts), fallback)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12", 12, ""),
        ("-3.5", -3.5, ""),
        ("+4", 4, ""),
        (".5", 0.5, ""),
        ("1,234,567.89", 1234567.89, ""),
        ("12,34,567", 1234567, ""),
        ("1 234 567", 1234567, ""),
        ("1'234.5", 1234.5, ""),
        ("(1,234.50)", -1234.5, ""),
        ("100-", -100, ""),
        ("−7", -7, ""),
        ("$1,200.00", 1200, "$"),
        ("-$5.25", -5.25, "$"),
        ("12.50 EUR", 12.5, "EUR"),
        ("CHF 80", 80, "CHF"),
        ("99.5 %", 99.5, "%"),
        ("1.5e-3", 0.0015, ""),
    ],
)
def test_one_number_is_read(text: str, value: float, unit: str) -> None:
    numbers = read(text)
    assert isinstance(numbers, Numbers)
    assert (numbers.values[text], numbers.unit) == (value, unit)


@pytest.mark.parametrize(
    "text", ["", "-", "1-2", "1.2.3", "12:30", "nan", "inf", "1_000", "(5", "1,23,4", "abc", "--5", "0x1F", "5 kg", "€"]
)
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert read(text) == NoNumbers()


def test_a_decimal_comma_anywhere_decides_for_the_column() -> None:
    numbers = read("1.234", "2,5", "1.234.567,89")
    assert isinstance(numbers, Numbers)
    assert numbers.values == {"1.234": 1234, "2,5": 2.5, "1.234.567,89": 1234567.89}


def test_an_open_column_follows_the_table() -> None:
    assert read("1,234").values == {"1,234": 1234}  # type: ignore[union-attr]
    assert read("1,234", fallback=Convention.COMMA).values == {"1,234": 1.234}  # type: ignore[union-attr]


def test_points_beside_small_whole_numbers_part_thousands() -> None:
    numbers = read("1.613", "2.003", "2.221", "613", "87")
    assert isinstance(numbers, Numbers)
    assert numbers.values["1.613"] == 1613


def test_points_in_three_digit_fractions_stay_fractions() -> None:
    numbers = read("1.613", "2.003", "2.221", "0.5")
    assert isinstance(numbers, Numbers)
    assert numbers.values["1.613"] == 1.613


@pytest.mark.parametrize("texts", [("007", "12"), ("12345678901234567", "2")])
def test_digits_that_are_names_stay_text(texts: tuple[str, ...]) -> None:
    found = read(*texts)
    assert isinstance(found, NoNumbers)
    assert "names, not amounts" in found.why


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("$5", "€5"), "mixes"),
        (("5 %", "5"), "percentages"),
        (("1,5", "2.5", "3,25", "4.75"), "decimal points with decimal commas"),
    ],
)
def test_mixtures_stay_text_and_say_why(texts: tuple[str, ...], words: str) -> None:
    found = read(*texts)
    assert isinstance(found, NoNumbers)
    assert words in found.why


@pytest.mark.parametrize(
    ("name", "unit"),
    [("Amount (EUR)", "EUR"), ("price_usd", "USD"), ("Betrag in €", "€"), ("$x$", ""), ("Europe", ""), ("try", "")],
)
def test_a_header_may_state_the_currency(name: str, unit: str) -> None:
    assert unit_in_header(name) == unit


@given(st.floats(-1e12, 1e12, allow_nan=False), st.sampled_from(["{:.2f}", "{:,.2f}", "${:,.2f}", "{:.6e}"]))
def test_every_written_number_comes_back(value: float, form: str) -> None:
    text = form.format(value)
    numbers = read(text)
    assert isinstance(numbers, Numbers)
    assert numbers.values[text] == float(text.replace(",", "").replace("$", ""))


@given(st.text(max_size=30))
def test_any_text_at_all_is_read_or_not(text: str) -> None:
    assert isinstance(read(text), Numbers | NoNumbers)
