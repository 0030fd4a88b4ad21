"""Charts as PNG: a line for time, bars for groups, a histogram for one measure. Every picture comes with its words."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.analysis import statistics
from tools.analysis.aggregate import GRAIN_NAMES, Series
from tools.analysis.fonts import drawable, families
from tools.analysis.trend import Trend
from tools.analysis.wording import compact, counted, sentence
from tools.data.source import Column

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _SCALE = (8.0, 4.5), 200
"""800 by 450 points at two pixels a point."""
_INK, _QUIET, _GRID, _BLUE, _ORANGE = "#1f2937", "#4b5563", "#e5e7eb", "#2563eb", "#d97706"
_MOST_BARS = 12
_MOST_TICKS = 8


@dataclass(frozen=True)
class Chart:
    """A picture and what it shows, in words for those who do not see it."""

    name: str
    png: bytes
    alt: str


def line(series: Series, trend: Trend | None = None) -> Chart:
    """The series over time, with the trend's line where one is given."""
    word = "over" if series.row_by_row else "by"
    figure, axes = _canvas(f"{sentence(series.title)} {word} {_period(series)}")
    x, y = np.array(series.places), series.values
    if series.row_by_row:
        axes.plot(x, y, "o", color=_BLUE, markersize=4, alpha=0.6)
    else:
        _line_with_gaps(axes, series, x, y)
    if trend is not None:
        label = f"trend ({trend.slope} a {trend.step})"
        ends = [int(np.argmin(x)), int(np.argmax(x))]
        axes.plot(x[ends], trend.line[ends], "--", color=_ORANGE, linewidth=2, label=drawable(label))
        axes.legend(frameon=False, fontsize=9, loc="best", labelcolor=_QUIET)
    _value_axis(axes, series.title, series.unit, y)
    axes.set_xlabel(_axis_name(series.by.name), color=_QUIET)
    if series.grain:
        every = max(1, -(-len(x) // _MOST_TICKS))
        axes.set_xticks(x[::every], [_tick(label) for label in series.labels[::every]])
    elif not series.row_by_row:
        axes.locator_params(axis="x", integer=True)
    first, last = series.cells[0], series.cells[-1]
    alt = (
        f"Line chart of the {series.title} {word} {_period(series)}: from {first} ({series.labels[0]}) "
        f"to {last} ({series.labels[-1]}) over {counted(len(y), 'point')}."
    )
    return _finished(figure, "trend" if trend else "line", alt)


def bars(series: Series, most: int = 0) -> Chart:
    """The groups as bars, the largest first; the smallest of many are named in the title as not shown."""
    shown = min(most or _MOST_BARS, len(series.cells))
    labels, y = series.labels[:shown], series.values[:shown]
    cut = f" (the {shown} largest of {len(series.cells)})" if shown < len(series.cells) else ""
    figure, axes = _canvas(f"{sentence(series.title)} by {series.by.name}{cut}")
    short = [drawable(textwrap.shorten(label, 30, placeholder="…") or label[:30]) for label in labels]
    lying = shown > 6 or max(len(label) for label in short) > 12
    places = np.arange(shown)
    if lying:
        drawn = axes.barh(places, y, color=_BLUE, height=0.7)
        axes.set_yticks(places, short)
        axes.invert_yaxis()
        _value_axis(axes, series.title, series.unit, y, lying=True)
        axes.set_ylabel(_axis_name(series.by.name), color=_QUIET)
    else:
        drawn = axes.bar(places, y, color=_BLUE, width=0.6)
        axes.set_xticks(places, short)
        _value_axis(axes, series.title, series.unit, y)
        axes.set_xlabel(_axis_name(series.by.name), color=_QUIET)
    axes.bar_label(drawn, [drawable(compact(float(v), series.unit)) for v in y], padding=3, fontsize=9, color=_INK)
    axes.margins(x=0.12 if lying else None, y=None if lying else 0.12)
    named = ", ".join(f"{label} {cell}" for label, cell in list(zip(labels, series.cells, strict=False))[:5])
    return _finished(figure, "bars", f"Bar chart of the {series.title} by {series.by.name}{cut}: {named}.")


def histogram(column: Column, values: statistics.Vector) -> Chart:
    """How the values of one measure are spread."""
    figure, axes = _canvas(f"Distribution of {column.name}")
    whole = bool((values == np.round(values)).all()) and np.ptp(values) <= 40
    if whole:
        edges = np.arange(values.min() - 0.5, values.max() + 1.5)
    else:
        count = int(np.clip(np.ceil(np.log2(len(values)) + 1) * 2, 5, 40))
        edges = (
            np.linspace(values.min(), values.max() or 1.0, count + 1)
            if np.ptp(values)
            else np.array([-0.5, 0.5]) + values[0]
        )
    times, _, _ = axes.hist(values, bins=list(edges), color=_BLUE, edgecolor="white", linewidth=0.8)
    _value_axis(axes, "rows", "", np.asarray(times))
    axes.xaxis.set_major_formatter(lambda value, _: drawable(compact(float(value), column.unit)))
    axes.set_xlabel(_axis_name(_with_unit(column.name, column.unit)), color=_QUIET)
    peak = int(np.argmax(times))
    alt = (
        f"Histogram of {column.name}, {counted(len(values), 'row')}: from {compact(values.min(), column.unit)} to "
        f"{compact(values.max(), column.unit)}, most between {compact(edges[peak], column.unit)} and "
        f"{compact(edges[peak + 1], column.unit)}."
    )
    return _finished(figure, "histogram", alt)


def _canvas(title: str) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, dpi=_SCALE, layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    lines = textwrap.wrap(title, 68, max_lines=2, placeholder="…")
    words = "\n".join(drawable(text) for text in lines)
    figure.suptitle(words, x=0.01, ha="left", color=_INK, fontsize=13, weight="bold")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_GRID)
    axes.tick_params(colors=_QUIET, labelsize=9, length=0)
    axes.set_axisbelow(True)
    return figure, axes


def _line_with_gaps(axes: Axes, series: Series, x: statistics.Vector, y: statistics.Vector) -> None:
    """The line breaks where periods are empty, unless that is usual; a point marks each figure while they are few."""
    breaks = np.flatnonzero(np.diff(x) > 1) + 1
    if not series.grain or len(breaks) > len(x) / 10:
        breaks = breaks[:0]
    marker, width = ("o" if len(x) <= 40 else ""), (2 if len(x) <= 150 else 1)
    for part_x, part_y in zip(np.split(x, breaks), np.split(y, breaks), strict=True):
        axes.plot(
            part_x,
            part_y,
            marker=marker or ("o" if len(part_x) == 1 else ""),
            color=_BLUE,
            linewidth=width,
            markersize=4,
        )


def _value_axis(axes: Axes, title: str, unit: str, values: statistics.Vector, *, lying: bool = False) -> None:
    """Whole, short numbers with their unit; from zero unless that would flatten the picture."""
    axis = axes.xaxis if lying else axes.yaxis
    axis.set_major_formatter(lambda value, _: drawable(compact(float(value), unit)))
    axis.grid(True, color=_GRID, linewidth=0.8)
    name = _axis_name(_with_unit(title, unit))
    (axes.set_xlabel if lying else axes.set_ylabel)(name, color=_QUIET)
    if not lying and len(values) and values.min() >= 0 and values.min() < 0.6 * values.max():
        axes.set_ylim(bottom=0)


def _axis_name(name: str) -> str:
    return drawable(textwrap.shorten(name, 45, placeholder="…") if len(name) > 45 else name)


def _with_unit(title: str, unit: str) -> str:
    return f"{title} ({unit})" if unit and unit.lower() not in title.lower() else title


def _period(series: Series) -> str:
    return GRAIN_NAMES[series.grain] if series.grain else series.by.name


def _tick(label: str) -> str:
    """A period's name, with its year on a line of its own."""
    short = label.removeprefix("week of ")
    head, _, year = short.rpartition(" ")
    return f"{head}\n{year}" if head else short


def _finished(figure: Figure, name: str, alt: str) -> Chart:
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_fontfamily(list(families()))
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return Chart(name, out.getvalue(), alt)
