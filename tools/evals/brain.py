"""How often the offline brain picks the right tool with the right arguments, on a file of utterances.

A line is {"id", "text", "facts", "tool" (null: no call), "arguments" (only those that matter), "any_of" (alternatives)}.
A case counts when the first call has the expected tool and every stated argument equals after normalisation: case,
white space and punctuation do not matter; free words (a query, a message) are compared as sets of content words, so
that "the invoice" equals "invoice"; lists as sets; and `when` also by the moment it means. `change` is by its tool's
definition what the person said, so "make it shorter" is right where "shorter" is what matters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.evals.scorecard import Scorecard
from tools.followups.when import find_when
from tools.llm.offline.decide import Decision, decide
from tools.llm.offline.facts import Facts
from tools.llm.offline.router import Router, open_router
from tools.llm.offline.words import MAIL_NOUNS

TOOLS = frozenset(
    "search_inbox read_email label_email draft_reply change_draft run_analysis schedule_follow_up list_follow_ups "
    "remember recall forget undo".split()
)
FREE_WORDS = frozenset("query email message fact note question".split())
"""Arguments compared as sets of content words."""

_DEFAULTS: dict[str, Any] = {
    "query": "", "sender": "", "since": "", "until": "", "label": "", "unread": None, "has_attachment": None,
    "needs_me": None, "remove": False, "file": "", "kind": "profile", "question": "", "email": "", "note": "",
    "unless_answered": True, "which": "last", "message": "",
}  # fmt: skip
"""What a tool takes for an argument that is not given."""
_SMALL_WORDS = frozenset(
    """a an the this that these those it its i me my mine we us our you your he him his she her they them their is are am was
    were be been do does did has have had will would shall can could should may might of in on at by to from for with about
    as than then so and or but if whether please just also too very say says saying tell telling know im ill ive id were
    theyre shes hes its thats s d ll ve re m""".split()
)


def run(path: Path) -> Scorecard:
    """Reads the utterances of a file and scores the brain on them."""
    router = open_router()
    lines = path.read_text("utf-8").splitlines()
    cases = [score(json.loads(line), router) for line in lines if line.strip()]
    return Scorecard("brain", _figures(cases), cases)


def score(case: Mapping[str, Any], router: Router) -> dict[str, Any]:
    """One case: what was expected, what came, and the arguments that differ."""
    facts = Facts.of(case.get("facts") or {})
    decision = decide(str(case["text"]), facts, router, TOOLS)
    tool, arguments = _first(decision)
    expected = [case, *case.get("any_of", ())]
    wrong = min((_wrong(wanted, tool, arguments, facts) for wanted in expected), key=len)
    return {
        "id": case.get("id"),
        "expected": case.get("tool"),
        "tool": tool,
        "arguments": arguments,
        "right_tool": any(wanted.get("tool") == tool for wanted in expected),
        "right": not wrong,
        "wrong": wrong,
    }


def _first(decision: Decision) -> tuple[str | None, dict[str, Any]]:
    return (decision.calls[0].tool, decision.calls[0].arguments) if decision.calls else (None, {})


def _wrong(wanted: Mapping[str, Any], tool: str | None, arguments: Mapping[str, Any], facts: Facts) -> list[str]:
    """The names of what differs: "tool", or arguments."""
    if wanted.get("tool") != tool:
        return ["tool"] * 99
    stated = (wanted.get("arguments") or {}).items()
    return [name for name, value in stated if not _same(name, value, arguments.get(name, _DEFAULTS.get(name)), facts)]


def _same(name: str, wanted: Any, given: Any, facts: Facts) -> bool:
    if isinstance(wanted, list) or isinstance(given, list):
        return {_content(item) for item in _items(wanted)} == {_content(item) for item in _items(given)}
    if not isinstance(wanted, str) or not isinstance(given, str):
        return bool(wanted == given)
    if name == "change":
        return _content(wanted) <= _content(given)
    if name in FREE_WORDS:
        return _content(wanted) == _content(given)
    return _plain(wanted) == _plain(given) or (name == "when" and _same_moment(wanted, given, facts))


def _items(value: Any) -> Iterable[str]:
    return value if isinstance(value, list) else [value]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("’", "'").replace("'", "")))


def _content(text: str) -> frozenset[str]:
    words = _plain(text).split()
    content = frozenset(word for word in words if word not in _SMALL_WORDS and word not in MAIL_NOUNS)
    return content or frozenset(words)


def _same_moment(wanted: str, given: str, facts: Facts) -> bool:
    moments = [find_when(text, facts.now, facts.zone) for text in (wanted, given)]
    return all(moments) and len({moment.at for moment in moments if moment}) == 1


def _figures(cases: list[dict[str, Any]]) -> dict[str, float | int | str]:
    """Shares in all and by tool, and how often each argument failed."""
    figures: dict[str, float | int | str] = {
        "cases": len(cases),
        "right": round(sum(case["right"] for case in cases) / max(len(cases), 1), 4),
        "right_tool": round(sum(case["right_tool"] for case in cases) / max(len(cases), 1), 4),
        "sent": sum(1 for case in cases if case["tool"] is not None and case["tool"] not in TOOLS),
    }
    for tool in sorted({str(case["expected"]) for case in cases}):
        mine = [case for case in cases if str(case["expected"]) == tool]
        figures[f"right:{tool}"] = f"{sum(case['right'] for case in mine)}/{len(mine)}"
    for case in cases:
        if not case["right"]:
            key = f"wrong:{case['expected']}:{case['tool'] if 'tool' in case['wrong'] else '+'.join(case['wrong'])}"
            figures[key] = int(figures.get(key, 0)) + 1
    return figures
