"""The analysis in a process of its own: a table cannot take the assistant's memory, time or life with it.

    python -m tools.analysis.child FOLDER NAME KIND QUESTION

reads FOLDER/NAME and leaves FOLDER/result.json beside the charts and the report; exit code 1 with a sentence on standard
error when the table is refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from storage.values.errors import Refused
from tools.analysis.run import analyse

RESULT = "result.json"


def main(folder: Path, name: str, kind: str, question: str) -> None:
    """Analyses and writes down."""
    analysis = analyse(folder / name, kind=kind, question=question)  # type: ignore[arg-type]  # checked by the tool
    files = []
    for place, chart in enumerate(analysis.charts, start=1):
        path = folder / f"chart-{place}.png"
        path.write_bytes(chart.png)
        files.append(
            {
                "path": path.name,
                "name": f"{Path(name).stem}-{chart.name}.png",
                "media_type": "image/png",
                "text": chart.alt,
            }
        )
    if analysis.report_html:
        path = folder / "report.html"
        path.write_text(analysis.report_html, encoding="utf-8")
        words = f"Report on {name}"
        files.append(
            {"path": path.name, "name": f"{Path(name).stem}-report.html", "media_type": "text/html", "text": words}
        )
    result = {"text": analysis.text, "rows": analysis.rows, "files": files}
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), *sys.argv[2:5])
    except Refused as refusal:
        sys.stderr.write(str(refusal))
        sys.exit(1)
