"""Rows out of a spreadsheet (XLSX, XLS, ODS) by calamine: the first visible sheet that holds a table."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from storage.values.errors import Refused
from tools.data.source import Limits

Cell = str | int | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet and the names of the others that hold something."""

    name: str
    rows: list[list[Cell]]
    others: tuple[str, ...]


def read(data: bytes, limits: Limits) -> Sheet:
    """Reads the bytes of a workbook. Refused when it is locked, broken, empty or unpacks to too much."""
    _check_unpacked_size(data, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        return _first_with_a_table(book, names, limits)
    except PasswordError as error:
        raise Refused("it is locked with a password. Try a copy without one.") from error
    except CalamineError as error:
        raise Refused("the workbook is damaged. Try to open it and save it again.") from error


def _check_unpacked_size(data: bytes, limits: Limits) -> None:
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Refused("the workbook is damaged. Try to open it and save it again.") from error
    if unpacked > limits.unpacked_bytes:
        raise Refused(
            f"it unpacks to {unpacked // 1_000_000:,} MB, and I take up to {limits.unpacked_bytes // 1_000_000:,} MB. "
            "Try to save the sheet as CSV."
        )


def _first_with_a_table(book: CalamineWorkbook, names: list[str], limits: Limits) -> Sheet:
    """The first sheet of at least two rows and two columns; failing that, the first that is not empty."""
    sizes: dict[str, tuple[int, int]] = {}
    for name in names:
        sheet = book.get_sheet_by_name(name)
        sizes[name] = (sheet.height, sheet.width)
        if sheet.height > 1 and sheet.width > 1:
            break
    filled = [name for name, (height, width) in sizes.items() if height and width]
    if not filled:
        raise Refused("its sheets are empty. Try a file with a table in it.")
    chosen = next((name for name in filled if min(sizes[name]) > 1), filled[0])
    height, width = sizes[chosen]
    if height * width > 2 * limits.cells:
        raise Refused(
            f"the sheet “{chosen}” reaches over {height:,} rows and {width:,} columns, and I take up to {limits.cells:,} "
            "cells. Try to save the part that matters as CSV."
        )
    others = tuple(name for name in names if name != chosen and sizes.get(name, (1, 1)) != (0, 0))
    rows: list[list[Cell]] = [list(row) for row in book.get_sheet_by_name(chosen).iter_rows()]
    return Sheet(chosen, rows, others)
