"""The report: one self-contained HTML page, or the same as PDF. What the table says is text in both, never markup."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

from tools.analysis.answer import Analysis, Section

_HERE = Path(__file__).parent


def html(analysis: Analysis) -> str:
    """The report as a page that needs nothing else: no script, no link, pictures inside."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pictures = [base64.b64encode(chart.png).decode() for chart in analysis.charts]
    return environment.get_template("report.html.j2").render(**_content(analysis), pictures=pictures)


def pdf(analysis: Analysis) -> bytes:
    """The report as PDF, set by Typst. Words go in as JSON data; the document itself is ours."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.typ")
        page.write_bytes((_HERE / "report.typ").read_bytes())
        for number, chart in enumerate(analysis.charts):
            Path(folder, f"chart{number}.png").write_bytes(chart.png)
        content = json.dumps(_content(analysis))
        return typst.compile(str(page), root=folder, format="pdf", sys_inputs={"content": content})


def _content(analysis: Analysis) -> dict[str, Any]:
    source = analysis.source
    return {
        "title": source.name,
        "question": analysis.question,
        "notes": list(analysis.notes),
        "sections": [_section(analysis, section) for section in analysis.sections],
        "provenance": [
            f"File: {source.name}, {source.rows:,} rows, {len(source.columns)} columns",
            f"SHA-256 of the file: {source.sha256}",
            f"Made {analysis.made_at:%Y-%m-%d %H:%M} UTC from {len(analysis.cells):,} computed figures",
        ],
    }


def _section(analysis: Analysis, section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "lines": list(section.lines),
        "charts": [{"alt": chart.alt, "number": analysis.charts.index(chart)} for chart in section.charts],
        "tables": [
            {"title": table.title, "head": list(table.head), "rows": [list(row) for row in table.rows]}
            for table in section.tables
        ],
    }
