"""Table: what every source of data hands over, with what was noticed and assumed on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Kind(StrEnum):
    """What the cells of a column are."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    TEXT = "text"

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL)

    @property
    def is_time(self) -> bool:
        return self in (Kind.DATE, Kind.DATETIME)


@dataclass(frozen=True)
class Limits:
    """How much one table may cost. Each has its own sentence when it is passed."""

    bytes: int = 50_000_000
    """The file as it lies on the disk."""
    unpacked_bytes: int = 500_000_000
    """The parts of a zipped workbook, as the archive declares them."""
    rows: int = 1_000_000
    columns: int = 2_000
    cells: int = 10_000_000
    memory: int = 3 << 30
    """Address space of the reading process, in bytes."""
    seconds: int = 60
    """Processor seconds of the reading process; twice as many on the wall clock."""
    handover_bytes: int = 1 << 30
    """What the reading process may write."""


@dataclass(frozen=True)
class Column:
    """One column: its name as the person wrote it, what it holds, and in what unit."""

    name: str
    kind: Kind
    unit: str = ""
    """A currency as written (€, USD), or %; empty when the file does not say."""

    @property
    def is_money(self) -> bool:
        return bool(self.unit) and self.unit != "%"


@dataclass(frozen=True)
class Table:
    """A table in memory. The frame has exactly `columns`, in that order; missing cells are missing, never zero."""

    name: str
    """What a person calls it: the file's name, and the sheet's where there are several."""
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    """What was noticed or assumed while reading, each a sentence."""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.frame)

    def column(self, name: str) -> Column:
        """The column of this exact name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
