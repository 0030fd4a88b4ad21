"""Pictures: the right size, whole, and with words for those who do not see them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from tools.analysis import charts
from tools.analysis.aggregate import by_group, over_time
from tools.analysis.cells import Ledger
from tools.analysis.charts import Chart
from tools.analysis.fonts import drawable
from tools.analysis.roles import How
from tools.data.source import Column, Kind, Table
from tools.data.upload import read_table

Made = Callable[[str], Table]


def picture(chart: Chart) -> np.ndarray:
    return imread(io.BytesIO(chart.png))


def bars_of(table: Table, how: How = How.SUM, most: int = 0) -> Chart:
    return charts.bars(by_group(table, table.columns[0], table.columns[1], how, Ledger()), most)


def test_a_line_over_time_says_where_it_begins_and_ends(sales: Path) -> None:
    table = read_table(sales)
    series = over_time(table, table.column("order_date"), table.column("revenue"), How.SUM, "M", Ledger())
    chart = charts.line(series)
    assert picture(chart).shape[:2] == (900, 1600)
    assert chart.alt.startswith("Line chart of the total revenue by month: from $")
    assert "(Jan 2023)" in chart.alt


def test_bars_name_the_largest_first(table: Made) -> None:
    chart = bars_of(table("city,sold\nRome,1\nOslo,5\nRome,2\n"))
    assert chart.alt == "Bar chart of the total sold by city: Oslo 5, Rome 3."


def test_of_many_groups_the_largest_are_drawn_and_that_is_said(table: Made) -> None:
    chart = bars_of(table("city,sold\n" + "\n".join(f"city {n},{n}\ncity {n},{n}" for n in range(1, 31))), most=3)
    assert "(the 3 largest of 30)" in chart.alt


@pytest.mark.parametrize(
    "names",
    [
        ["$x$ and $y$", "100 $", "a_b^c", "\\frac{1}{2}"],
        ["a name that goes on and on and never seems to come to its end " * 3, "B"],
        ["名古屋", "😀", "مرحبا", "\u202eabc", "a\nb"],
    ],
)
def test_any_names_are_drawn_without_a_warning(names: list[str]) -> None:
    import pandas as pd

    columns = (Column("$who$ is_it {x}", Kind.TEXT), Column("n in $", Kind.INTEGER, "$"))
    frame = pd.DataFrame({columns[0].name: names, columns[1].name: range(1, len(names) + 1)})
    assert picture(bars_of(Table("t", columns, frame))).shape[:2] == (900, 1600)


@pytest.mark.parametrize("values", [[1.0], [5.0, 5.0], [0.0, 0.0], [-3.0, 2.5, 1e12], [1e-9, 2e-9], list(range(100))])
def test_any_numbers_have_a_histogram(values: list[float]) -> None:
    chart = charts.histogram(Column("x", Kind.DECIMAL), np.array(values, dtype=np.float64))
    assert picture(chart).shape[:2] == (900, 1600)
    assert chart.alt.startswith("Histogram of x")


def test_nothing_touches_the_edge_of_the_picture(table: Made) -> None:
    """A title or label that is cut leaves ink in the outermost pixels."""
    rows = "\n".join(f"Ministry of very long names number {n},{n * 1_000_000}" for n in range(1, 15))
    image = picture(bars_of(table(f"a rather long name of a column for an axis (with units),sold\n{rows}\n{rows}")))
    edges = np.concatenate([image[:2].ravel(), image[-2:].ravel(), image[:, :2].ravel(), image[:, -2:].ravel()])
    assert edges.min() == 1


def test_what_no_font_has_becomes_a_box() -> None:
    assert drawable("a\U000f0000b $5") == "a□b \\$5"
