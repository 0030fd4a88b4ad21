"""The second start: `deskhand demo` on a home that has been used, to its first prompt, against importing everything."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bot.bench.figures import Figure, Report
from bot.bench.processes import PROGRAM, Spent, environment, run, started

ROUNDS = 5
CPU, HELP = 4.0, 0.3
"""Goals, in CPU seconds."""

EAGER = (
    "aiosmtplib", "alembic.command", "arq", "charset_normalizer", "cryptography.fernet", "imapclient", "jinja2",
    "langchain.agents", "langchain_core.messages", "langchain_openai", "langgraph.graph",
    "langgraph.checkpoint.postgres.aio", "lxml.html", "matplotlib.pyplot", "nh3", "numpy", "onnxruntime", "openai",
    "pandas", "pgvector.sqlalchemy", "psycopg", "pydantic_settings", "python_calamine", "dateutil", "yaml",
    "rapidfuzz", "redis.asyncio", "rich.console", "scipy.special", "sqlalchemy.orm", "sqlalchemy.ext.asyncio",
    "starlette.applications", "structlog", "tenacity", "typer", "typst", "uvicorn",
)  # fmt: skip
"""What the program depends on, imported at once as a program does that does not think of it."""

HEAVY = ("pandas", "matplotlib", "statsmodels", "langchain_openai", "openai", "scipy", "onnxruntime", "alembic")
"""What must not be loaded, or is worth knowing about, when the offline brain greets."""

PACKAGES = ("langgraph", "langchain-core", "langchain-openai", "pandas", "matplotlib", "sqlalchemy", "psycopg")


def bench(rounds: int = ROUNDS) -> Report:
    """Measures, on a home of its own."""
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as folder:
        home = Path(folder)
        with started(["demo"], home) as first:
            pass
        starts, imports, helps = [], [], []
        for _ in range(rounds):
            with started(["demo"], home) as spent:
                starts.append(spent)
            imports.append(run([sys.executable, "-c", f"import {', '.join(_installed())}"], environment(home)))
            helps.append(run([*PROGRAM, "--help"], environment(home)))
        return _report(first, starts, imports, helps, _loaded(home))


def _report(
    first: Spent, starts: Sequence[Spent], imports: Sequence[Spent], helps: Sequence[Spent], loaded: Sequence[str]
) -> Report:
    eager, name = _cpu(imports), "importing everything"
    return Report(
        "start",
        [
            Figure("second `deskhand demo` to its prompt, CPU, servers included", _cpu(starts), "s", eager, name, CPU),
            Figure("second `deskhand demo` to its prompt, on the clock", median(one.wall for one in starts), "s"),
            Figure("first `deskhand demo` to its prompt, CPU, servers included", first.cpu, "s"),
            Figure("`deskhand --help`, CPU", _cpu(helps), "s", eager, name, HELP),
            Figure(f"loaded at the prompt, of {', '.join(HEAVY)}", len(loaded), "packages", goal=0),
        ],
        [
            f"CPU is of the program, everything that it starts, Postgres and Valkey; medians of {len(starts)} interleaved rounds.",
            f"Loaded at the prompt of those: {', '.join(loaded) or 'none'}.",
            f"The baseline is one process that imports {len(_installed())} modules and ends, without servers.",
        ],
        PACKAGES,
    )


def _cpu(spent: Sequence[Spent]) -> float:
    return median(one.cpu for one in spent)


def _installed() -> list[str]:
    return [name for name in EAGER if find_spec(name.partition(".")[0])]


def _loaded(home: Path) -> list[str]:
    """Which of the heavy packages a program has loaded at its prompt, by the interpreter's own record."""
    with tempfile.TemporaryFile() as record:
        with started(["demo"], home, record.fileno(), flags=("-X", "importtime")):
            pass
        record.seek(0)
        names = {line.rpartition(b"|")[2].strip().decode() for line in record if line.startswith(b"import time:")}
    return [name for name in HEAVY if name in names]
