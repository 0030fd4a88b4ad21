"""How well is found what waits for a person: sentences that ask, whole mails, and mail that nobody waits behind.

Reads `intent/ask_sentences.jsonl`, `intent/triage.jsonl` and `inbox/labels.jsonl` of a data folder; what is not there is
left out. Nothing is learned from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from storage.values.errors import Refused
from tools.evals.scorecard import Scorecard
from tools.inbox.asks import asks
from tools.inbox.classify import JUNK, classify
from tools.inbox.signals import signals
from tools.mail.email import Email
from tools.mail.parse import parse

ME = "me@owner.example"

Figures = dict[str, float | int | str]


def run(data: Path) -> Scorecard:
    """Looks for what asks something. Refused when the folder holds none of the three files."""
    sentences = [
        {"text": line["text"], "expected": bool(line["ask"]), "needs_me": asks(line["text"]).wants}
        for line in _lines(data / "intent" / "ask_sentences.jsonl")
    ]
    written = [_of_written(line) for line in _lines(data / "intent" / "triage.jsonl")]
    silent = [_of_silent(data, line) for line in _lines(data / "inbox" / "labels.jsonl") if _nobody_waits(line)]
    if not (sentences or written or silent):
        raise Refused(f"There is no intent/ask_sentences.jsonl in {data}: give the folder of the evaluation data.")
    return Scorecard("needs_me", _figures(sentences, written, silent), [*sentences, *written, *silent])


def _figures(
    sentences: Sequence[dict[str, Any]], written: Sequence[dict[str, Any]], silent: Sequence[dict[str, Any]]
) -> Figures:
    hits = sum(case["expected"] and case["needs_me"] for case in sentences)
    asked, said = sum(case["expected"] for case in sentences), sum(case["needs_me"] for case in sentences)
    return {
        "ask_sentences": len(sentences),
        "ask_precision": _share(hits, said),
        "ask_recall": _share(hits, asked),
        "ask_f1": _share(2 * hits, asked + said),
        "mails": len(written),
        "mails_right": sum(case["expected"] == case["needs_me"] for case in written),
        "silent_mails": len(silent),
        "silent_mails_that_wait": sum(case["needs_me"] for case in silent),
        "junk_that_waits_unwarned": sum(case["needs_me"] and not case["warned"] for case in silent if case["junk"]),
    }


def _of_written(line: dict[str, Any]) -> dict[str, Any]:
    """One written mail; those that only inform or may be ignored do not wait."""
    email = _email(line)
    verdict = classify(email.subject, email.reply or email.text, signals(email, frozenset({ME})), None, email.text)
    expected = line["triage"] == "respond"
    return {"subject": email.subject, "expected": expected, "needs_me": verdict.needs_me, "category": verdict.category}


def _email(line: dict[str, Any]) -> Email:
    return parse(f"From: {line['author']}\nTo: {ME}\nSubject: {line['subject']}\n\n{line['email_thread']}".encode())


def _nobody_waits(line: dict[str, Any]) -> bool:
    return bool(line.get("auto_kind") or line.get("list_headers") or line.get("spam_label") in JUNK)


def _of_silent(data: Path, line: dict[str, Any]) -> dict[str, Any]:
    email = parse((data / "inbox" / line["file"]).read_bytes())
    # Taken as addressed to its owner: otherwise a mail to an unknown person would be quiet for the wrong reason.
    own = frozenset(one.address for one in email.to)
    verdict = classify(email.subject, email.reply.strip() or email.text, signals(email, own), None, email.text)
    return {
        "id": line["id"],
        "expected": False,
        "junk": line.get("spam_label") in JUNK,
        "needs_me": verdict.needs_me,
        "warned": verdict.reasons[0].startswith(("careful", "not sure")),
    }


def _lines(path: Path) -> list[dict[str, Any]]:
    return list(_read(path.read_text("utf-8").splitlines())) if path.is_file() else []


def _read(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    return (json.loads(line) for line in lines if line.strip())


def _share(part: float, whole: float) -> float:
    return round(part / max(whole, 1), 4)
