"""What the cells of a column are: each column is understood as a whole, and what was assumed is said in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from tools.data import dates, numerals
from tools.data.dates import Dates, Order
from tools.data.handover import Array, Parsed
from tools.data.numerals import Convention, Numbers
from tools.data.source import Kind
from tools.data.workbook import Cell

_ALWAYS_MISSING = {
    "",
    "NULL",
    "null",
    "NaN",
    "nan",
    "N/A",
    "n/a",
    "#N/A",
    "#DIV/0!",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
}
_MISSING_AMONG_NUMBERS = {"NA", "na", "Na", "None", "none", "nil", "-", "--", "–", "—", ".", "..", "...", "?"}
_TRUTHS = [("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("ja", "nein"), ("oui", "non"), ("sí", "no")]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a table's dates have no zone
_MOST_CATEGORIES = 50


class _Cells:
    """One column, looked at once: its cells, how often each text occurs, and which of them may be numbers."""

    def __init__(self, name: str, cells: Sequence[Cell]) -> None:
        self.name = name
        stripped: list[Cell] = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
        self.kinds = {type(cell) for cell in stripped if cell != ""}
        natively = self.kinds <= {int, float} or self.kinds == {bool} or self.kinds <= {date, datetime}
        self.cells: list[Cell] = stripped if natively or self.kinds == {str} else [_written(cell) for cell in stripped]
        texts = Counter(cell for cell in self.cells if isinstance(cell, str)) if not natively else Counter()
        for word in _ALWAYS_MISSING:
            texts.pop(word, None)
        self.doubtful = {word for word in texts if len(word) <= 9 and _stands_for_missing(word)}
        """Texts that mean "no value" if the column is one of numbers or dates."""
        self.counts: Counter[str] = Counter({t: n for t, n in texts.items() if t not in self.doubtful})
        self.survey = numerals.survey(self.counts)


class Columns:
    """Reads the columns of one table, which share a convention for decimals and words for missing."""

    def __init__(
        self, names: Sequence[str], cells: Sequence[Sequence[Cell]], delimiter: str, order: Order | None
    ) -> None:
        self._order = order
        self._remarks: dict[str, list[str]] = {}
        self._columns = [_Cells(name, column) for name, column in zip(names, cells, strict=True)]
        self._fallback = self._convention(delimiter)
        self._missing_words = self._missing_throughout()

    def read(self) -> tuple[Parsed, ...]:
        """The columns, in order; `notes` says afterwards what was noticed."""
        return tuple(self._column(column) for column in self._columns)

    @property
    def notes(self) -> list[str]:
        """What was noticed, one sentence for all columns that it holds for."""
        return [f"{_listed(names)}: {remark}" for remark, names in self._remarks.items()]

    def _remark(self, name: str, remark: str) -> None:
        self._remarks.setdefault(remark, []).append(name)

    def _convention(self, delimiter: str) -> Convention:
        """How to read "1,234" where the column itself leaves it open: as most other columns do. With no other column to
        tell, the point parts the fraction, but in a file that spares the comma (its delimiter is ;) the comma does."""
        found = Counter(numerals.evidence(column.survey) for column in self._columns)
        if found[Convention.POINT] != found[Convention.COMMA]:
            return Convention.COMMA if found[Convention.COMMA] > found[Convention.POINT] else Convention.POINT
        spares_commas = delimiter == ";" and any(numerals.has_open_commas(column.survey) for column in self._columns)
        return Convention.COMMA if spares_commas else Convention.POINT

    def _missing_throughout(self) -> set[str]:
        """Words that stand for a missing value among numbers or dates stand for it in the columns of words too."""
        words: set[str] = set()
        for column in self._columns:
            if column.doubtful and isinstance(self._recognised(column), Numbers | Dates):
                words |= column.doubtful
        return words

    def _recognised(self, column: _Cells) -> Numbers | Dates | str:
        """The column as numbers or dates, or why it is neither (empty when there is nothing to say)."""
        numbers = numerals.recognise(column.counts, column.survey, self._fallback)
        if isinstance(numbers, Numbers) or numbers.why:
            return numbers if isinstance(numbers, Numbers) else numbers.why
        found = dates.recognise(column.counts, column.name, self._order)
        return found if isinstance(found, Dates) else found.why

    def _column(self, column: _Cells) -> Parsed:
        name, cells, kinds = column.name, column.cells, column.kinds
        if kinds and kinds <= {int, float}:
            return self._native_numbers(name, cells)
        if kinds == {bool}:
            return self._mapped(name, Kind.BOOLEAN, cells, {True: 1, False: 0}, np.int8)
        if kinds and kinds <= {date, datetime}:
            return self._moments(name, cells, {cell: _datetime(cell) for cell in set(cells) if cell != ""})
        if truths := _truths(column.counts):
            return self._mapped(name, Kind.BOOLEAN, cells, truths, np.int8)
        found = self._recognised(column)
        if isinstance(found, Numbers):
            self._note_numbers(name, found, column.counts)
            unit = found.unit or numerals.unit_in_header(name)
            return self._mapped(name, _number_kind(found.whole), cells, found.values, unit=unit)
        if isinstance(found, Dates):
            self._note_strays(name, found.strays, column.counts, "dates")
            for note in found.notes:
                self._remark(name, note)
            return self._moments(name, cells, found.values)
        if found:
            self._remark(name, found)
        return self._words(column)

    def _native_numbers(self, name: str, cells: list[Cell]) -> Parsed:
        values = {cell: float(cell) for cell in set(cells) if isinstance(cell, int | float)}
        whole = all(value.is_integer() and abs(value) < 1e15 for value in values.values())
        return self._mapped(name, _number_kind(whole), cells, values, unit=numerals.unit_in_header(name))

    def _words(self, column: _Cells) -> Parsed:
        words = tuple(word for word in (*column.counts, *column.doubtful) if word not in self._missing_words)
        few = len(words) <= _MOST_CATEGORIES and 0 < 2 * len(words) <= column.counts.total()
        places = {word: place for place, word in enumerate(words)}
        kind = Kind.CATEGORY if few else Kind.TEXT
        return self._mapped(column.name, kind, column.cells, places, np.int32, words=words)

    def _moments(self, name: str, cells: Sequence[Cell], moments: Mapping[Any, datetime]) -> Parsed:
        with_time = any(moment.time() != time() for moment in moments.values())
        micro = {cell: (moment - _EPOCH) // timedelta(microseconds=1) for cell, moment in moments.items()}
        return self._mapped(name, Kind.DATETIME if with_time else Kind.DATE, cells, micro, np.int64)

    def _mapped(
        self,
        name: str,
        kind: Kind,
        cells: Sequence[Cell],
        values: Mapping[Any, float],
        dtype: type[np.generic] = np.float64,
        unit: str = "",
        words: tuple[str, ...] = (),
    ) -> Parsed:
        found = [values.get(cell) for cell in cells]
        missing = np.fromiter((value is None for value in found), dtype=np.bool_, count=len(found))
        array: Array = np.fromiter((0 if value is None else value for value in found), dtype=dtype, count=len(found))
        return Parsed(name, kind, unit, array, missing, words)

    def _note_numbers(self, name: str, numbers: Numbers, counts: Counter[str]) -> None:
        self._note_strays(name, numbers.strays, counts, "numbers")
        if numbers.is_open:
            self._remark(name, f"numbers like 1.234 or 1,234 are read with {numbers.convention}.")
        elif numbers.convention is Convention.COMMA:
            self._remark(name, f"read with {numbers.convention}.")

    def _note_strays(self, name: str, strays: tuple[str, ...], counts: Counter[str], nouns: str) -> None:
        if not strays:
            return
        times = sum(counts[stray] for stray in strays)
        shown = ", ".join(f"“{stray[:30]}”" for stray in strays[:3]) + (" …" if len(strays) > 3 else "")
        cells = f"1 cell is not among the {nouns}" if times == 1 else f"{times:,} cells are not {nouns}"
        self._remark(name, f"{cells} ({shown}) and counted as missing.")


def _listed(names: list[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    if len(quoted) > 4:
        quoted = [*quoted[:3], f"{len(quoted) - 3} more columns"]
    return " and ".join(part for part in (", ".join(quoted[:-1]), quoted[-1]) if part)


def _stands_for_missing(word: str) -> bool:
    """Whether the word means "no value" where it stands among numbers or dates."""
    return word in _MISSING_AMONG_NUMBERS or not word.strip("*")


def _written(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _datetime(cell: Cell) -> datetime:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    assert isinstance(cell, date)
    return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a table's dates have no zone


def _truths(counts: Counter[str]) -> dict[str, int]:
    """What each text means if they all come from one pair of yes and no; empty if they do not."""
    lower = {text.lower() for text in counts}
    for yes, no in _TRUTHS:
        if lower == {yes, no} or (lower and lower <= {"true", "false"}):
            return {text: int(text.lower() in (yes, "true")) for text in counts}
    return {}


def _number_kind(whole: bool) -> Kind:
    return Kind.INTEGER if whole else Kind.DECIMAL
