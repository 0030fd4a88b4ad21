"""Real tables of many origins: each one loads, or is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.values.errors import Refused
from tools.data.upload import read_table

pytestmark = pytest.mark.needs_data
TRY = "Try a file with a table in it."


def refusal(file: Path) -> str:
    """Why the file cannot be read; empty when it can."""
    try:
        read_table(file)
    except Refused as refused:
        return str(refused)
    return ""


def test_every_messy_file_loads_or_is_refused_politely(data: Path) -> None:
    files = sorted((data / "tabular/messy").iterdir())
    refused = [sentence for file in files if (sentence := refusal(file))]
    assert len(files) >= 76
    assert refused == ["I could not read messytables__libreoffice.xlsx as a table: its sheets are empty. " + TRY]


def test_csv_spectrum_reads_as_its_authors_expect(data: Path) -> None:
    lines = [json.loads(line) for line in (data / "tabular/messy_index.jsonl").read_text().splitlines()]
    for case in (line for line in lines if "expected" in line):
        frame = read_table(data / "tabular" / case["file"]).frame
        assert frame.astype(str).to_dict("records") == case["expected"]


def test_workbooks_agree_with_their_reference(data: Path) -> None:
    references = json.loads((data / "tabular/reference.json").read_text())
    for reference in (entry for entry in references if "sheets" in entry):
        table = read_table(data / "tabular" / reference["file"])
        expected = reference["sheets"][table.sheet]
        assert (table.rows, [column.name for column in table.columns]) == (expected["rows"], expected["columns"])
        assert table.frame.mean(numeric_only=True).to_dict() == pytest.approx(expected["means"], rel=1e-12)
        assert {*table.other_sheets, table.sheet} == {*reference["sheets"]} | {*table.other_sheets}


def test_titles_and_footnotes_of_a_workbook_are_left_out(data: Path) -> None:
    table = read_table(data / "tabular/xlsx/deaths.xlsx")
    assert [column.name for column in table.columns][:3] == ["Name", "Profession", "Age"]
    assert (table.rows, table.frame["Name"].iloc[-1]) == (10, "George Michael")


def test_classic_tables_agree_with_their_figures(data: Path) -> None:
    for reference in json.loads((data / "tabular/reference.json").read_text()):
        for name, figures in reference.get("computed_here", {}).get("describe", {}).items():
            column = read_table(data / "tabular" / reference["file"]).frame[name].astype("float64")
            assert (column.count(), column.isna().sum()) == (figures["count"], figures["missing"])
            assert (column.mean(), column.median()) == pytest.approx((figures["mean"], figures["median"]), rel=1e-12)
