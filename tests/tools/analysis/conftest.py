"""Tables of our own to analyse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tools.data.source import Table
from tools.data.upload import read_table

Made = Callable[[str], Table]


@pytest.fixture
def table(tmp_path: Path) -> Made:
    """Makes a table of the text of a CSV file."""

    def make(text: str) -> Table:
        path = tmp_path / "sales.csv"
        path.write_text(text)
        return read_table(path)

    return make


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of sales in four regions: every day one order, rising by the month, North sells most."""
    path = tmp_path_factory.mktemp("tables") / "sales.csv"
    start, lines = date(2023, 1, 1), ["order_id,order_date,region,product,units,revenue"]
    for day in range(731):
        region = ("North", "North", "South", "East", "West")[day % 5]
        amount = 100 + day / 3 + 7 * (day % 4)
        lines.append(
            f"{5000 + day},{start + timedelta(day)},{region},{('lamp', 'desk')[day % 2]},{day % 7 + 1},${amount:.2f}"
        )
    path.write_text("\n".join(lines))
    return path


@pytest.fixture(scope="session")
def sales_frame(sales: Path) -> pd.DataFrame:
    """The same sales, read by pandas alone."""
    frame = pd.read_csv(sales, parse_dates=["order_date"])
    frame["revenue"] = frame["revenue"].str.lstrip("$").astype(float)
    return frame
