"""Tables in spreadsheets, honest and hostile."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from storage.values.errors import Refused
from tools.data.source import Limits
from tools.data.upload import read_table

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def saved(book: Workbook, folder: Path) -> Path:
    path = folder / "book.xlsx"
    book.save(path)
    return path


def with_rows(*rows: list[object]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def crafted(sheet: str, folder: Path) -> Path:
    """An honest workbook whose sheet was exchanged."""
    honest = saved(with_rows(["a"], [1]), folder)
    out = io.BytesIO()
    with zipfile.ZipFile(honest) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, sheet if part == "xl/worksheets/sheet1.xml" else old.read(part))
    honest.write_bytes(out.getvalue())
    return honest


def test_typed_cells_keep_their_kind(tmp_path: Path) -> None:
    book = with_rows(
        ["n", "part", "day", "ok", "word"],
        [1, 1.5, date(2024, 1, 2), True, "x"],
        [2, 2.5, date(2024, 1, 3), False, "y"],
    )
    table = read_table(saved(book, tmp_path))
    assert [str(column.kind) for column in table.columns] == ["integer", "decimal", "date", "boolean", "text"]
    assert table.frame["n"].tolist() == [1, 2]


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("notes")["B2"] = "see the next sheet"
    data = book.create_sheet("data")
    for row in (["a", "b"], [1, 2], [3, 4]):
        data.append(row)
    table = read_table(saved(book, tmp_path))
    assert (table.sheet, table.other_sheets, table.rows) == ("data", ("notes",), 2)
    assert "“data”" in table.notes[0]
    assert "“notes”" in table.notes[0]


def test_hidden_sheets_stay_hidden(tmp_path: Path) -> None:
    book = with_rows(["secret", "x"], [1, 2])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("shown")
    for row in (["a", "b"], [3, 4]):
        shown.append(row)
    table = read_table(saved(book, tmp_path))
    assert (table.sheet, table.other_sheets) == ("shown", ())


def test_a_table_that_does_not_start_at_a1_is_found(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "Sales, confidential"
    for place, value in {
        "C4": "item",
        "D4": "n",
        "C5": "lamp",
        "D5": 4,
        "C6": "desk",
        "D6": 5,
        "C8": "Source: our own books",
    }.items():
        book.active[place] = value
    table = read_table(saved(book, tmp_path))
    assert table.frame.to_dict("list") == {"item": ["lamp", "desk"], "n": [4, 5]}


def test_text_in_a_column_of_amounts_keeps_leading_zeros(tmp_path: Path) -> None:
    table = read_table(saved(with_rows(["code", "n"], ["007", 1], ["008", 2]), tmp_path))
    assert table.frame["code"].tolist() == ["007", "008"]


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"sheets are empty"):
        read_table(saved(Workbook(), tmp_path))


def test_a_workbook_that_declares_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = crafted(_SHEET.format(" " * 30_000_000), tmp_path)
    assert path.stat().st_size < 100_000
    with pytest.raises(Refused, match=r"unpacks to 30 MB, and I take up to 20 MB"):
        read_table(path, limits=Limits(unpacked_bytes=20_000_000))


def test_two_cells_at_the_far_corners_do_not_fill_the_memory(tmp_path: Path) -> None:
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(Refused, match=r"cells|memory"):
        read_table(crafted(_SHEET.format(corners), tmp_path))


def test_a_million_cells_in_a_small_file_end_at_the_limit_of_time(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}">' + '<c t="inlineStr"><is><t>x</t></is></c>' * 100 + "</row>" for n in range(1, 30_001)
    )
    path = crafted(_SHEET.format(rows), tmp_path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Refused, match=r"took too long|memory|cells"):
        read_table(path, limits=Limits(seconds=1))


def test_what_the_reader_may_write_is_limited(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n" + "1.5,2.5\n" * 10_000)
    with pytest.raises(Refused, match=r"more than I can hold"):
        read_table(tmp_path / "x.csv", limits=Limits(handover_bytes=50_000))


def test_what_the_reader_may_hold_is_limited(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b,c\n" + "".join(f"{n}.5,word {n},2\n" for n in range(300_000)))
    with pytest.raises(Refused, match=r"memory"):
        read_table(tmp_path / "x.csv", limits=Limits(memory=300_000_000))
