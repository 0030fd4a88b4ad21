"""`analyse`: one file and one kind of analysis in, one answer out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from storage.values.clock import now
from storage.values.errors import Refused
from tools.analysis import kinds, report
from tools.analysis.answer import Analysis, KindOfAnalysis, Section, Source
from tools.analysis.cells import Ledger
from tools.analysis.question import understand
from tools.data.dates import Order
from tools.data.source import Limits, Table
from tools.data.upload import read_table

_MOST_NOTES = 3
_MOST_LINES = 4
"""So many lines of each part of a report are told in the chat."""


def analyse(
    path: Path, *, kind: KindOfAnalysis, question: str = "", name: str = "", limits: Limits | None = None
) -> Analysis:
    """Reads the file and answers. `name` is what to call it, if not by its own name. Takes CPU: call it off the event loop.

    Refused, in one sentence, when the file is no table, has no rows, or lacks what the question needs.
    """
    started = time.perf_counter()
    table = read_table(path, limits=limits, order=_order(question), name=name)
    if not table.rows:
        raise Refused(f"{table.name} has column names but no rows, so there is nothing to analyse.")
    request = understand(question, table)
    ledger = Ledger()
    sections = tuple(kinds.KINDS[kind](table, request, ledger))
    unused = [f"I did nothing with the words: {', '.join(request.unused)}."] if request.unused else []
    notes = (*unused, *table.notes)
    answer = Analysis(
        kind,
        question,
        _spoken(table, sections, notes),
        sections,
        tuple(ledger.cells),
        notes,
        _source(path, table),
        now(),
        round(time.perf_counter() - started, 3),
    )
    return replace(answer, report_html=report.html(answer)) if kind == "report" else answer


def _spoken(table: Table, sections: Sequence[Section], notes: Sequence[str]) -> str:
    """What is worth a chat message: all of one section, or the beginning of each of several, and the first notes."""
    worded = [section for section in sections if section.lines]
    most = _MOST_LINES if len(worded) > 1 else None
    lines = [line for section in worded for line in section.lines[:most]]
    return "\n".join([f"{table.name}: {lines[0]}", *lines[1:], *(f"Note: {note}" for note in notes[:_MOST_NOTES])])


def _order(question: str) -> Order | None:
    """The person's word on dates like 03/04/2024."""
    words = question.lower().replace("-", " ")
    return "day first" if "day first" in words else "month first" if "month first" in words else None


def _source(path: Path, table: Table) -> Source:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Source(table.name, table.rows, table.columns, table.sheet, table.other_sheets, digest)
