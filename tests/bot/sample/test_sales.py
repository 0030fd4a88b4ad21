"""The sales file is worth an analysis: a season, a trend, a freak order, a few holes, and sums that are right."""

from __future__ import annotations

import csv
from datetime import date
from statistics import median

from bot import sample


def _rows() -> list[dict[str, str]]:
    with sample.sales_csv().open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _takings(months: set[str]) -> float:
    return sum(float(row["revenue"]) for row in _rows() if row["date"][:7] in months and row["revenue"])


def test_it_holds_eighteen_months_in_order() -> None:
    days = [date.fromisoformat(row["date"]) for row in _rows()]
    assert 800 <= len(days) <= 1500
    assert days == sorted(days)
    assert len({(day.year, day.month) for day in days}) == 18


def test_revenue_is_units_times_price() -> None:
    full = [row for row in _rows() if row["units"] and row["revenue"]]
    assert all(round(int(row["units"]) * float(row["unit_price"]), 2) == float(row["revenue"]) for row in full)


def test_business_grows_and_has_a_season() -> None:
    winter = ["10", "11", "12", "01", "02"]
    first = _takings({f"{2024 + (m < '10')}-{m}" for m in winter})
    second = _takings({f"{2025 + (m < '10')}-{m}" for m in winter})
    assert second > 1.2 * first
    assert _takings({"2025-12"}) > 1.8 * _takings({"2025-08"})


def test_one_order_is_far_out_of_line() -> None:
    units = sorted(int(row["units"]) for row in _rows() if row["units"])
    assert units[-1] > 10 * units[-2]
    assert median(units) < 30


def test_a_few_cells_are_empty_but_never_a_day_or_a_product() -> None:
    empty = [name for row in _rows() for name, value in row.items() if not value]
    assert 5 <= len(empty) <= 30
    assert set(empty) == {"region", "channel", "units", "revenue"}


def test_the_broken_plates_of_the_mails_were_really_ordered() -> None:
    [order] = [row for row in _rows() if row["order"] == "4471"]
    assert (order["product"], order["units"], order["unit_price"]) == ("Dinner plate", "36", "17.00")
