"""The scorecard of what waits for a person, on a small folder."""

from __future__ import annotations

import json

import pytest

from storage.values.errors import Refused
from tools.evals.needs_me import run

SENTENCES = [{"text": "Can you come on Friday?", "ask": True}, {"text": "It rains.", "ask": False}]
WRITTEN = [
    {"author": "Ana <ana@x.example>", "subject": "Plan", "email_thread": "Can you send me the plan today?", "triage": "respond"},
    {"author": "Ana <ana@x.example>", "subject": "FYI", "email_thread": "The office is closed on Monday.", "triage": "notify"},
]  # fmt: skip
BOUNCE = (
    "From: mailer-daemon@x.example\nTo: me@y.example\nReturn-Path: <>\nSubject: Undelivered Mail\n\nCan you read this?"
)


def folder(tmp_path, sentences=SENTENCES, written=WRITTEN):
    for name, lines in (("ask_sentences", sentences), ("triage", written)):
        (tmp_path / "intent").mkdir(exist_ok=True)
        (tmp_path / "intent" / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "b.eml").write_text(BOUNCE)
    label = {"id": "b", "file": "b.eml", "auto_kind": "bounce", "list_headers": False, "spam_label": "ham"}
    (tmp_path / "inbox" / "labels.jsonl").write_text(json.dumps(label))
    return tmp_path


def test_it_counts_what_asks_and_what_must_not(tmp_path) -> None:
    figures = run(folder(tmp_path)).figures
    assert figures["ask_f1"] == figures["ask_recall"] == 1.0
    assert (figures["mails"], figures["mails_right"]) == (2, 2)
    assert (figures["silent_mails"], figures["silent_mails_that_wait"]) == (1, 0)


def test_a_folder_without_anything_is_refused(tmp_path) -> None:
    with pytest.raises(Refused, match=r"ask_sentences\.jsonl"):
        run(tmp_path)


@pytest.mark.needs_data
def test_no_junk_waits_without_a_warning(data) -> None:
    figures = run(data).figures
    assert float(figures["ask_f1"]) >= 0.75
    assert figures["junk_that_waits_unwarned"] == 0
