"""Misspelt names: one slip is forgiven, two in a long name, and nobody is taken for somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.tables.sender_names import respelt

SENDERS = [
    "Sam Okafor <sam.okafor@post.example>",
    "Marina Stone <m@x.example>",
    "Bo Lind <bo@kiln.example>",
    "Konstantin W",
]


@pytest.mark.parametrize("slip", ["Okofor", "Okafr", "Okaffor", "Okaofr", "okafot", "kafor"])
def test_one_slip_is_forgiven(slip: str) -> None:
    assert respelt([slip], SENDERS) == [slip if slip == "kafor" else "okafor"]


@pytest.mark.parametrize(
    ("slip", "name"), [("Konstntn", "Konstntn"), ("Konstanitn", "konstantin"), ("Konztantim", "konstantin")]
)
def test_a_long_name_may_have_two(slip: str, name: str) -> None:
    assert respelt([slip], SENDERS) == [name]


@pytest.mark.parametrize(
    "word", ["Okafor", "mari", "Bu", "Lint", "x@kiin.example", "kiin.example", "Olafer", "12345", ""]
)
def test_what_is_there_too_short_or_too_far_stays_as_it_is(word: str) -> None:
    assert respelt([word], SENDERS) == [word]


def test_each_word_is_mended_for_itself() -> None:
    assert respelt(["Sam", "Okofor"], SENDERS) == ["Sam", "okafor"]


@given(st.lists(st.text(max_size=20), max_size=4), st.lists(st.text(max_size=30), max_size=6))
def test_no_text_breaks_it(words: list[str], senders: list[str]) -> None:
    assert len(respelt(words, senders)) == len(words)
