"""How safe auto-replies are on real mail: nobody's machine is answered, and sensitive mail is left to a person."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from tools.autoreply.loops import why_not_answered
from tools.autoreply.sensitive import sensitive_topic
from tools.evals.scorecard import Scorecard
from tools.mail.parse import parse

_NOREPLY = re.compile(r"no-?_?reply|donotreply", re.IGNORECASE)


def run(folder: Path) -> Scorecard:
    """Every mail of `inbox`, taken as if each recipient in turn were the owner, so that only the mail itself can save us."""
    cases = [_case(folder / "inbox", json.loads(line)) for line in _lines(folder)]
    count = Counter[str]()
    for case in cases:
        for group in case["groups"]:
            count[group] += 1
            count[f"{group} answered"] += not case["why_not"]
    sensitive = [case for case in cases if "sensitive" in case["groups"]]
    people = [case for case in cases if "people" in case["groups"]]
    figures: dict[str, float | int | str] = {"mails": len(cases)}
    for group in ("automatic (auto_kind)", "automatic (header)", "list", "noreply", "own address"):
        figures[f"{group}: mails"] = count[group]
        figures[f"{group}: answered"] = count[f"{group} answered"]
    figures["mail of people that may be answered"] = _share(sum(not one["why_not"] for one in people), len(people))
    figures["sensitive mails (annotated)"] = len(sensitive)
    figures["sensitive mails held"] = _share(sum(bool(one["topic"]) for one in sensitive), len(sensitive))
    figures["mail of people held as sensitive"] = _share(sum(bool(one["topic"]) for one in people), len(people))
    return Scorecard("autoreply", figures, cases)


def _lines(folder: Path) -> list[str]:
    return (folder / "inbox" / "labels.jsonl").read_text("utf-8").splitlines()


def _case(inbox: Path, label: dict[str, Any]) -> dict[str, Any]:
    email = parse((inbox / label["file"]).read_bytes())
    recipients = {one.address for one in (*email.to, *email.cc)}
    sender = email.sender.address if email.sender else ""
    groups = []
    if label["auto_kind"]:
        groups.append("automatic (auto_kind)")
    if label["auto_submitted_header"]:
        groups.append("automatic (header)")
    if label["list_headers"]:
        groups.append("list")
    if _NOREPLY.search(sender):
        groups.append("noreply")
    if sender in recipients:
        groups.append("own address")
    if label["sensitive"]:
        groups.append("sensitive")
    if label["category"] in ("work", "personal") and not groups:
        groups.append("people")
    why_not = why_not_answered(email, recipients)
    topic = sensitive_topic((email.subject, email.text, *(one.name for one in email.attachments)))
    return {
        "id": label["id"],
        "groups": groups,
        "why_not": why_not,
        "topic": f"{topic.name}: {topic.word}" if topic else "",
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0
