"""`deskhand analyze`: the engine from a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli.analyze import command


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    months = [
        f"2024-{month:02d}-01,{('North', 'South')[month % 2]},${month * 100 + month % 3}.50" for month in range(1, 13)
    ]
    path.write_text("month,region,revenue\n" + "\n".join(months))
    return path


def run(*words: object) -> Result:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, [str(word) for word in words])


def test_without_options_it_profiles(sales: Path) -> None:
    done = run(sales)
    assert (done.exit_code, done.stdout.split("\n")[0]) == (0, "sales.csv: 12 rows, 3 columns.")


def test_a_question_chooses_the_operation(sales: Path) -> None:
    assert json.loads(run(sales, "--question", "revenue by region", "--json").stdout)["kind"] == "chart"
    assert json.loads(run(sales, "--question", "revenue trend", "--json").stdout)["kind"] == "trend"


def test_json_prints_every_cell_with_its_operation(sales: Path) -> None:
    printed = json.loads(run(sales, "--op", "chart", "--question", "revenue by region", "--json").stdout)
    assert {(cell["operation"], cell["where"], cell["shown"], cell["rows"]) for cell in printed["cells"]} == {
        ("sum", "North", "$4,209.00", 6),
        ("sum", "South", "$3,609.00", 6),
    }
    assert printed["table"]["columns"][2] == {"name": "revenue", "kind": "decimal", "unit": "$"}


@pytest.mark.parametrize(("ending", "start"), [("html", b"<!doctype html>"), ("pdf", b"%PDF-")])
def test_a_report_is_written(sales: Path, tmp_path: Path, ending: str, start: bytes) -> None:
    done = run(sales, "--report", tmp_path / f"out.{ending}")
    assert done.exit_code == 0
    assert (tmp_path / f"out.{ending}").read_bytes().startswith(start)
    assert f"out.{ending}" in done.stdout.replace("\n", "")


def test_json_stays_json_beside_a_report(sales: Path, tmp_path: Path) -> None:
    assert json.loads(run(sales, "--json", "--report", tmp_path / "out.html").stdout)["kind"] == "report"


def test_a_refusal_goes_to_standard_error_with_code_one(tmp_path: Path) -> None:
    done = run(tmp_path / "gone.csv")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("I could not read gone.csv as a table: there is no such file.")


def test_a_folder_that_is_not_there_is_a_refusal(sales: Path, tmp_path: Path) -> None:
    done = run(sales, "--report", tmp_path / "nowhere" / "out.html")
    assert done.exit_code == 1
    assert "Try another folder" in done.stderr


@pytest.mark.parametrize("words", [["--op", "guess"], ["--report", "out.docx"], ["--nonsense"]])
def test_wrong_usage_has_code_two(sales: Path, words: list[str]) -> None:
    assert run(sales, *words).exit_code == 2
