"""The `replies` eval: quoted text and signatures are taken off 66 public test mails, and the rest compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.evals.scorecard import Scorecard
from tools.mail.html import html_to_text
from tools.mail.parse import parse
from tools.mail.quotes import split_reply

GOAL = 38
"""Of the 45 cases that state a reply, as many must agree; the best public parser gets 18."""


def run(data: Path) -> Scorecard:
    """Reads `replies/` of the data folder. Figures: cases with a stated reply, and how many agree but for white space."""
    file = data / "replies" / "fixtures.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    cases = [_case(row) for row in rows]
    stated = [case for case in cases if case["expected"] is not None]
    agreeing = sum(case["agrees"] for case in stated)
    return Scorecard("replies", {"inputs": len(rows), "stated": len(stated), "agreeing": agreeing}, cases)


def _case(row: Mapping[str, Any]) -> dict[str, Any]:
    got, wanted = reply_of(row["input"], row["format"]), row["expected_reply"]
    return {
        "id": row["id"],
        "expected": wanted,
        "got": got,
        "agrees": wanted is not None and "".join(got.split()) == "".join(wanted.split()),
    }


def reply_of(text: str, form: str) -> str:
    """The new words of an input that is a text, a whole message (`eml`) or an HTML body (`html`)."""
    match form:
        case "eml":
            return parse(text.encode("utf-8")).reply
        case "html":
            return split_reply(html_to_text(text)).reply
        case _:
            return split_reply(text).reply
