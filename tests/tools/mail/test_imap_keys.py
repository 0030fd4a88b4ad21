"""Keys and cursors come back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.mail.imap_keys import Key, Seen, read_cursor, read_uids, write_cursor, write_uids

NUMBERS = st.integers(1, 2**32 - 1)


@given(folder=st.text(st.characters(codec="utf-8"), min_size=1), validity=NUMBERS, uid=NUMBERS)
def test_a_key_comes_back(folder: str, validity: int, uid: int):
    key = Key(folder, validity, uid)
    assert Key.read(str(key)) == key
    assert str(key).count(":") == 2


@given(text=st.text())
def test_any_text_is_a_key_or_refused(text: str):
    try:
        Key.read(text)
    except Refused:
        return
    assert text.count(":") == 2


@given(uids=st.sets(st.integers(1, 300)))
def test_numbers_come_back(uids: set[int]):
    assert set(read_uids(write_uids(uids))) == uids


def test_runs_are_written_short():
    assert write_uids({1, 2, 3, 7, 9, 10}) == "1:3,7,9:10"
    assert len(write_cursor({("INBOX", 1700000000): Seen(set(range(1, 50_000)))})) < 60


SEEN = st.builds(Seen, st.sets(NUMBERS, min_size=1), st.integers(0, 2**63 - 1), st.just({"unread": "1:3,7"}))


@given(known=st.dictionaries(st.tuples(st.text(min_size=1), NUMBERS), SEEN))
def test_a_cursor_comes_back(known: dict[tuple[str, int], Seen]):
    assert read_cursor(write_cursor(known)) == known


def test_a_cursor_of_before_flags_were_told_still_holds():
    assert read_cursor('[["INBOX", 7, "1:3"]]') == {("INBOX", 7): Seen({1, 2, 3})}


def test_nothing_is_known_without_a_cursor():
    assert read_cursor(None) == {}


@pytest.mark.parametrize("text", ["", ":1:2", "INBOX:1", "INBOX:one:2", "INBOX:1:-2"])
def test_half_a_key_is_refused(text: str):
    with pytest.raises(Refused):
        Key.read(text)
