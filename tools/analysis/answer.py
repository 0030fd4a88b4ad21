"""Analysis: the answer to one question about one table, with its figures, its charts and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tools.analysis.cells import Cell
from tools.analysis.charts import Chart
from tools.data.source import Column

KindOfAnalysis = Literal["profile", "trend", "chart", "report"]
KINDS: tuple[KindOfAnalysis, ...] = ("profile", "trend", "chart", "report")


@dataclass(frozen=True)
class Source:
    """Where the figures come from."""

    name: str
    rows: int
    columns: tuple[Column, ...]
    sheet: str
    other_sheets: tuple[str, ...]
    sha256: str
    """Of the file's bytes."""


@dataclass(frozen=True)
class FigureTable:
    """Figures to be set as a table; every entry is already in words. The first column names, the others count."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """One part of an answer: what it says, shows and counts."""

    title: str
    lines: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[FigureTable, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """An answer. `text` is for the chat; each number in it is one of the `cells`."""

    kind: KindOfAnalysis
    question: str
    text: str
    sections: tuple[Section, ...]
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    source: Source
    made_at: datetime
    seconds: float
    """How long it took, reading included."""
    report_html: str | None = None

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All pictures, in order."""
        return tuple(chart for section in self.sections for chart in section.charts)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.source.rows
