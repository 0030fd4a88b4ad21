"""Trend: does a measure rise or fall with time, by how much, and how sure is that?"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from storage.values.errors import Refused
from tools.analysis import aggregate, statistics
from tools.analysis.aggregate import GRAIN_NAMES, Series
from tools.analysis.cells import Cell, Ledger
from tools.analysis.roles import How
from tools.analysis.wording import P_VALUE, SHARE
from tools.data.source import Column, Table

CONFIDENCE = 0.95
_FEWEST = 4
_NO_TRUE_ZERO = re.compile(r"temp|°|celsius|fahrenheit|%|percent|index|latitude|longitude", re.IGNORECASE)
_ENOUGH_FOR_RANKS = 8
"""Below so many points the Mann-Kendall test cannot speak clearly, so the line's own test stands alone."""


@dataclass(frozen=True)
class Trend:
    """A straight line through a series, and whether there is reason to believe in it."""

    series: Series
    step: str
    """What one step along the line is: a day, week, month, quarter, year, or 1 of the other column."""
    slope: Cell
    low: Cell
    high: Cell
    confidence: Cell
    relative: Cell | None
    """The slope as a percentage of the average; None where that means nothing (changing signs, degrees, percentages)."""
    p_value: Cell
    rank_p_value: Cell
    r_squared: Cell
    intercept: float
    """The line at place 0."""
    neighbours_alike: bool
    """What the line leaves over is alike from one period to the next, as with seasons; the interval is widened for it."""
    is_clear: bool

    @property
    def is_flat(self) -> bool:
        """Whether every figure is the same."""
        return len(set(self.series.values)) == 1

    @property
    def line(self) -> statistics.Vector:
        """The fitted values, one for each figure of the series."""
        return np.asarray(self.intercept + float(self.slope.value) * np.array(self.series.places), dtype=np.float64)


def trend(table: Table, time: Column, measure: Column | None, how: How, grain: str, ledger: Ledger) -> Trend:
    """Fits a line to the measure over dates or years. Refused when there are too few periods."""
    return fitted(_checked(aggregate.over_time(table, time, measure, how, grain, ledger), table), ledger)


def against(table: Table, over: Column, measure: Column, ledger: Ledger) -> Trend:
    """Fits a line to the measure, row by row, over another number. Refused when there are too few rows."""
    return fitted(_checked(aggregate.row_by_row(table, over, measure, ledger), table), ledger)


def _checked(series: Series, table: Table) -> Series:
    if len(series.cells) < _FEWEST or len(set(series.places)) < 2:
        points = "periods" if series.grain else "points"
        raise Refused(
            f"There are only {len(series.cells)} {points} of “{series.by.name}” in {table.name}, and a trend needs {_FEWEST}. "
            "Try a finer step (day, week, month) or a longer table."
        )
    return series


def fitted(series: Series, ledger: Ledger) -> Trend:
    """The line through a series, its interval and both tests, as cells."""
    x, y = np.array(series.places, dtype=np.float64), series.values
    start = x[0]
    fit = statistics.fit([x - start], y)
    likeness = statistics.autocorrelation(fit.residuals)
    alike = not series.row_by_row and len(y) >= _ENOUGH_FOR_RANKS and likeness > 2 / np.sqrt(len(y))
    if alike:
        fit = fit.widened(min(likeness, 0.99))
    slope, (low, high) = fit.coefficients[1], fit.interval(1, CONFIDENCE)
    rows, name, unit = sum(cell.rows for cell in series.cells), series.cells[0].column, series.unit
    p = fit.p_value(1)
    ranks = statistics.mann_kendall(y)
    level = statistics.mean(y)
    has_zero = bool((y >= 0).all() or (y <= 0).all()) and level != 0 and not _NO_TRUE_ZERO.search(name)

    def note(value: float, operation: str, unit: str = "") -> Cell:
        return ledger.add(value, operation, name, rows, where=series.title, unit=unit)

    return Trend(
        series,
        _step(series),
        note(slope, "slope of least squares", unit),
        note(low, "lower end of the slope's interval", unit),
        note(high, "upper end of the slope's interval", unit),
        ledger.add(f"{CONFIDENCE:.0%}".replace("%", " %"), "chosen confidence", name, rows),
        note(100 * slope / level, "slope as percentage of the mean", "%") if has_zero else None,
        note(p, "p-value of the slope (Student t)", P_VALUE),
        note(ranks, "p-value of Mann-Kendall", P_VALUE),
        note(fit.r_squared, "R squared", SHARE),
        fit.coefficients[0] - slope * start,
        bool(alike),
        bool(p < 1 - CONFIDENCE and (ranks < 1 - CONFIDENCE or len(y) < _ENOUGH_FOR_RANKS)),
    )


def _step(series: Series) -> str:
    if series.grain:
        return GRAIN_NAMES[series.grain]
    return f"unit of {series.by.name}" if series.row_by_row else "year"
