"""How well mail is sorted without any language model: by models that had not seen its group, and none of its source.

Reads `inbox/labels.jsonl` of a data folder. Labels, paths, sources and the headers that a mail store or an earlier filter
wrote are not shown to the classifier. The models are learned anew for each part that is held out; their recipe is that of
the shipped weights (`train_triage`), which have seen these mails and are therefore not judged here.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.values.errors import Refused
from tools.evals.learning import Array, Mails
from tools.evals.scorecard import Scorecard
from tools.evals.splits import chances_held_out, fold_of
from tools.evals.training import Example, numbers, own_examples
from tools.inbox.classify import CATEGORIES, JUNK, SURE, classify
from tools.inbox.second_opinion import GIVEN, SHARE
from tools.inbox.signals import signals
from tools.mail.email import Email
from tools.mail.parse import parse

GATE = 0.85
"""Confidence that unattended answers ask for."""

_BINS = 15
_FALSE_ALARMS = 0.01
_CHARACTERS = 4
"""Characters a token, a common estimate for English."""
_PRICE = 0.15
"""US dollars for a million tokens read, the list price of gpt-4o-mini in 2025; only the ratio of two costs matters here."""

Figures = dict[str, float | int | str]


def run(data: Path) -> Scorecard:
    """Sorts the labelled mails of a data folder and counts. Refused when there are none."""
    labels = _lines(data / "inbox" / "labels.jsonl")
    emails = [parse((data / "inbox" / label["file"]).read_bytes()) for label in labels]
    cases = [_by_structure(label, email) for label, email in zip(labels, emails, strict=True)]
    figures: Figures = {"mails": len(cases), **_structure(cases)}
    examples = [_example(data, label) for label in labels if label["category"]]
    if len({one.group for one in examples}) > 1:
        judged, more = _learned(examples)
        by_id = {case["id"]: case for case in cases}
        for id_, told in judged.items():
            by_id[id_].update(told)
        figures |= more
        if (wanted := [one for one in zip(labels, emails, strict=True) if one[0]["category"]]) and more:
            figures |= _cost([judged[label["id"]] for label, _ in wanted], [email for _, email in wanted])
    return Scorecard("triage", figures, cases)


def _example(data: Path, label: dict[str, Any]) -> Example:
    raw, name = (data / "inbox" / label["file"]).read_bytes(), label["id"]
    return Example(name, raw, label["category"], label.get("group", name), label.get("source", ""))


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise Refused(f"There is no {path}: give the folder that holds inbox/labels.jsonl.")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _by_structure(label: dict[str, Any], email: Email) -> dict[str, Any]:
    started = time.process_time()
    seen = signals(email, frozenset())
    verdict = classify(email.subject, email.reply.strip() or email.text, seen, None, email.text)
    spent = time.process_time() - started
    return {
        "id": label["id"],
        "expected": label["category"],
        "needs_me": verdict.needs_me,
        "automatic": bool(seen.report or seen.auto_submitted),
        "list": bool(seen.list_kind),
        "expected_automatic": bool(label["auto_kind"]),
        "expected_list": bool(label["list_headers"]),
        "milliseconds": round(spent * 1000, 3),
    }


def _structure(cases: Sequence[dict[str, Any]]) -> Figures:
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


def _learned(examples: Sequence[Example]) -> tuple[dict[str, dict[str, Any]], Figures]:
    mails = numbers([*examples, *own_examples()])
    rows, near = chances_held_out(mails, fold_of(mails))
    _, far = chances_held_out(mails, mails.source)
    told = {
        one.id: {
            "category": CATEGORIES[int(chances.argmax())],
            "confidence": round(float(chances.max()), 4),
            "by_other_sources": CATEGORIES[int(strange.argmax())],
        }
        for one, chances, strange in zip(examples, near, far, strict=True)
    }
    figures = {**_counted(near, mails, rows), **_counted(far, mails, rows, "source_out:")}
    return told, {**figures, **_each_source(far, mails, rows)}


def _counted(chances: Array, mails: Mails, rows: NDArray[np.int64], prefix: str = "") -> Figures:
    truth, said, sure = mails.label[rows], chances.argmax(axis=1), chances.max(axis=1)
    right = said == truth
    junk = [CATEGORIES.index(one) for one in JUNK]
    figures: Figures = {
        "labelled": len(rows),
        "accuracy": _mean(right),
        "macro_f1": _round(float(np.mean([_f1(truth == k, said == k) for k in range(len(CATEGORIES))]))),
        "junk_recall_at_1_percent": _recall(chances[:, junk].sum(axis=1), np.isin(truth, junk)),
        "spam_let_in": _mean(~np.isin(said, junk)[truth == CATEGORIES.index("spam")]),
        "phishing_let_in": _mean(~np.isin(said, junk)[truth == CATEGORIES.index("phishing")]),
        "harmless_thrown_out": _mean(np.isin(said, junk)[~np.isin(truth, junk)]),
        "ece": _ece(sure, right),
        "sure": _mean(sure >= SURE),
        "through_the_gate": _mean(sure >= GATE),
        "right_through_the_gate": _mean(right[sure >= GATE]),
        **{
            f"recall:{category}": _round(float(right[truth == number].mean()))
            for number, category in enumerate(CATEGORIES)
            if (truth == number).any()
        },
    }
    return {f"{prefix}{name}": value for name, value in figures.items()}


def _each_source(chances: Array, mails: Mails, rows: NDArray[np.int64]) -> Figures:
    right, source = chances.argmax(axis=1) == mails.label[rows], mails.source[rows]
    return {f"source_out:{one}": _round(float(right[source == one].mean())) for one in sorted(set(source.tolist()))}


def _cost(cases: Sequence[dict[str, Any]], emails: Sequence[Email]) -> Figures:
    """What asking a language model about the doubtful would cost beside sending every mail whole; tokens are estimated."""
    unsure = sorted((case["confidence"], number) for number, case in enumerate(cases) if case["confidence"] < SURE)
    asked = [number for _, number in unsure[: int(len(cases) * SHARE)]]
    some = sum(400 + min(len(emails[number].text), GIVEN) for number in asked) / _CHARACTERS
    every = sum(400 + len(email.text) for email in emails) / _CHARACTERS
    return {
        "asked_of_a_model": _round(len(asked) / len(cases)),
        "tokens_per_1000": round(some / len(cases) * 1000),
        "tokens_per_1000_if_all": round(every / len(cases) * 1000),
        "dollars_per_1000": round(some / len(cases) * _PRICE / 1000, 5),
        "dollars_per_1000_if_all": round(every / len(cases) * _PRICE / 1000, 5),
    }


def _recall(score: Array, junk: NDArray[np.bool_]) -> float:
    """How much junk is caught when so many harmless mails at most are taken for junk."""
    harmless = np.sort(score[~junk])[::-1]
    allowed = int(len(harmless) * _FALSE_ALARMS)
    line = harmless[allowed] if allowed < len(harmless) else -1.0
    return _mean(score[junk] > line)


def _f1(is_: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return float(2 * (is_ & said).sum() / max(is_.sum() + said.sum(), 1))


def _ece(sure: Array, right: NDArray[np.bool_]) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart, over 15 equal bins (Guo et al. 2017)."""
    gaps: Counter[int] = Counter()
    for confidence, hit in zip(sure.tolist(), right.tolist(), strict=True):
        gaps[min(int(confidence * _BINS), _BINS - 1)] += confidence - hit
    return _round(sum(map(abs, gaps.values())) / max(len(sure), 1))


def _mean(hits: NDArray[np.bool_]) -> float:
    """The share that is true; nothing of nothing is 0."""
    return _round(float(hits.mean())) if len(hits) else 0.0


def _share(hits: Iterable[bool]) -> float:
    every = list(hits)
    return round(sum(every) / max(len(every), 1), 4)


def _round(value: float) -> float:
    return round(float(value), 4)
