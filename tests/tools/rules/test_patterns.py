"""Patterns: none that is saved can hold up a mail, and many together find what each finds alone."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bench.rules import evil_patterns
from storage.values.errors import Refused
from tools.rules.pattern_sets import PatternSets
from tools.rules.patterns import checked, compiled, hard_texts
from tools.rules.word_sets import MANY, WordSet

MOST_MS = 50.0


@pytest.mark.parametrize("pattern", evil_patterns())
def test_a_hostile_pattern_is_refused_or_quick_on_a_hundred_thousand_characters(pattern: str) -> None:
    try:
        checked(pattern)
    except Refused:
        return
    search = compiled(pattern).search
    for text in hard_texts():
        begun = time.thread_time()
        search(text)
        assert (time.thread_time() - begun) * 1000 <= MOST_MS


PLAIN = st.sampled_from(["a", "ab|c", "b+c", "[ab]{2,3}d", "^a.c", "c$", r"\bab\b", "(a|b)c?d", "a.*d", "cc"])


@settings(deadline=None, max_examples=40)
@given(st.lists(PLAIN, min_size=1, max_size=9, unique=True), st.text("abcd ", max_size=40))
def test_a_set_finds_what_each_pattern_finds_alone(patterns: list[str], text: str) -> None:
    alone = [number for number, one in enumerate(patterns) if re.search(one, text, re.IGNORECASE)]
    assert sorted(PatternSets(patterns).found(text)) == alone


def test_patterns_that_are_slow_together_are_split() -> None:
    slow = [f"[ab]*a[ab]{{{number}}}c" for number in range(20, 60)]
    sets = PatternSets(slow)
    assert len(sets._sets) > 1
    assert sets.found("a" + "b" * 30 + "c") == [10]
    begun = time.thread_time()
    sets.found(hard_texts()[-2][:2_500])
    assert time.thread_time() - begun < 0.25


@settings(deadline=None)
@given(
    st.lists(st.text("abc ", min_size=1, max_size=4).filter(str.strip), min_size=1, max_size=8, unique=True),
    st.text("abcd ", max_size=40),
)
def test_words_are_found_wherever_they_stand(words: list[str], text: str) -> None:
    assert sorted(WordSet(words).found(text)) == [number for number, one in enumerate(words) if one in text]


def test_very_many_words_are_found_too() -> None:
    words = [f"word{number}x" for number in range(MANY + 1)]
    assert list(WordSet(words).found("a word17x and word4000x.")) == [17, 4000]
