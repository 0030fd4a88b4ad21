"""Plain values: ids that sort by birth, tokens that fit everywhere, text that can be stored."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.values.clock import now
from storage.values.ids import new_id, new_token
from storage.values.text import storable


def test_ids_sort_by_their_time_of_birth() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {one.version for one in ids} == {7}


def test_a_token_fits_a_telegram_button_and_cannot_be_guessed() -> None:
    tokens = {new_token() for _ in range(1_000)}
    assert len(tokens) == 1_000
    assert max(len(token.encode()) for token in tokens) <= 64
    assert min(len(token) for token in tokens) >= 22  # 128 bits, 6 in a character


def test_now_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_stored(text: str) -> None:
    kept = storable(text)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert storable(kept) == kept


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")))
def test_whole_text_is_kept_as_it_is(text: str) -> None:
    assert storable(text) == text
