"""One file in, one answer out; every number in its words is a computed cell."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from storage.values.errors import Refused
from tools.analysis.answer import KINDS, Analysis
from tools.analysis.run import analyse

QUESTIONS = [
    "",
    "revenue by region",
    "weekly units trend",
    "average revenue by product",
    "distribution of revenue",
    "units vs revenue",
]


def numbers(words: str) -> set[str]:
    return set(re.findall(r"\d(?:[\d.,]*\d)?", words))


def untraced(analysis: Analysis) -> set[str]:
    """The numbers in the words that stand in no cell and in no name."""
    words = "\n".join(line for line in analysis.text.split("\n") if not line.startswith("Note: "))
    for name in [analysis.source.name, *(column.name for column in analysis.source.columns)]:
        words = words.replace(name, " ")
    return numbers(words) - {number for cell in analysis.cells for number in numbers(f"{cell} {cell.where}")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_number_in_the_words_is_a_computed_cell(sales: Path, kind: str, question: str) -> None:
    made = analyse(sales, kind=kind, question=question)  # type: ignore[arg-type]
    assert untraced(made) == set()
    assert made.text.startswith("sales.csv: ")
    assert all(cell.operation for cell in made.cells)


def test_a_number_from_nowhere_would_be_found(sales: Path) -> None:
    made = analyse(sales, kind="profile")
    smuggled = Analysis(**{**vars(made), "text": made.text + "\nProfit: 4711."})
    assert untraced(smuggled) == {"4711"}


def test_sums_by_group_are_pandas_sums(sales: Path, sales_frame: pd.DataFrame) -> None:
    cells = analyse(sales, kind="chart", question="revenue by region").cells
    found = {cell.where: cell.value for cell in cells if cell.operation == "sum"}
    expected = sales_frame.groupby("region")["revenue"].sum()
    assert {name: float(value) for name, value in found.items()} == pytest.approx(expected.to_dict())
    assert all(isinstance(value, Decimal) for value in found.values())


def test_the_chart_shows_the_figures_of_the_words(sales: Path) -> None:
    made = analyse(sales, kind="chart", question="revenue by region")
    amounts = re.findall(r"\$[\d,.]+\d", made.text)
    assert amounts == re.findall(r"\$[\d,.]+\d", made.charts[0].alt)


def test_a_report_has_a_page_and_two_charts(sales: Path) -> None:
    made = analyse(sales, kind="report")
    assert [chart.name for chart in made.charts] == ["trend", "bars"]
    assert (made.report_html or "").startswith("<!doctype html>")
    assert 5 <= len(made.text.split("\n")) <= 15


def test_the_facts_of_the_job_are_told(sales: Path) -> None:
    made = analyse(sales, kind="profile", name="uploaded.csv")
    assert (made.source.name, made.source.rows, made.rows) == ("uploaded.csv", 731, 731)
    assert made.seconds > 0
    assert made.made_at.tzinfo is not None


def test_a_report_on_a_table_without_time_says_why_there_is_no_trend(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("when,region,sold\n2024-01-01,N,1\n2024-01-02,S,2\n2024-01-03,N,3\n2024-01-04,N,\n")
    made = analyse(tmp_path / "x.csv", kind="report")
    assert "a trend needs 4" in made.text
    assert [chart.name for chart in made.charts] == ["bars"]


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        ("a,b\n", "profile", "no rows"),
        ("name,town\nAnn,Rome\nBob,Oslo\n", "trend", "needs a column with dates or years"),
        ("name,town\nAnn,Rome\nBob,Oslo\n", "chart", "no numbers, dates or repeating words"),
        ("d,n\n03/04/2024,1\n05/06/2024,2\n", "trend", "day first"),
        ("<html>", "profile", "web page"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(tmp_path: Path, content: str, kind: str, words: str) -> None:
    (tmp_path / "x.csv").write_text(content)
    with pytest.raises(Refused, match=words):
        analyse(tmp_path / "x.csv", kind=kind)  # type: ignore[arg-type]


def test_the_persons_word_settles_the_order_of_dates(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("d,sold\n" + "\n".join(f"01/{month:02d}/2024,{month}" for month in range(1, 9)))
    made = analyse(tmp_path / "x.csv", kind="trend", question="trend, day first")
    assert "Jan 2024 to Aug 2024" in made.text


def test_asking_for_the_work_stays_light() -> None:
    """The package, its kinds and its questions are imported where no table is ever opened."""
    code = (
        "import sys, tools.analysis, tools.analysis.question, tools.analysis.answer, tools.data.upload;"
        "print({'pandas', 'matplotlib', 'scipy', 'typst'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_how_many_units_is_a_sum_and_how_many_orders_a_count(sales: Path) -> None:
    assert "Total units by" in analyse(sales, kind="chart", question="how many units per product").text
    assert "Number of rows by" in analyse(sales, kind="chart", question="how many orders per product").text


@pytest.mark.needs_data
def test_a_table_with_a_thousand_columns_is_told_in_few_words(data: Path) -> None:
    made = analyse(data / "tabular/m4/hourly-test.csv", kind="profile")
    assert len(made.text.split("\n")) <= 12


@pytest.mark.needs_data
def test_air_passengers_rise_by_about_thirty_two_a_year(data: Path) -> None:
    made = analyse(data / "tabular/classic/air_passengers.csv", kind="trend")
    slope = next(cell for cell in made.cells if cell.operation == "slope of least squares")
    assert float(slope.value) == pytest.approx(31.886, abs=1e-3)
    assert "It rises" in made.text
