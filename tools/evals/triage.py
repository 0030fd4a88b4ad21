"""How well mail is sorted, with nothing trained on it: by category, by structure alone, and in finding what is asked.

Reads `inbox/labels.jsonl` and `intent/ask_sentences.jsonl` of a data folder. Labels, paths, sources and the headers
that a mail store or an earlier filter wrote are not shown to the classifier.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from storage.values.errors import Refused
from tools.evals.scorecard import Scorecard
from tools.inbox.asks import asks
from tools.inbox.classify import CATEGORIES, SURE, classify
from tools.inbox.exported import meaning_text
from tools.inbox.signals import signals
from tools.llm.embedder import Vectors, open_embedder
from tools.mail.email import Email
from tools.mail.parse import parse

_BINS = 15

Figures = dict[str, float | int | str]


def run(data: Path) -> Scorecard:
    """Sorts the labelled mails of a data folder and counts. Refused when there are none."""
    labels = _lines(data / "inbox" / "labels.jsonl")
    emails = [parse((data / "inbox" / label["file"]).read_bytes()) for label in labels]
    vectors = open_embedder().embed([meaning_text(email) for email in emails])
    cases = [_case(label, email, vector) for label, email, vector in zip(labels, emails, vectors, strict=True)]
    figures: Figures = {"mails": len(cases), **_by_category(cases), **_by_structure(cases), **_of_asks(data)}
    return Scorecard("triage", figures, cases)


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise Refused(f"There is no {path}: give the folder that holds inbox/labels.jsonl.")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _case(label: dict[str, Any], email: Email, vector: Vectors) -> dict[str, Any]:
    started = time.process_time()
    seen = signals(email, frozenset())
    verdict = classify(email.subject, email.reply, seen, vector)
    spent = time.process_time() - started
    plain = classify(email.subject, email.reply, seen, None)
    return {
        "id": label["id"],
        "expected": label["category"],
        "category": verdict.category,
        "confidence": verdict.confidence,
        "needs_me": verdict.needs_me,
        "reasons": list(verdict.reasons),
        "without_meaning": plain.category,
        "automatic": bool(seen.report or seen.auto_submitted),
        "list": bool(seen.list_kind),
        "expected_automatic": bool(label["auto_kind"]),
        "expected_list": bool(label["list_headers"]),
        "milliseconds": round(spent * 1000, 3),
    }


def _by_category(cases: Sequence[dict[str, Any]]) -> Figures:
    """Accuracy, the mean of the classes' F1, calibration, and each class's recall on the mails that have a category."""
    labelled = [case for case in cases if case["expected"]]
    sure = [case for case in labelled if case["confidence"] >= SURE]
    return {
        "labelled": len(labelled),
        "accuracy": _share(_right(case) for case in labelled),
        "macro_f1": round(sum(_f1(labelled, category) for category in CATEGORIES) / len(CATEGORIES), 4),
        "accuracy_without_meaning": _share(case["without_meaning"] == case["expected"] for case in labelled),
        "ece": _ece(labelled),
        "sure": round(len(sure) / max(len(labelled), 1), 4),
        "accuracy_when_sure": _share(_right(case) for case in sure),
        **{
            f"recall:{category}": _share(_right(case) for case in labelled if case["expected"] == category)
            for category in CATEGORIES
        },
    }


def _by_structure(cases: Sequence[dict[str, Any]]) -> Figures:
    """Of automatic and list mail what was recognised by its headers and form, and what was taken for it wrongly."""
    return {
        "automatic": _share(case["automatic"] for case in cases if case["expected_automatic"]),
        "automatic_wrongly": sum(case["automatic"] and not case["expected_automatic"] for case in cases),
        "list": _share(case["list"] for case in cases if case["expected_list"]),
        "needs_me_of_automatic_or_list": sum(
            case["needs_me"] and (case["expected_automatic"] or case["expected_list"]) for case in cases
        ),
        "milliseconds": median([case["milliseconds"] for case in cases] or [0]),
    }


def _of_asks(data: Path) -> Figures:
    """How well single sentences that ask something are told from others, when the folder has any."""
    path = data / "intent" / "ask_sentences.jsonl"
    pairs = [(line["ask"], asks(line["text"]).wants) for line in _lines(path)] if path.is_file() else []
    return {"ask_sentences": len(pairs), "ask_f1": _f1_of(pairs)} if pairs else {}


def _right(case: dict[str, Any]) -> bool:
    return bool(case["category"] == case["expected"])


def _share(hits: Iterable[bool]) -> float:
    every = list(hits)
    return round(sum(every) / max(len(every), 1), 4)


def _f1(cases: Sequence[dict[str, Any]], category: str) -> float:
    return _f1_of([(case["expected"] == category, case["category"] == category) for case in cases])


def _f1_of(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Pairs of (is, was said to be)."""
    counted = Counter(pairs)
    both, wrong = counted[True, True], counted[True, False] + counted[False, True]
    return round(2 * both / max(2 * both + wrong, 1), 4)


def _ece(cases: Sequence[dict[str, Any]]) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart, over 15 equal bins (Guo et al. 2017)."""
    gaps = [0.0] * _BINS
    for case in cases:
        gaps[min(int(case["confidence"] * _BINS), _BINS - 1)] += case["confidence"] - _right(case)
    return round(sum(map(abs, gaps)) / max(len(cases), 1), 4)
