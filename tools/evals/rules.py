"""How true the rules are: in plain words, against what was meant; in one pass, against every condition asked by itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import new_id
from tools.evals.scorecard import Scorecard
from tools.mail.parse import parse
from tools.rules.facts import Facts, facts
from tools.rules.from_words import rule_from_words
from tools.rules.language import read_rules
from tools.rules.match import RuleBook, describe
from tools.rules.rule import All, Condition, Not, Rule, Test
from tools.rules.rule import Any as Either
from tools.rules.text import folded
from tools.rules.writing import write_rule

SAYINGS = Path(__file__).resolve().parents[2] / "tests" / "data" / "rules.jsonl"
"""What was said, and the rule that was meant, or null where it is none."""


def run(folder: Path) -> Scorecard:
    """The sayings of the checkout, and the rules that were meant on the mails of `inbox`."""
    sayings = [json.loads(line) for line in SAYINGS.read_text("utf-8").splitlines()]
    cases = [_said(one) for one in sayings]
    meant = [one for one in cases if one["meant"]]
    others = [one for one in cases if not one["meant"]]
    rules = [read_rules(json.dumps(one["rule"]))[0] for one in sayings if one["rule"]]
    return Scorecard(
        "rules",
        {
            "sayings that are rules": len(meant),
            "understood as meant": _share(meant),
            "sayings that are none": len(others),
            "refused in words": _share(others),
            **_one_pass(rules, folder / "inbox"),
        },
        cases,
    )


def _share(cases: list[dict[str, Any]]) -> float:
    return round(sum(one["right"] for one in cases) / len(cases), 3) if cases else 0.0


def _said(one: dict[str, Any]) -> dict[str, Any]:
    meant = read_rules(json.dumps(one["rule"]))[0] if one["rule"] else None
    try:
        found: Rule | None = rule_from_words(one["said"])
    except Refused:
        found = None
    same = (
        found is not None
        and meant is not None
        and (found.conditions, found.actions) == (meant.conditions, meant.actions)
    )
    return {
        "said": one["said"],
        "meant": describe(meant.conditions) if meant else "",
        "found": write_rule(found) if found else "",
        "right": same if meant else found is None,
    }


def _one_pass(rules: list[Rule], inbox: Path) -> dict[str, float | int | str]:
    book = RuleBook(rules)
    labels = [json.loads(line) for line in (inbox / "labels.jsonl").read_text("utf-8").splitlines()]
    asked = different = fits = 0
    for label in labels:
        mail = _facts((inbox / label["file"]).read_bytes(), label["category"] or "work")
        together = {match.place for match in book.matches(mail)}
        alone = {place for place, rule in enumerate(rules) if _holds(rule.conditions, mail)}
        asked += len(rules)
        different += len(together ^ alone)
        fits += len(together)
    return {
        "mails": len(labels),
        "rules asked of mails": asked,
        "that fit": fits,
        "one pass differs from one by one": different,
    }


def _facts(raw: bytes, category: str) -> Facts:
    email = parse(raw)
    sender = email.sender
    people = [{"name": one.name, "address": one.address} for one in (*email.to, *email.cc)]
    row = SimpleNamespace(
        id=new_id(),
        subject=email.subject,
        body=email.text,
        sender_name=sender.name if sender else "",
        sender_address=sender.address if sender else "",
        recipients={"to": people},
        attachments=[{"name": one.name} for one in email.attachments],
        has_attachment=bool(email.attachments),
        labels=[],
        category=category,
        confidence=0.9,
        needs_me=False,
        sent_at=email.sent_at or now(),
    )
    made: Any = row
    return facts(made, now())


def _holds(condition: Condition, mail: Facts) -> bool:
    """The plain meaning of a condition, asked without any of the machinery that makes many quick."""
    if isinstance(condition, Not):
        return not _holds(condition.part, mail)
    if isinstance(condition, All):
        return all(_holds(one, mail) for one in condition.parts)
    if isinstance(condition, Either):
        return any(_holds(one, mail) for one in condition.parts)
    return _test_holds(condition, mail)


def _test_holds(test: Test, mail: Facts) -> bool:
    if isinstance(test.value, bool):
        return (mail.value(test.field) is test.value) is (test.operator == "equals")
    if isinstance(test.value, tuple):
        whole = {folded(one).strip() for one in test.value} & mail.wholes(test.field)
        if test.operator == "contains":
            return any(folded(one) in mail.folded(test.field) for one in test.value)
        if test.operator == "matches_regex":
            return any(re.search(one, mail.lines(test.field), re.IGNORECASE) for one in test.value)
        return bool(whole) is not (test.operator == "not")
    value, bound = float(mail.value(test.field)), test.value
    return {"gt": value > bound, "gte": value >= bound, "lt": value < bound, "lte": value <= bound}.get(
        test.operator, value == bound
    )
