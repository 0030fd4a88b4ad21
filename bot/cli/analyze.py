"""`deskhand analyze`: the analysis engine without a chat."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from storage.values.errors import Refused

if TYPE_CHECKING:
    from tools.analysis.answer import Analysis, KindOfAnalysis

_FORMS = (".html", ".pdf")


def command(
    file: Annotated[Path, typer.Argument(help="A CSV, TSV, XLSX, XLS or ODS file.")],
    op: Annotated[
        str, typer.Option(help="profile, trend, chart or report; left out: what the question and --report suggest.")
    ] = "",
    question: Annotated[str, typer.Option(help='What to look at, as in "monthly revenue" or "sales by region".')] = "",
    report: Annotated[Path | None, typer.Option(help="Write a report here: a path ending in .html or .pdf.")] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print every computed cell with the operation that made it.")
    ] = False,
) -> None:
    """Analyses a table: its figures, a trend, a chart, a report."""
    from tools.analysis.answer import KINDS

    if op and op not in KINDS:
        raise typer.BadParameter(f"{op} is none of {', '.join(KINDS)}.", param_hint="--op")
    if report is not None and report.suffix.lower() not in _FORMS:
        raise typer.BadParameter(f"{report.name} should end in .html or .pdf.", param_hint="--report")
    try:
        analysis = _analysed(file, _kind(op, question, report), question)
        if report is not None:
            _write(analysis, report)
    except Refused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from refused
    typer.echo(jsonlib.dumps(_as_json(analysis), ensure_ascii=False) if json else analysis.text)
    if report is not None:
        typer.echo(f"The report is in {report}.", err=json)


def _kind(op: str, question: str, report: Path | None) -> KindOfAnalysis:
    """The kind that was named; else a report if one is to be written, a trend or a chart if the question says so."""
    from tools.analysis.answer import KINDS
    from tools.analysis.question import suggested_kind

    return next((kind for kind in KINDS if kind == op), "report" if report else suggested_kind(question))


def _analysed(file: Path, kind: KindOfAnalysis, question: str) -> Analysis:
    from tools.analysis.run import analyse

    return analyse(file, kind=kind, question=question)


def _write(analysis: Analysis, path: Path) -> None:
    from tools.analysis import report

    content = report.pdf(analysis) if path.suffix.lower() == ".pdf" else report.html(analysis).encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(f"I could not write the report to {path}: {error.strerror}. Try another folder.") from error


def _as_json(analysis: Analysis) -> dict[str, Any]:
    source = analysis.source
    return {
        "kind": analysis.kind,
        "question": analysis.question,
        "text": analysis.text,
        "notes": analysis.notes,
        "table": {
            "name": source.name,
            "rows": source.rows,
            "columns": [{"name": c.name, "kind": c.kind, "unit": c.unit} for c in source.columns],
            "sheet": source.sheet,
            "other_sheets": source.other_sheets,
            "sha256": source.sha256,
        },
        "cells": [
            {
                "value": cell.value if isinstance(cell.value, int | float | str) else str(cell.value),
                "shown": str(cell),
                "operation": cell.operation,
                "column": cell.column,
                "rows": cell.rows,
                "where": cell.where,
                "unit": cell.unit,
            }
            for cell in analysis.cells
        ],
        "charts": [{"name": chart.name, "alt": chart.alt} for chart in analysis.charts],
        "made_at": analysis.made_at.isoformat(),
        "seconds": analysis.seconds,
    }
