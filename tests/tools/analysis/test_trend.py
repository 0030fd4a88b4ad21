"""Trends: how much, how sure, and when not to say anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from storage.values.errors import Refused
from tools.analysis.cells import Ledger
from tools.analysis.roles import How
from tools.analysis.trend import Trend, against, trend
from tools.data.source import Table
from tools.data.upload import read_table

Made = Callable[[str], Table]


def of(table: Table, how: How = How.SUM, grain: str = "") -> Trend:
    time, measure = table.columns[0], table.columns[1]
    return trend(table, time, measure, how, grain, Ledger())


def daily(values: list[float], start: date = date(2024, 1, 1), name: str = "sold") -> str:
    return f"day,{name}\n" + "\n".join(f"{start + timedelta(n)},{value:.3f}" for n, value in enumerate(values))


def test_a_rising_measure_is_said_to_rise_by_the_step(table: Made) -> None:
    months = "\n".join(f"2024-{month:02d}-01,{100 + 5 * month + month % 2}" for month in range(1, 13))
    found = of(table(f"month,sold\n{months}"))
    assert (found.step, found.is_clear) == ("month", True)
    assert float(found.slope.value) == pytest.approx(5, abs=0.1)
    assert float(found.low.value) < 5 < float(found.high.value)


def test_noise_has_no_clear_trend(table: Made) -> None:
    noise = np.random.default_rng(7).normal(100, 10, 40)
    assert not of(table(daily(list(noise)))).is_clear


def test_a_season_is_no_trend(table: Made) -> None:
    found = of(table(daily([20 + 10 * float(np.sin(n / 20)) for n in range(60)])), How.MEAN)
    assert found.neighbours_alike
    assert not found.is_clear


def test_the_months_are_those_of_pandas(sales: Path, sales_frame: pd.DataFrame) -> None:
    table = read_table(sales)
    found = trend(table, table.column("order_date"), table.column("revenue"), How.SUM, "M", Ledger())
    expected = sales_frame.groupby(sales_frame["order_date"].dt.to_period("M"))["revenue"].sum()
    assert list(found.series.values) == pytest.approx(list(expected))
    assert found.series.labels[:2] == ("Jan 2023", "Feb 2023")
    slope, _ = np.polyfit(np.arange(len(expected)), expected, 1)
    assert float(found.slope.value) == pytest.approx(slope)


def test_a_month_that_has_only_begun_does_not_drag_the_line_down(table: Made) -> None:
    found = of(table(daily([10.0 + n for n in range(130)])), grain="M")
    assert found.series.left_out == ("May 2024",)
    assert found.series.labels == ("Jan 2024", "Feb 2024", "Mar 2024", "Apr 2024")


def test_averages_keep_a_month_that_has_only_begun(table: Made) -> None:
    assert of(table(daily([10.0 + n for n in range(100)])), How.MEAN, "M").series.left_out == ()


@pytest.mark.parametrize(("days", "step"), [(30, "day"), (200, "week"), (1000, "month"), (4000, "quarter")])
def test_the_step_fits_the_span(table: Made, days: int, step: str) -> None:
    assert of(table(daily([float(n) for n in range(days)]))).step == step


def test_monthly_data_are_not_cut_finer(table: Made) -> None:
    months = "\n".join(f"2024-{month:02d}-01,{month}" for month in range(1, 8))
    assert of(table(f"month,sold\n{months}")).step == "month"


def test_empty_months_are_counted_not_filled(table: Made) -> None:
    found = of(table("month,sold\n2024-01-01,1\n2024-02-01,2\n2024-06-01,6\n2024-07-01,7\n"))
    assert (len(found.series.cells), found.series.empty) == (4, 3)
    assert float(found.slope.value) == pytest.approx(1)


def test_years_written_as_numbers_are_a_time(table: Made) -> None:
    found = of(table("year,sold\n2019,5\n2020,6\n2021,7\n2022,8\n2022,8\n"))
    assert found.step == "year"
    assert list(found.series.values) == [5, 6, 7, 16]


def test_one_number_against_another_is_taken_row_by_row(table: Made) -> None:
    made = table("x,y\n1,2\n1,4\n2,5\n3,4\n4,5\n")
    found = against(made, made.columns[0], made.columns[1], Ledger())
    slope, intercept = np.polyfit([1, 1, 2, 3, 4], [2, 4, 5, 4, 5], 1)
    assert float(found.slope.value) == pytest.approx(slope)
    assert found.line[0] == pytest.approx(intercept + slope)


def test_degrees_have_no_percentage_of_the_average(table: Made) -> None:
    assert of(table(daily([1.0, 2, 3, 4, 5], name="temperature")), How.MEAN).relative is None
    assert of(table(daily([1.0, 2, 3, 4, 5]))).relative is not None


def test_three_points_are_too_few(table: Made) -> None:
    with pytest.raises(Refused, match=r"only 3 periods of “day” in sales\.csv, and a trend needs 4"):
        of(table(daily([1, 2, 3])))


def test_a_title_claims_no_sum_where_nothing_was_added(table: Made) -> None:
    assert of(table("month,sold\n2024-01-01,1\n2024-02-01,2\n2024-03-01,6\n2024-04-01,7\n")).series.title == "sold"
    assert (
        of(table("month,sold\n2024-01-01,1\n2024-01-01,2\n2024-02-01,6\n2024-03-01,7\n2024-04-01,7\n")).series.title
        == "total sold"
    )
