"""Cell: a computed value that knows which operation made it, from which column and how many rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tools.analysis import wording

Value = int | float | str | Decimal


@dataclass(frozen=True)
class Cell:
    """One computed value. Printed, it is the words that a summary uses; a summary uses nothing else."""

    value: Value
    operation: str
    column: str
    rows: int
    """How many rows of the table went into it."""
    where: str = ""
    """The group or period it is about; empty for all rows."""
    unit: str = ""

    def __str__(self) -> str:
        return wording.shown(self.value, self.unit)


@dataclass
class Ledger:
    """Collects the cells of an analysis in the order in which they were computed."""

    cells: list[Cell] = field(default_factory=list)

    def add(
        self, value: Value, operation: str, column: str = "", rows: int = 0, *, where: str = "", unit: str = ""
    ) -> Cell:
        """Keeps a value with where it comes from, and gives it back as a cell."""
        cell = Cell(value, operation, column, rows, where, unit)
        self.cells.append(cell)
        return cell
