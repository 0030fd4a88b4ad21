"""How well the offline brain reads the development set, and that its trained parts fit their sources."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.evals.brain import TOOLS, score
from tools.llm.offline.decide import decide
from tools.llm.offline.facts import Facts
from tools.llm.offline.router import HEAD, open_router
from tools.llm.offline.train import examples, fingerprint

DEVELOPMENT = [
    yaml.safe_load(path.read_text("utf-8")) for path in sorted(Path(__file__).parent.glob("development*.yaml"))
]


def utterances() -> Iterator[dict[str, Any]]:
    """Each case in the form of tools/evals/brain.py; "DRAFT|" before the words means that a draft is open."""
    for part in DEVELOPMENT:
        for tool, lines in part["cases"].items():
            for line, arguments in lines.items():
                scene, _, text = line.rpartition("|")
                facts = part["facts"] | (
                    {"draft": {"subject": "Re: x", "to": "ana@x.example"}} if scene == "DRAFT" else {}
                )
                yield {"text": text, "facts": facts, "tool": None if tool == "none" else tool, "arguments": arguments}


def test_at_least_95_in_100_of_the_development_set_are_right() -> None:
    scored = [score(case, open_router()) for case in utterances()]
    wrong = [case for case in scored if not case["right"]]
    assert len(wrong) <= len(scored) * 0.05, wrong


def test_examples_and_development_set_share_no_utterance() -> None:
    taught = {text.lower() for _, text in examples()}
    assert not taught & {case["text"].lower() for case in utterances()}


def test_the_head_was_trained_on_these_examples() -> None:
    with np.load(HEAD, allow_pickle=False) as stored:
        assert str(stored["examples"]) == fingerprint(), "run: python -m tools.llm.offline.train"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.booleans())
def test_any_text_is_read_without_a_crash_and_within_the_tools(text: str, draft: bool) -> None:
    decision = decide(text, Facts(draft=draft, labels=("Finance",)), open_router(), TOOLS)
    assert decision.words or decision.calls
    assert all(call.tool in TOOLS for call in decision.calls)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "send",
                "it",
                "the",
                "mail",
                "label",
                "2",
                "as",
                "Finance",
                "and",
                "reply",
                "to",
                "Ana",
                "that",
                "all",
                "from",
                ",",
                ":",
                "but",
                "approve",
                "undo",
                "since",
                "9",
                "remind",
                "me",
                "tomorrow",
            ]
        ),
        min_size=1,
        max_size=9,
    )
)
def test_no_order_of_command_words_reaches_a_tool_that_is_not_there(words: list[str]) -> None:
    decision = decide(" ".join(words), Facts(draft=True, labels=("Finance",)), open_router(), TOOLS)
    assert all(call.tool in TOOLS for call in decision.calls)


def test_a_plain_request_needs_no_model_and_the_door_imports_none() -> None:
    program = (
        "import sys, tools.llm.offline.decide as d; from tools.llm.offline.facts import Facts;"
        "from tools.llm.offline.router import open_router;"
        "d.decide('label 2 as Finance', Facts(labels=('Finance',)), open_router(), frozenset({'label_email'}));"
        "assert 'onnxruntime' not in sys.modules, 'loaded too early'"
    )
    done = run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", [{}, {"now": None, "shown": None, "draft": None}])
def test_facts_are_all_optional(missing: dict[str, object]) -> None:
    assert Facts.of(missing).draft is False
