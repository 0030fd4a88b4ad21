"""Profile: what is in every column of a table, in figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.analysis import roles, statistics
from tools.analysis.cells import Cell, Ledger
from tools.data.source import Column, Table

if TYPE_CHECKING:
    import pandas as pd

_TOP = 5


@dataclass(frozen=True)
class ColumnProfile:
    """The figures of one column. `figures` by name (minimum, mean, …), `top` the commonest values with their counts."""

    column: Column
    missing: Cell
    distinct: Cell
    figures: dict[str, Cell]
    top: tuple[tuple[str, Cell], ...] = ()


@dataclass(frozen=True)
class Profile:
    """The figures of a table."""

    rows: Cell
    width: Cell
    duplicates: Cell
    """Rows that are an exact copy of an earlier row."""
    columns: tuple[ColumnProfile, ...]

    def of(self, name: str) -> ColumnProfile:
        """The profile of the column of this name; KeyError if there is none."""
        return {profile.column.name: profile for profile in self.columns}[name]


def profile(table: Table, ledger: Ledger) -> Profile:
    """Computes the profile; every figure goes into the ledger."""
    return Profile(
        ledger.add(table.rows, "count of rows", rows=table.rows),
        ledger.add(len(table.columns), "count of columns", rows=table.rows),
        ledger.add(int(table.frame.duplicated().sum()), "count of duplicate rows", rows=table.rows),
        tuple(_column(table, column, ledger) for column in table.columns),
    )


def _column(table: Table, column: Column, ledger: Ledger) -> ColumnProfile:
    series = table.frame[column.name]
    present = series.dropna()
    missing = ledger.add(table.rows - len(present), "count of missing cells", column.name, table.rows)
    distinct = ledger.add(int(present.nunique()), "count of different values", column.name, len(present))
    if column.kind.is_number:
        return ColumnProfile(column, missing, distinct, _numbers(column, present, ledger, roles.is_name(table, column)))
    if column.kind.is_time:
        return ColumnProfile(column, missing, distinct, _times(column, present, ledger))
    return ColumnProfile(column, missing, distinct, {}, _top(column, present, ledger))


def _numbers(column: Column, present: pd.Series[Any], ledger: Ledger, only_names: bool) -> dict[str, Cell]:
    """All the figures; of numbers that merely name their rows, only the smallest and the largest."""
    if not len(present):
        return {}
    values = present.to_numpy(dtype=np.float64)
    low, middle, high = (float(q) for q in np.percentile(values, [25, 50, 75]))
    figures = {
        "minimum": float(values.min()),
        "lower quartile": low,
        "median": middle,
        "mean": statistics.mean(values),
        "upper quartile": high,
        "maximum": float(values.max()),
        "standard deviation": statistics.deviation(values),
    }
    cells = {
        name: ledger.add(_whole(value), name, column.name, len(values), unit=column.unit)
        for name, value in figures.items()
        if not math.isnan(value) and (not only_names or name in ("minimum", "maximum"))
    }
    if only_names:
        return cells
    cells["sum"] = ledger.add(total(values, column), "sum", column.name, len(values), unit=column.unit)
    return cells


def total(values: np.ndarray[Any, np.dtype[np.float64]], column: Column) -> int | float | Decimal:
    """The sum: exact for money (each amount as it was written), exactly rounded otherwise."""
    if column.is_money:
        return sum((Decimal(repr(float(value))) for value in values), Decimal(0))
    return _whole(math.fsum(values))


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _times(column: Column, present: pd.Series[Any], ledger: Ledger) -> dict[str, Cell]:
    if not len(present):
        return {}
    form = "%Y-%m-%d" if column.kind == "date" else "%Y-%m-%d %H:%M"
    return {
        name: ledger.add(moment.strftime(form), name, column.name, len(present))
        for name, moment in (("earliest", present.min()), ("latest", present.max()))
    }


def _top(column: Column, present: pd.Series[Any], ledger: Ledger) -> tuple[tuple[str, Cell], ...]:
    counts = roles.spoken(column, present).value_counts(sort=False)
    ordered = sorted(counts.items(), key=lambda item: (-int(item[1]), str(item[0])))
    ordered = [item for item in ordered if int(item[1])][:_TOP]
    return tuple(
        (str(word), ledger.add(int(times), "count of rows", column.name, int(times), where=str(word)))
        for word, times in ordered
    )
