"""Patterns that are searched together, and the lists of them that triage ships."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import re2

import tools.inbox.cues
from tools.inbox.cues import cues
from tools.inbox.phrases import Phrases

LISTS = Path(tools.inbox.cues.__file__).parent
SAID = (
    "please verify your account information within 24 hours or it will be suspended",
    "hi ana, could you send me the revised contract by friday? i'll call you tomorrow",
    "unsubscribe | view in browser | © 2024 all rights reserved, 50% off, shop now",
    "mum, the kids loved the party! see you on sunday, hugs",
    "word " * 3_000,
)


def test_together_they_find_what_each_finds_alone():
    assert Phrases([r"\bka+t\b", "t.{0,5}r", "x"]).found("the kaaat and the tiger") == [0, 1]
    assert Phrases(["a"]).found("") == []


def test_no_pattern_is_lost_for_want_of_memory():
    table = tomllib.loads((LISTS / "cues.toml").read_text("utf-8"))
    for patterns in table.values():
        together = Phrases(patterns)
        for text in SAID:
            alone = [number for number, pattern in enumerate(patterns) if re2.search(pattern, text)]
            assert sorted(together.found(text)) == alone


@pytest.mark.parametrize(
    ("text", "families"),
    [
        (SAID[0], {"threat", "secrets"}),
        (SAID[2], {"broadcast"}),
        (SAID[3], {"personal"}),
        ("pay $5", {"sum"}),
        ("", set()),
    ],
)
def test_each_family_is_heard(text, families):
    assert families <= set(cues("", text))


def test_wrapped_lines_and_the_foot_of_a_long_mail_are_searched():
    assert "secrets" in cues("", "Please verify your\naccount\ninformation")
    assert "broadcast" in cues("", "word " * 5_000 + "unsubscribe")


def test_the_middle_of_an_endless_mail_costs_nothing():
    assert cues("", "word " * 5_000 + "unsubscribe" + "word " * 5_000) == {}
    assert cues("word " * 1_000 + "unsubscribe", "") == {}
