"""The scorecard of triage, on a data folder of three mails."""

from __future__ import annotations

import json

import pytest

from storage.values.errors import Refused
from tools.evals.triage import run

MAILS = {
    "a": (
        "notification",
        "bounce",
        False,
        "From: mailer-daemon@x.example\nReturn-Path: <>\nSubject: Undelivered Mail\n\nno such user",
    ),
    "b": (
        "newsletter",
        None,
        True,
        "From: news@x.example\nList-Unsubscribe: <u@x.example>\nSubject: Our week\n\nFive stories.",
    ),
    "c": (None, None, False, "From: Rui <rui@x.example>\nTo: ana@y.example\nSubject: Hi\n\nCan you call me?"),
}


@pytest.fixture
def folder(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    labels = []
    for name, (category, auto, listed, raw) in MAILS.items():
        (inbox / f"{name}.eml").write_text(raw)
        labels.append(
            {"id": name, "file": f"{name}.eml", "category": category, "auto_kind": auto, "list_headers": listed}
        )
    (inbox / "labels.jsonl").write_text("\n".join(map(json.dumps, labels)))
    return tmp_path


def test_it_counts_what_was_right(folder):
    card = run(folder)
    assert card.figures["labelled"] == 2
    assert card.figures["accuracy"] == 1.0
    assert card.figures["automatic"] == card.figures["list"] == 1.0
    assert card.figures["automatic_wrongly"] == 0
    assert [case["needs_me"] for case in card.cases] == [False, False, True]


def test_what_is_held_out_whole_stands_beside(folder):
    figures = run(folder).figures
    assert figures["source_out:labelled"] == 2
    assert float(figures["dollars_per_1000"]) <= float(figures["dollars_per_1000_if_all"]) / 10


def test_a_folder_without_labels_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"labels\.jsonl"):
        run(tmp_path)


@pytest.mark.needs_data
def test_mails_of_held_out_groups_are_sorted_right_and_surely(data, tmp_path):
    labels = (data / "inbox" / "labels.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "labels.jsonl").write_text("\n".join(labels[::8]))  # all of them take a minute to embed
    (tmp_path / "inbox" / "eml").symlink_to(data / "inbox" / "eml")
    figures = run(tmp_path).figures
    assert float(figures["accuracy"]) >= 0.75
    assert float(figures["automatic"]) >= 0.98
    assert float(figures["list"]) >= 0.98
    assert float(figures["right_through_the_gate"]) >= 0.9
