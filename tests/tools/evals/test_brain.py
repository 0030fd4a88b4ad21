"""How well the offline brain understands people it has never met: floors on the two written sets, and no sending at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.evals.brain import run

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(
    ("file", "right", "right_tool"), [("utterances.jsonl", 0.87, 0.94), ("development.jsonl", 0.94, 0.965)]
)
def test_requests_of_people_it_has_never_met_are_understood(file: str, right: float, right_tool: float) -> None:
    figures = run(DATA / file).figures
    assert float(figures["right"]) >= right
    assert float(figures["right_tool"]) >= right_tool
    assert figures["sent"] == 0
