"""The four kinds of analysis: which operations each one runs on a table, given what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from storage.values.errors import Refused
from tools.analysis import aggregate, charts, describe, narrate, roles, trend
from tools.analysis.aggregate import GRAIN_NAMES, Series
from tools.analysis.answer import FigureTable, KindOfAnalysis, Section
from tools.analysis.cells import Ledger
from tools.analysis.describe import Profile
from tools.analysis.question import Request
from tools.analysis.roles import How
from tools.data.source import Column, Table

_MOST_ROWS = 60


def profile(table: Table, request: Request, ledger: Ledger) -> list[Section]:
    """What is in the table, column by column."""
    found = describe.profile(table, ledger)
    asked = [request.measure.name] if request.measure else []
    names = [*asked, *(column.name for column in roles.measures(table) if column.name not in asked)]
    lines = narrate.of_profile(found, names, ledger)
    return [Section("What is in it", tuple(lines)), Section("Columns", tables=(_columns(found),))]


def trend_of(table: Table, request: Request, ledger: Ledger) -> list[Section]:
    """Whether the measure rises or falls."""
    return [_trend(table, request, ledger)]


def chart(table: Table, request: Request, ledger: Ledger) -> list[Section]:
    """The one picture that fits: bars for groups, a line for time, a histogram for one measure."""
    measure, how = _measure(table, request)
    times, groups = roles.times(table), roles.groups(table)
    if request.over and request.measure:
        return [_line(aggregate.row_by_row(table, request.over, request.measure, ledger), table)]
    if request.spread and measure:
        return [_spread(table, measure, ledger)]
    if request.group or (groups and not request.time and not request.grain and not (times and measure)):
        return [_bars(table, request, request.group or groups[0], measure, how, ledger)]
    if request.time or request.grain or times:
        time = _time(table, request)
        return [_line(aggregate.over_time(table, time, measure, how, request.grain, ledger), table)]
    if measure is None:
        names = _names(table)
        raise Refused(f"{table.name} has no numbers, dates or repeating words that a chart could show ({names}).")
    return [_spread(table, measure, ledger)]


def report(table: Table, request: Request, ledger: Ledger) -> list[Section]:
    """Everything that can be said at once: the profile, the trend where there is time, the groups, the spread."""
    measure, how = _measure(table, request)
    whole, columns = profile(table, request, ledger)
    sections = [whole]
    if request.time or roles.times(table):
        sections.append(_trend_if_any(table, request, ledger))
    group = request.group or next(iter(roles.groups(table)), None)
    if group is not None:
        sections.append(_bars(table, request, group, measure, how, ledger))
    elif measure is not None and len(sections) == 1:
        sections.append(_spread(table, measure, ledger))
    return [*sections, columns]


KINDS: dict[KindOfAnalysis, Callable[[Table, Request, Ledger], list[Section]]] = {
    "profile": profile,
    "trend": trend_of,
    "chart": chart,
    "report": report,
}


def _trend(table: Table, request: Request, ledger: Ledger) -> Section:
    measure, how = _measure(table, request)
    if request.over and measure:
        found = trend.against(table, request.over, measure, ledger)
    else:
        found = trend.trend(table, _time(table, request), measure, how, request.grain, ledger)
    lines = narrate.of_trend(found, ledger)
    if request.group:
        lines.append(f"This is the whole table together; “{request.group.name}” is not told apart in a trend.")
    tables = () if found.series.row_by_row else (_figures(found.series),)
    return Section("Trend", tuple(lines), (charts.line(found.series, found),), tables)


def _trend_if_any(table: Table, request: Request, ledger: Ledger) -> Section:
    """The trend, or in its place the sentence that says why there is none."""
    try:
        return _trend(table, replace(request, group=None, over=None), ledger)
    except Refused as error:
        return Section("Trend", (str(error),))


def _line(series: Series, table: Table) -> Section:
    if not series.cells:
        raise Refused(f"No row of {table.name} has both “{series.by.name}” and a value, so there is nothing to draw.")
    tables = () if series.row_by_row else (_figures(series),)
    return Section("Over time", tuple(narrate.of_series(series)), (charts.line(series),), tables)


def _measure(table: Table, request: Request) -> tuple[Column | None, How]:
    """The measure and how its rows are put together: as asked, else the likeliest; rows are counted if there is none.
    "How many units" is their sum, since a row holds several of them."""
    if request.how is How.COUNT:
        several = request.measure if request.measure in roles.measures(table) else None
        return (several, How.SUM) if several and roles.usual_way(several) is How.SUM else (None, How.COUNT)
    measure = request.measure or next(
        (column for column in roles.measures(table) if column not in (request.group, request.over)), None
    )
    if measure is None:
        return None, How.COUNT
    return measure, request.how or roles.usual_way(measure)


def _time(table: Table, request: Request) -> Column:
    found = request.time or next(iter(roles.times(table)), None)
    if found is not None:
        return found
    hint = next((f" {note}" for note in table.notes if "day first" in note and "kept as text" in note), "")
    raise Refused(f"This needs a column with dates or years, and {table.name} has none ({_names(table)}).{hint}")


def _bars(table: Table, request: Request, group: Column, measure: Column | None, how: How, ledger: Ledger) -> Section:
    series = aggregate.by_group(table, group, measure, how, ledger)
    if not series.cells:
        raise Refused(f"No row of {table.name} has both a “{group.name}” and a value, so there is nothing to draw.")
    lines = narrate.of_groups(series, request.most)
    return Section("Compared", tuple(lines), (charts.bars(series, request.most),), (_figures(series),))


def _spread(table: Table, measure: Column, ledger: Ledger) -> Section:
    only = Table(table.name, (measure,), table.frame[[measure.name]])
    part = describe.profile(only, ledger).of(measure.name)
    if not part.figures:
        raise Refused(f"“{measure.name}” in {table.name} is empty, so there is nothing to draw.")
    values = table.frame[measure.name].dropna().to_numpy(dtype=np.float64)
    return Section("Spread", tuple(narrate.of_spread(part)), (charts.histogram(measure, values),))


def _names(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns[:20])
    return f"its columns: {names}" + (" …" if len(table.columns) > 20 else "")


def _columns(found: Profile) -> FigureTable:
    head = ("Column", "Kind", "Missing", "Different", "Smallest", "Mean", "Median", "Largest", "Most often")
    rows = []
    for part in found.columns:
        figures = part.figures
        unit = f" ({part.column.unit})" if part.column.unit else ""
        rows.append(
            (
                part.column.name,
                part.column.kind + unit,
                str(part.missing),
                str(part.distinct),
                str(figures.get("minimum", figures.get("earliest", ""))),
                str(figures.get("mean", "")),
                str(figures.get("median", "")),
                str(figures.get("maximum", figures.get("latest", ""))),
                f"{part.top[0][0]} ({part.top[0][1]})" if part.top and part.top[0][1].rows > 1 else "",
            )
        )
    return FigureTable("The figures of each column", head, tuple(rows))


def _figures(series: Series) -> FigureTable:
    rows = [(label, str(cell), f"{cell.rows:,}") for label, cell in zip(series.labels, series.cells, strict=True)]
    title = f"{series.title} by {GRAIN_NAMES[series.grain] if series.grain else series.by.name}"
    if len(rows) > _MOST_ROWS:
        title += f" (the last {_MOST_ROWS})" if series.grain else f" (the first {_MOST_ROWS})"
        rows = rows[-_MOST_ROWS:] if series.grain else rows[:_MOST_ROWS]
    return FigureTable(title[:1].upper() + title[1:], (series.by.name, series.title, "rows"), tuple(rows))
