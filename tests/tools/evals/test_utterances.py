"""The written evaluation set is whole: every line can be scored."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tools.followups.when import read_when

LINES = (Path(__file__).parents[2] / "data" / "utterances.jsonl").read_text(encoding="utf-8").splitlines()
ROWS: list[dict[str, Any]] = [json.loads(line) for line in LINES]

ARGUMENTS = {
    "search_inbox": {"query", "sender", "since", "until", "label", "unread", "has_attachment", "needs_me"},
    "read_email": {"email"},
    "label_email": {"emails", "label", "remove"},
    "draft_reply": {"email", "message"},
    "change_draft": {"change"},
    "run_analysis": {"file", "kind", "question"},
    "schedule_follow_up": {"when", "email", "note", "unless_answered"},
    "list_follow_ups": set(),
    "remember": {"fact"},
    "recall": {"query"},
    "forget": {"query"},
    "undo": {"which"},
}
AT_LEAST = dict.fromkeys(ARGUMENTS, 12) | dict.fromkeys(
    ("search_inbox", "label_email", "draft_reply", "run_analysis", "schedule_follow_up"), 30
)


def asked(tool: str) -> list[dict[str, Any]]:
    """The arguments of every reading, first choices and alternatives, that calls this tool."""
    readings = [reading for row in ROWS for reading in (row, *row.get("any_of", []))]
    return [reading["arguments"] for reading in readings if reading["tool"] == tool]


def test_there_are_enough_of_each_kind_and_none_twice() -> None:
    counts = Counter(row["tool"] for row in ROWS)
    assert all(counts[tool] >= least for tool, least in AT_LEAST.items())
    assert counts[None] >= 40
    assert len(ROWS) >= 320
    assert len({row["id"] for row in ROWS}) == len({row["text"].casefold() for row in ROWS}) == len(ROWS)


def test_only_legal_tools_and_arguments_are_expected() -> None:
    for row in ROWS:
        for reading in (row, *row.get("any_of", [])):
            assert set(reading["arguments"]) <= ARGUMENTS.get(reading["tool"], set()), row["id"]


def test_numbers_refer_to_mails_that_were_shown() -> None:
    for row in ROWS:
        shown = {str(mail["n"]) for mail in row["facts"].get("shown", [])}
        references = [row["arguments"].get("email", ""), *row["arguments"].get("emails", [])]
        assert {reference for reference in references if reference.isdecimal()} <= shown, row["id"]


def test_every_follow_up_has_a_time_that_can_be_read() -> None:
    for row in ROWS:
        if row["tool"] == "schedule_follow_up":
            facts = row["facts"]
            assert read_when(row["arguments"]["when"], datetime.fromisoformat(facts["now"]), facts["zone"]), row["id"]


def test_dates_kinds_and_drafts_are_well_formed() -> None:
    for arguments in asked("search_inbox"):
        ends = [date.fromisoformat(arguments[end]) for end in ("since", "until") if end in arguments]
        assert ends == sorted(ends)
    assert {arguments.get("kind", "profile") for arguments in asked("run_analysis")} == {
        "profile",
        "trend",
        "chart",
        "report",
    }
    assert all(row["facts"].get("draft") for row in ROWS if row["tool"] == "change_draft")
    replies = [row["arguments"] for row in ROWS if row["tool"] == "draft_reply"]
    assert sum("message" in arguments for arguments in replies) >= 0.6 * len(replies)
