"""Promises are asked for and settled in one's own words, and nothing else is taken for them."""

from __future__ import annotations

from typing import Any

import pytest

from tools.llm.offline.facts import Facts
from tools.llm.offline.grammar.promises import claim
from tools.llm.offline.said import said

FACTS = Facts()


def heard(words: str) -> tuple[str, dict[str, Any]] | None:
    reading = claim(said(words, FACTS), FACTS)
    return (reading.tool, reading.arguments) if reading else None


@pytest.mark.parametrize(
    ("words", "whose"),
    [
        ("what did I promise?", "mine"),
        ("What have I promised others", "mine"),
        ("show me my promises", "mine"),
        ("what do others owe me?", "theirs"),
        ("who promised me what?", "theirs"),
        ("what have people promised me", "theirs"),
        ("list the promises", "both"),
        ("any open commitments?", "both"),
        ("which promises are late?", "both"),
    ],
)
def test_the_list_is_asked_for(words: str, whose: str) -> None:
    assert heard(words) == ("list_promises", {"whose": whose})


@pytest.mark.parametrize(
    ("words", "number", "outcome"),
    [
        ("promise 2 is done", 2, "done"),
        ("mark promise 3 as kept", 3, "done"),
        ("I kept promise 1", 1, "done"),
        ("promise 2 is not a promise", 2, "not a promise"),
        ("dismiss promise #4", 4, "not a promise"),
    ],
)
def test_one_is_settled(words: str, number: int, outcome: str) -> None:
    assert heard(words) == ("settle_promise", {"number": number, "outcome": outcome})


@pytest.mark.parametrize(
    "words",
    [
        "who still owes me an answer?",
        "reply to 2 that I promise to come",
        "find the mail about promises",
        "what am I waiting for?",
    ],
)
def test_what_is_meant_otherwise_is_left_alone(words: str) -> None:
    assert heard(words) is None
