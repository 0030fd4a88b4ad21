"""The profile of a table."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.analysis.cells import Ledger
from tools.analysis.describe import profile
from tools.data.source import Column, Kind, Table

Made = Callable[[str], Table]


def test_every_column_gets_its_figures(table: Made) -> None:
    found = profile(
        table("n,city,on\n1,Rome,2024-01-05\n2,Rome,2024-01-06\n2,Oslo,2024-01-09\n,Rome,2024-01-09\n"), Ledger()
    )
    figures = {name: cell.value for name, cell in found.of("n").figures.items()}
    assert figures == pytest.approx(
        {
            "minimum": 1,
            "lower quartile": 1.5,
            "median": 2,
            "mean": 5 / 3,
            "upper quartile": 2,
            "maximum": 2,
            "standard deviation": 0.57735,
            "sum": 5,
        },
        abs=1e-5,
    )
    assert (found.of("n").missing.value, found.of("n").distinct.value) == (1, 2)
    assert [(word, cell.value) for word, cell in found.of("city").top] == [("Rome", 3), ("Oslo", 1)]
    assert str(found.of("on").figures["latest"]) == "2024-01-09"


def test_copies_of_rows_are_counted(table: Made) -> None:
    assert profile(table("a,b\n1,x\n1,x\n2,y\n1,x\n"), Ledger()).duplicates.value == 2


def test_money_is_added_up_exactly(table: Made) -> None:
    found = profile(table("paid\n" + "€0.10\n" * 1000 + "€0.20\n"), Ledger())
    assert found.of("paid").figures["sum"].value == Decimal("100.20")
    assert str(found.of("paid").figures["sum"]) == "€100.20"


def test_numbers_that_name_rows_have_no_mean(table: Made) -> None:
    assert set(profile(table("order_id\n17\n23\n9\n"), Ledger()).of("order_id").figures) == {"minimum", "maximum"}


def test_a_column_of_nothing_has_no_figures(table: Made) -> None:
    found = profile(table("a,b\n1,\n2,\n"), Ledger()).of("b")
    assert (found.figures, found.top, found.missing.value) == ({}, (), 2)


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=60))
def test_the_figures_of_any_numbers_keep_their_order(values: list[float | None]) -> None:
    frame = pd.DataFrame({"x": pd.Series(values, dtype=np.float64)})
    found = profile(Table("t", (Column("x", Kind.DECIMAL),), frame), Ledger()).of("x")
    present = [value for value in values if value is not None]
    assert int(found.missing.value) + len(present) == len(values)
    assert found.distinct.value == len(set(present))
    figures = {name: float(cell.value) for name, cell in found.figures.items()}
    if figures:
        order = [figures[name] for name in ("minimum", "lower quartile", "median", "upper quartile", "maximum")]
        assert order == sorted(order)
        assert figures["minimum"] <= figures["mean"] + 1e-6
        assert figures["mean"] <= figures["maximum"] + 1e-6
