"""Outlook's keys and cursors: what is written is read back, and nothing else passes for a key."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.mail.outlook_keys import Key, Known, numbering_of

BOX = numbering_of("AAMk-inbox")
ids = st.text(string.ascii_letters + string.digits + "-_=", min_size=16, max_size=160)
folders = st.sampled_from(["INBOX", "Sent", "Archive", "", "Projects/Übersee"])


@given(
    at=st.dictionaries(ids, folders),
    links=st.dictionaries(folders, st.text()),
    missing=st.sets(ids),
    ended=st.lists(ids),
)
def test_a_cursor_is_read_back_as_it_was_written(
    at: dict[str, str], links: dict[str, str], missing: set[str], ended: list[str]
) -> None:
    known = Known(BOX, at, links, missing, {"0a0a0a0a": sorted(set(ended))})
    assert Known.read(known.write(), BOX) == known


@given(at=st.dictionaries(ids, folders))
def test_under_another_numbering_all_that_was_known_has_ended(at: dict[str, str]) -> None:
    again = Known.read(Known(BOX, at, {"INBOX": "/x"}).write(), "0b0b0b0b")
    assert (again.at, again.links, again.ended) == ({}, {}, {BOX: sorted(at)})


@given(ids)
def test_a_key_is_read_back_as_it_was_written(message: str) -> None:
    key = Key(BOX, message)
    assert Key.read(str(key), BOX) == key


@given(st.text())
def test_nothing_else_passes_for_a_key_nor_leads_elsewhere(text: str) -> None:
    try:
        key = Key.read(text, BOX)
    except Refused:
        return
    assert str(key) == text
    assert set(key.path.removeprefix("/me/messages/")) <= set(string.ascii_letters + string.digits + "-_%")


def test_a_key_of_a_numbering_that_ended_is_gone() -> None:
    with pytest.raises(Refused, match="moved or deleted elsewhere"):
        Key.read("0b0b0b0b:AAkALgAAAAAAHYQDEapm", BOX)
