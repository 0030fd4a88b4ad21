"""The mime eval, on the public mails and on a folder made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.evals import mime


@pytest.mark.needs_data
def test_all_weird_messages_are_taken_in_and_our_reading_agrees_with_the_second_one(data: Path) -> None:
    card = mime.run(data)

    assert card.figures["files"] == 153
    assert float(card.figures["share"]) >= mime.GOAL


def test_a_field_that_differs_is_a_case_that_does_not_agree(tmp_path: Path) -> None:
    folder = tmp_path / "mime"
    folder.mkdir()
    (folder / "one.eml").write_bytes(b"Subject: Plan\nFrom: Ana <ana@example.org>\n\nHello\n")
    part = {"kind": "Text", "type": None, "text": "Hello\n", "chars": 6}
    expected = {
        "subject": "Another",
        "from": {"List": [{"name": "Ana", "address": "ana@example.org"}]},
        "message_id": None,
    }
    expected |= {"text_body": [0], "html_body": [0], "attachments": [], "parts": [part]}
    (folder / "index.jsonl").write_text(json.dumps({"id": "m1", "file": "one.eml", "expected": expected}) + "\n")

    card = mime.run(tmp_path)

    assert [case["id"] for case in card.cases if not case["agrees"]] == ["m1/subject"]
    assert card.figures["fields"] == 9
