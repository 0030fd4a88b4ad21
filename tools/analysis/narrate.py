"""The words of a summary: every number in them is a cell."""

from __future__ import annotations

from collections.abc import Sequence

from tools.analysis.aggregate import GRAIN_NAMES, Series
from tools.analysis.cells import Cell, Ledger
from tools.analysis.describe import ColumnProfile, Profile
from tools.analysis.roles import How, usual_way
from tools.analysis.trend import Trend
from tools.analysis.wording import sentence

_MOST_NUMBERS, _MOST_GROUPS, _MOST_NAMED = 4, 3, 4


def of_profile(profile: Profile, measures: Sequence[str], ledger: Ledger) -> list[str]:
    """The table as a whole, then its measures, times and groups."""
    lines = [f"{_several(profile.rows, 'row')}, {_several(profile.width, 'column')}."]
    lines += [
        f"“{part.column.name}” runs from {part.figures['earliest']} to {part.figures['latest']}."
        for part in profile.columns
        if part.column.kind.is_time and part.figures
    ][:2]
    lines += [_number(profile.of(name)) for name in measures[:_MOST_NUMBERS] if profile.of(name).figures]
    grouped = [part for part in profile.columns if part.column.kind in ("category", "boolean") and part.top]
    lines += [_group(part) for part in grouped[:_MOST_GROUPS]]
    lines.append(_missing(profile, ledger))
    if profile.duplicates.value:
        lines.append(f"Rows that are exact copies of an earlier one: {profile.duplicates}.")
    return lines


def _several(count: Cell, noun: str) -> str:
    return f"{count} {noun}" + ("" if count.value == 1 else "s")


def _number(part: ColumnProfile) -> str:
    figures = part.figures
    total = f", in total {figures['sum']}" if usual_way(part.column) is How.SUM else ""
    return (
        f"“{part.column.name}”: from {figures['minimum']} to {figures['maximum']}, mean {figures['mean']}, "
        f"median {figures['median']}{total}."
    )


def _group(part: ColumnProfile) -> str:
    named = ", ".join(f"{word} ({times})" for word, times in part.top[:_MOST_NAMED])
    return f"“{part.column.name}” has {part.distinct} different values, most often {named}."


def _missing(profile: Profile, ledger: Ledger) -> str:
    gaps = sorted((part for part in profile.columns if part.missing.value), key=lambda part: -int(part.missing.value))
    if not gaps:
        return "No cell is missing."
    named = ", ".join(f"{part.missing} in “{part.column.name}”" for part in gaps[:_MOST_NAMED])
    if len(gaps) <= _MOST_NAMED:
        return f"Missing cells: {named}."
    more = ledger.add(
        len(gaps) - _MOST_NAMED, "count of further columns with missing cells", rows=int(profile.rows.value)
    )
    return f"Missing cells: {named}, and some in {more} more columns."


def of_trend(trend: Trend, ledger: Ledger) -> list[str]:
    """What moves which way, how surely, from where to where."""
    series = trend.series
    points = ledger.add(len(series.cells), "count of points", series.cells[0].column, len(series.cells))
    unit = GRAIN_NAMES[series.grain] + "s" if series.grain else "rows" if series.row_by_row else "points"
    over = f"by {GRAIN_NAMES[series.grain]}" if series.grain else f"over “{series.by.name}”"
    lines = [f"{sentence(series.title)} {over}, {series.labels[0]} to {series.labels[-1]} ({points} {unit})."]
    if trend.is_flat:
        return [*lines, f"It does not change: every figure is {series.cells[0]}."]
    lines.append(_verdict(trend))
    lines.append(
        f"The {trend.confidence} interval of the slope is {trend.low} to {trend.high} a {trend.step} "
        f"({trend.p_value}; Mann-Kendall {trend.rank_p_value}; R² = {trend.r_squared})."
    )
    lines += _ends(series)
    if series.left_out:
        lines.append(f"Left out, because the data do not fill it: {' and '.join(series.left_out)}.")
    if series.empty:
        empty = ledger.add(series.empty, "count of periods without rows", series.by.name, 0)
        lines.append(f"Without any row, and left open: {empty} {unit} in between.")
    if trend.neighbours_alike:
        lines.append(f"Neighbouring {unit} are alike (a season or slow swings), so the interval is widened.")
    return lines


def _verdict(trend: Trend) -> str:
    if not trend.is_clear:
        return f"There is no clear trend: the line's slope of {trend.slope} a {trend.step} may well be chance."
    way = "rises" if float(trend.slope.value) > 0 else "falls"
    share = f", which is {trend.relative} of the average" if trend.relative else ""
    return f"It {way}: {trend.slope} a {trend.step}{share}."


def _ends(series: Series) -> list[str]:
    ordered = sorted(zip(series.cells, series.labels, strict=True), key=lambda pair: float(pair[0].value))
    (low, low_when), (high, high_when) = ordered[0], ordered[-1]
    if series.row_by_row:
        return [f"Highest: {high}. Lowest: {low}."]
    return [
        f"It went from {series.cells[0]} ({series.labels[0]}) to {series.cells[-1]} ({series.labels[-1]}).",
        f"Highest: {high} ({high_when}). Lowest: {low} ({low_when}).",
    ]


def of_groups(series: Series, most: int) -> list[str]:
    """The largest groups and the smallest."""
    shown = min(most or _MOST_NAMED + 1, len(series.cells))
    lines = [f"{sentence(series.title)} by “{series.by.name}”."]
    lines += [f"{label}: {cell}" for label, cell in list(zip(series.labels, series.cells, strict=True))[:shown]]
    if shown < len(series.cells):
        lines.append(f"Lowest: {series.labels[-1]} with {series.cells[-1]}.")
    return lines


def of_series(series: Series) -> list[str]:
    """A series over time without a claim about its trend."""
    over = f"by {GRAIN_NAMES[series.grain]}" if series.grain else f"over “{series.by.name}”"
    return [f"{sentence(series.title)} {over}.", *_ends(series)]


def of_spread(part: ColumnProfile) -> list[str]:
    """How one measure is spread."""
    figures = part.figures
    return [
        f"How “{part.column.name}” is spread.",
        _number(part),
        f"The middle half lies between {figures['lower quartile']} and {figures['upper quartile']}.",
    ]
