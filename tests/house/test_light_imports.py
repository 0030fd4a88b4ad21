"""Heavy libraries are imported by what does the work, when it does it; starting and answering stay light."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

WORKERS_OWN = ("pandas", "matplotlib", "statsmodels")
"""Libraries of the analysis, which runs in a process of its own."""

DOORS = (
    "bot.cli.demo",
    "bot.cli.at_work",
    "bot.cli.chat",
    "bot.program",
    "bot.desk",
    "bot.delivery",
    "jobs",
    "jobs.runner",
    "jobs.worker",
    "agent.assistant",
    "agent.approval",
    "tools",
    "tools.llm.offline.brain",
)
"""What a process holds that talks with people and does the jobs."""


@cache
def loaded(code: str) -> frozenset[str]:
    """The packages that a fresh process has loaded after this code."""
    report = (
        "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    program = f"try:\n    {code}\nfinally:\n    {report}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return frozenset(json.loads(done.stderr.splitlines()[-1]))


def test_nobody_who_talks_loads_the_analysis_libraries() -> None:
    assert not loaded(f"import {', '.join(DOORS)}").intersection(WORKERS_OWN)


def test_the_offline_brain_thinks_without_the_client_of_another_model() -> None:
    assert not loaded(f"import {', '.join(DOORS)}").intersection(
        {"openai", "langchain_openai", "onnxruntime", "alembic"}
    )


def test_an_endpoints_model_loads_no_analysis_libraries_either() -> None:
    assert not loaded("import tools.llm.endpoint").intersection(WORKERS_OWN)


@pytest.mark.parametrize("words", [["--help"], ["demo", "--help"]])
def test_help_loads_neither_database_nor_mind(words: list[str]) -> None:
    packages = loaded(f"import sys; sys.argv = ['deskhand', *{words}]; import bot.cli; bot.cli.main()")
    assert not packages.intersection(
        {"sqlalchemy", "langgraph", "langchain_core", "pandas", "psycopg", "numpy", "rich"}
    )
