"""How well are promises found: labelled sentences that we wrote, half to develop with, half judged once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.commitments.promises import promised
from tools.evals.scorecard import Scorecard

HALVES = ("development", "judged")


def run(path: Path) -> Scorecard:
    """Looks for the promises of a file of sentences: JSON lines of text, promise and half."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    cases = [{**line, "found": promised(line["text"]) is not None} for line in lines]
    figures: dict[str, float | int | str] = {}
    for half in HALVES:
        figures |= _figures(half, [case for case in cases if case["half"] == half])
    return Scorecard("commitments", figures, cases)


def _figures(half: str, cases: Sequence[dict[str, Any]]) -> dict[str, float | int | str]:
    hits = sum(case["found"] and case["promise"] for case in cases)
    said, true = sum(case["found"] for case in cases), sum(case["promise"] for case in cases)
    return {
        f"{half}_sentences": len(cases),
        f"{half}_precision": _share(hits, said),
        f"{half}_recall": _share(hits, true),
        f"{half}_f1": _share(2 * hits, said + true),
    }


def _share(part: float, whole: float) -> float:
    return round(part / max(whole, 1), 4)
