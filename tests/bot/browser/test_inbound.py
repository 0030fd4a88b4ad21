"""What the page sends is read, or refused in words; nothing that a request holds is a bug of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.browser import inbound
from storage.values.errors import Refused

EVENT = "0123456789abcdef"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda one: st.lists(one) | st.dictionaries(st.text() | st.sampled_from(["event", "text", "token", "fields"]), one),
)


def body(**given: Any) -> bytes:
    return json.dumps(given).encode()


def test_words_keep_every_character() -> None:
    text = "line\nline\t🏺 שלום <b>&amp;</b>"
    assert inbound.said(body(event=EVENT, text=text)) == inbound.Said(EVENT, text)


def test_a_press_brings_what_was_written() -> None:
    pressed = inbound.pressed(body(event=EVENT, token="t", fields={"body": "Hi"}))
    assert pressed == inbound.Pressed(EVENT, "t", {"body": "Hi"})


@pytest.mark.parametrize(
    "event", ["", "short", "x" * 65, "with space 12345", "line\nline-12345", "ÄÄÄÄÄÄÄÄÄÄ", 7, None]
)
def test_an_event_without_a_name_of_its_own_is_refused(event: Any) -> None:
    with pytest.raises(Refused):
        inbound.stopped(body(event=event))


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'"words"', b"\xff\xfe", b"[" * 100_000, b'{"event": "0123456789abcdef"}'],
)
def test_what_is_no_message_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(Refused, match="reload it"):
        inbound.said(raw)


@pytest.mark.parametrize("read", [inbound.said, inbound.pressed, inbound.stopped])
@given(given=st.binary() | JSON.map(lambda one: json.dumps(one).encode()))
def test_anything_is_read_or_refused(read: Callable[[bytes], Any], given: bytes) -> None:
    with suppress(Refused):
        read(given)
