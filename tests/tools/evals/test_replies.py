"""The replies eval, on the public cases and on a folder made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.evals import replies


@pytest.mark.needs_data
def test_most_public_reply_cases_agree(data: Path) -> None:
    figures = replies.run(data).figures

    assert (figures["inputs"], figures["stated"]) == (66, 45)
    assert int(figures["agreeing"]) >= replies.GOAL


def test_cases_are_dumped_one_json_object_a_line(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "format": "text", "input": "Yes\n\n> No?\n", "expected_reply": "Yes"},
        {"id": "b", "format": "html", "input": "<p>Yes</p><blockquote>No?</blockquote>", "expected_reply": "No"},
        {"id": "c", "format": "eml", "input": "Subject: x\n\nYes\n-- \nAna\n", "expected_reply": None},
    ]
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "fixtures.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    card = replies.run(tmp_path)
    card.dump(tmp_path / "out.jsonl")

    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(case["id"], case["got"], case["agrees"]) for case in written] == [
        ("a", "Yes", True),
        ("b", "Yes", False),
        ("c", "Yes", False),
    ]
    assert card.figures == {"inputs": 3, "stated": 2, "agreeing": 1}
