"""Labels as IMAP keywords: any words fit, and come back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.mail.labels import checked_name, from_keyword, to_keyword

ATOM = re.compile(rb"[!#$&'+-\[^-z|}~]+")  # RFC 3501: no ( ) { blank control % * " backslash ]


@given(label=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=100))
def test_any_label_is_an_atom_and_comes_back(label: str):
    keyword = to_keyword(label)
    assert ATOM.fullmatch(keyword)
    assert from_keyword(keyword) == label


def test_plain_labels_stay_readable():
    assert to_keyword("To do") == b"To_do"


@pytest.mark.parametrize("keyword", [b"\\Seen", b"$Forwarded", b"$MDNSent", b"NonJunk", b"$NotJunk"])
def test_states_are_no_labels(keyword: bytes):
    assert from_keyword(keyword) is None


@given(keyword=st.binary(min_size=1))
def test_any_programs_keyword_is_read(keyword: bytes):
    assert from_keyword(keyword) is None or from_keyword(keyword) != ""


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\r\nb", "\x00", "a\u2028b", "\ud800"])
def test_names_that_cannot_be_written_are_refused(name: str):
    with pytest.raises(Refused):
        checked_name(name)
