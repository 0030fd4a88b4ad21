"""Rows put together: one figure for each group or for each period of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.analysis import describe, roles, statistics, wording
from tools.analysis.cells import Cell, Ledger, Value
from tools.analysis.roles import How
from tools.data.source import Column, Table

if TYPE_CHECKING:
    import pandas as pd

GRAIN_NAMES = {"D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year", "": "step"}
_SPOKEN = {
    How.SUM: "total",
    How.MEAN: "average",
    How.MEDIAN: "median",
    How.MINIMUM: "lowest",
    How.MAXIMUM: "highest",
    How.COUNT: "number of",
}
_MOST_PERIODS = {"D": 62, "W": 60, "M": 96, "Q": 80}
_DAYS = {"D": 1, "W": 7, "M": 28, "Q": 90, "Y": 365}


@dataclass(frozen=True)
class Series:
    """Figures in order. `places` are where they lie on the axis: numbers of periods for times, else 0, 1, 2 …"""

    measure: Column | None
    """None: rows are counted."""
    by: Column
    how: How
    labels: tuple[str, ...]
    cells: tuple[Cell, ...]
    places: tuple[float, ...]
    grain: str = ""
    left_out: tuple[str, ...] = ()
    """Periods at the ends that the data do not fill, so that their sums would be too low."""
    empty: int = 0
    """Periods between the first and the last without a row."""
    row_by_row: bool = False
    """Each figure is one row of the table as it stands."""

    @property
    def values(self) -> statistics.Vector:
        return np.array([float(cell.value) for cell in self.cells], dtype=np.float64)

    @property
    def unit(self) -> str:
        return self.measure.unit if self.measure and self.how is not How.COUNT else ""

    @property
    def title(self) -> str:
        """What the figures are, as in "total revenue"; merely "revenue" where no two rows were put together."""
        if self.measure is None or self.how is How.COUNT:
            return "number of rows"
        if all(cell.rows == 1 for cell in self.cells):
            return self.measure.name
        return f"{_SPOKEN[self.how]} {self.measure.name}"


def by_group(table: Table, group: Column, measure: Column | None, how: How, ledger: Ledger) -> Series:
    """One figure a group, the largest first; rows without a group are left out."""
    keys = table.frame[group.name]
    if not group.kind.is_number:
        keys = roles.spoken(group, keys).where(keys.notna())
    found = [(_label(key), _one(rows, measure, how, _label(key), ledger)) for key, rows in _split(table, keys, measure)]
    found.sort(key=lambda item: (-float(item[1].value), item[0]))
    labels, cells = [label for label, _ in found], [cell for _, cell in found]
    return Series(measure, group, how, tuple(labels), tuple(cells), tuple(float(n) for n in range(len(cells))))


def _label(key: object) -> str:
    return f"{key:g}" if isinstance(key, float) else str(key)


def _split(table: Table, keys: pd.Series[Any], measure: Column | None) -> Iterator[tuple[Any, pd.Series[Any]]]:
    """The rows of each key; with a measure, only those that have one."""
    values = table.frame[measure.name] if measure else table.frame.iloc[:, 0]
    kept = keys.notna() & values.notna() if measure else keys.notna()
    yield from values[kept].groupby(keys[kept], sort=True, observed=True)


def _one(rows: pd.Series[Any], measure: Column | None, how: How, where: str, ledger: Ledger) -> Cell:
    name = measure.name if measure else ""
    if measure is None or how is How.COUNT:
        return ledger.add(len(rows), "count of rows", name, len(rows), where=where)
    values = rows.to_numpy(dtype=np.float64)
    figures: dict[How, Callable[[], Value]] = {
        How.SUM: lambda: describe.total(values, measure),
        How.MEAN: lambda: statistics.mean(values),
        How.MEDIAN: lambda: float(np.median(values)),
        How.MINIMUM: lambda: float(values.min()),
        How.MAXIMUM: lambda: float(values.max()),
    }
    return ledger.add(figures[how](), how, name, len(rows), where=where, unit=measure.unit)


def over_time(table: Table, time: Column, measure: Column | None, how: How, grain: str, ledger: Ledger) -> Series:
    """One figure a period (or a year, where the column holds years), in order of time."""
    moments = table.frame[time.name]
    if not time.kind.is_time:
        return _over_numbers(table, time, measure, how, ledger)
    present = moments.dropna()
    grain = grain or fitting_grain(present)
    keys = moments.dt.to_period(grain)
    found = [(period, rows) for period, rows in _split(table, keys, measure)]
    found, left_out = _without_torn_ends(found, present, grain) if how in (How.SUM, How.COUNT) else (found, [])
    cells = [_one(rows, measure, how, _spoken(period, grain), ledger) for period, rows in found]
    places = [float(period.ordinal) for period, _ in found]
    empty = int(places[-1] - places[0]) + 1 - len(places) if places else 0
    return Series(
        measure,
        time,
        how,
        tuple(_spoken(period, grain) for period, _ in found),
        tuple(cells),
        tuple(places),
        grain,
        tuple(_spoken(period, grain) for period in left_out),
        empty,
    )


def _over_numbers(table: Table, by: Column, measure: Column | None, how: How, ledger: Ledger) -> Series:
    keys = table.frame[by.name].astype("float64")
    found = [(float(key), _one(rows, measure, how, f"{key:g}", ledger)) for key, rows in _split(table, keys, measure)]
    labels = tuple(f"{key:g}" for key, _ in found)
    return Series(measure, by, how, labels, tuple(cell for _, cell in found), tuple(key for key, _ in found))


def row_by_row(table: Table, over: Column, measure: Column, ledger: Ledger) -> Series:
    """Every row that has both numbers, in the order of `over`. Only the ends of both are computed."""
    both = table.frame[[over.name, measure.name]].dropna().sort_values(over.name, kind="stable")
    cells = tuple(Cell(float(y), "value", measure.name, 1, unit=measure.unit) for y in both[measure.name])
    places = tuple(float(x) for x in both[over.name])
    for column in (over, measure):
        for end, value in (("minimum", both[column.name].min()), ("maximum", both[column.name].max())):
            ledger.add(float(value), end, column.name, len(both), unit=column.unit if column is measure else "")
    return Series(measure, over, How.MEAN, tuple(wording.plain(x) for x in places), cells, places, row_by_row=True)


def fitting_grain(moments: pd.Series[Any]) -> str:
    """The finest grain that gives no more periods than a chart can show, yet no finer than the dates themselves."""
    if bool(((moments.dt.day == 1) & (moments.dt.normalize() == moments)).all()) and moments.nunique() > 1:
        months = set(moments.dt.month)
        return "Y" if months == {1} and moments.dt.year.nunique() > 1 else "Q" if months <= {1, 4, 7, 10} else "M"
    days = (moments.max() - moments.min()).days + 1
    distinct = moments.dt.normalize().nunique()
    for grain, most in _MOST_PERIODS.items():
        if days / _DAYS[grain] <= most and distinct >= days / _DAYS[grain] / 3:
            return grain
    return "Y" if days > 365 * 8 else "M"


def _without_torn_ends(
    found: list[tuple[Any, pd.Series[Any]]], moments: pd.Series[Any], grain: str
) -> tuple[list[tuple[Any, pd.Series[Any]]], list[Any]]:
    """Without a first or last period that the data begin or end within, by more than twice their usual gap."""
    days = moments.dt.normalize().drop_duplicates().sort_values()
    if grain == "D" or len(days) < 3 or len(found) < 4:
        return found, []
    gap = 2 * days.diff().dropna().median()
    if gap * 2 > np.timedelta64(_DAYS[grain], "D"):
        return found, []
    first, last = found[0][0], found[-1][0]
    torn = [first] if days.iloc[0] - first.start_time > gap else []
    torn += [last] if last.end_time.normalize() - days.iloc[-1] > gap else []
    return [item for item in found if item[0] not in torn], torn


def _spoken(period: Any, grain: str) -> str:
    """ "3 Mar 2024", "week of 4 Mar 2024", "Mar 2024", "Q1 2024", "2024"."""
    start = period.start_time
    day = f"{start.day} {start:%b %Y}"
    return {
        "D": day,
        "W": f"week of {day}",
        "M": f"{start:%b %Y}",
        "Q": f"Q{start.quarter} {start.year}",
        "Y": str(start.year),
    }[grain]
