"""What the agent can do with tables: ask for an analysis, which a worker makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field
from rapidfuzz import fuzz, process
from sqlalchemy.engine import Row

from storage.values.access import Permission
from storage.values.errors import Refused
from tools.tool import Ask, OpenTable, Result, tool
from tools.toolbox import Toolbox
from tools.work import RUN_ANALYSIS

Kind = Literal["profile", "trend", "chart", "report"]

_ALIKE = 75
"""How alike (0 to 100, rapidfuzz) a said name and a file's name must be."""


@tool(Permission.LAUNCH_JOBS)
async def run_analysis(
    box: Toolbox,
    ask: Ask,
    file: Annotated[str, Field(description="Name of a file the person gave; empty means the one in sight.")] = "",
    kind: Annotated[
        Kind,
        Field(description="profile: what is in it; trend: over time; chart: a picture; report: all in a document."),
    ] = "profile",
    question: Annotated[
        str, Field(description="What to look at, in the person's words, such as 'revenue by month'.")
    ] = "",
) -> Result:
    """Analyses a table that the person gave (CSV or Excel): figures, a trend, a chart or a report. The result follows."""
    table = await _table(box, ask, file)
    async with box.database.acting_as(ask.caller) as tx:
        job = await tx.jobs.add(
            RUN_ANALYSIS.kind,
            RUN_ANALYSIS.queue.name,
            {"file": str(table.id), "kind": kind, "question": question},
            person=ask.caller.person,
            conversation=ask.conversation,
            once=f"analysis:{ask.request}",
        )
        await tx.audit.sign(
            ask.caller.person, "job_created", f"job:{job}", {"kind": kind, "file": table.name}, origin=ask.request
        )
    return Result(f"I am looking at {table.name}; the result follows here.", replace(ask.focus, table=table))


async def _table(box: Toolbox, ask: Ask, name: str) -> OpenTable:
    if not name.strip() and ask.focus.table is not None:
        return ask.focus.table
    async with box.database.acting_as(ask.caller) as tx:
        known = await tx.files.tables(ask.caller.person)
    if not known:
        raise Refused("I have no table yet. Give me a CSV or Excel file first, for example with /analyze FILE.")
    row = _named(known, name) if name.strip() else known[0]
    return OpenTable(row.id, row.name)


def _named(known: Sequence[Row[Any]], name: str) -> Row[Any]:
    names = {place: row.name.casefold() for place, row in enumerate(known)}
    best = process.extractOne(name.casefold(), names, scorer=fuzz.partial_ratio, score_cutoff=_ALIKE)
    if best is None:
        listed = ", ".join(row.name for row in known[:5])
        raise Refused(f"I have no table called {name}. I have: {listed}.")
    return known[best[2]]
