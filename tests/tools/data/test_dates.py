"""Dates as people write them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.data.dates import Dates, NoDates, Order, recognise


def read(*texts: str, name: str = "when", order: Order | None = None) -> Dates | NoDates:
    return recognise(Counter(texts), name, order)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-09", (2024, 3, 9)),
        ("2024/3/9", (2024, 3, 9)),
        ("2024-03-09T15:04:05", (2024, 3, 9, 15, 4, 5)),
        ("2024-03-09 15.04.05", (2024, 3, 9, 15, 4, 5)),
        ("2024-03-09T15:04:05+02:00", (2024, 3, 9, 13, 4, 5)),
        ("2024-03-09T23:30:00-0230", (2024, 3, 10, 2, 0)),
        ("2024-03-09T15:04:05.25Z", (2024, 3, 9, 15, 4, 5, 250000)),
        ("9 March 2024", (2024, 3, 9)),
        ("9-Mar-24", (2024, 3, 9)),
        ("9th Sept 2024", (2024, 9, 9)),
        ("March 9, 2024 3:04 PM", (2024, 3, 9, 15, 4)),
        ("Sat, 9 Mar 2024 12:00 AM", (2024, 3, 9, 0, 0)),
        ("Mar 2024", (2024, 3, 1)),
        ("2024-03", (2024, 3, 1)),
        ("Q3 2024", (2024, 7, 1)),
        ("2024-Q3", (2024, 7, 1)),
        ("09.03.2024", (2024, 3, 9)),
        ("31/03/1999", (1999, 3, 31)),
        ("03/31/99", (1999, 3, 31)),
    ],
)
def test_one_date_is_read(text: str, moment: tuple[int, ...]) -> None:
    found = read(text)
    assert isinstance(found, Dates)
    assert found.values == {text: datetime(*moment)}  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2024-02-30", "32/01/2024", "9 Mai 2024", "5/6", "2024", "12.5", "May be", "24:00"]
)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert read(text) == NoDates()


def test_one_part_above_twelve_decides_for_the_column() -> None:
    found = read("03/04/2024", "25/04/2024")
    assert isinstance(found, Dates)
    assert found.values["03/04/2024"].month == 4
    assert "day first" in found.notes[0]


def test_a_column_that_leaves_the_order_open_stays_text_and_says_so() -> None:
    found = read("03/04/2024", "05/06/2024")
    assert isinstance(found, NoDates)
    assert "say “day first” or “month first”" in found.why


@pytest.mark.parametrize(("order", "month"), [("day first", 4), ("month first", 3)])
def test_the_persons_word_decides_what_the_column_leaves_open(order: Order, month: int) -> None:
    found = read("03/04/2024", "05/06/2024", order=order)
    assert isinstance(found, Dates)
    assert found.values["03/04/2024"].month == month


def test_a_column_with_both_orders_stays_text() -> None:
    found = read("25/04/2024", "04/25/2024")
    assert isinstance(found, NoDates)
    assert "some the month first" in found.why


def test_eight_digits_are_a_date_only_under_a_name_that_says_so() -> None:
    assert read("20240309", name="order_no") == NoDates()
    assert isinstance(read("20240309", name="order date"), Dates)


def test_time_zones_are_turned_into_utc_and_said() -> None:
    found = read("2024-03-09T15:00:00+02:00")
    assert isinstance(found, Dates)
    assert any("UTC" in note for note in found.notes)


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y"]))
def test_every_written_date_comes_back(day: date, form: str) -> None:
    text = day.strftime(form)
    found = read(text)
    assert isinstance(found, Dates)
    assert found.values[text].date() == day


@given(st.text(max_size=30))
def test_any_text_at_all_is_read_or_not(text: str) -> None:
    assert isinstance(read(text), Dates | NoDates)
