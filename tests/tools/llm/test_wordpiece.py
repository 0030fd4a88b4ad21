"""The tokeniser gives the numbers the model was trained with, and typed special tokens stay plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.llm.wordpiece import token_ids, vocabulary, words

START, END, UNKNOWN = 101, 102, 100


def test_the_example_of_the_published_algorithm() -> None:
    # "un ##aff ##able": the example of Google's description of BERT
    pieces = {number: piece for piece, number in vocabulary().items()}
    assert [pieces[number] for number in token_ids("UNaffable", 20)] == ["[CLS]", "una", "##ffa", "##ble", "[SEP]"]


def test_known_numbers() -> None:
    assert token_ids("hello world", 20) == [START, 7592, 2088, END]


@pytest.mark.parametrize("typed", ["[SEP]", "[MASK]", "[CLS]", "[PAD]", "hello [SEP] world"])
def test_special_tokens_in_a_text_are_only_text(typed: str) -> None:
    inner = token_ids(typed, 50)[1:-1]
    assert not {0, START, END, 103} & set(inner)


def test_accents_case_and_chinese() -> None:
    assert list(words("Élan VITAL, 東京!")) == ["elan", "vital", ",", "東", "京", "!"]


def test_control_characters_vanish_and_line_ends_divide() -> None:
    assert list(words("a\0b\tc\r\nd")) == ["ab", "c", "d"]


def test_a_word_beyond_measure_is_unknown() -> None:
    assert token_ids("x" * 101, 20) == [START, UNKNOWN, END]


@given(st.text(max_size=200), st.integers(2, 40))
def test_any_text_gives_numbers_between_the_two_marks(text: str, limit: int) -> None:
    ids = token_ids(text, limit)
    assert (ids[0], ids[-1]) == (START, END)
    assert len(ids) <= limit
    assert all(0 <= number < 30_522 for number in ids)
