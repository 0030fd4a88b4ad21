"""The terminal for programs: what is written can be read back, and what cannot be read is refused in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat import Button, Card, Field, File, Input, Progress, Reply, Update, from_row, to_row
from bot.console import protocol
from storage.values.errors import Refused

TEXT = st.text(max_size=30)
CARDS = st.builds(
    Card,
    TEXT,
    TEXT,
    TEXT,
    st.lists(st.builds(Field, TEXT, TEXT), max_size=3).map(tuple),
    st.lists(st.builds(Button, TEXT, TEXT), max_size=3).map(tuple),
    st.lists(st.builds(Input, TEXT, TEXT, TEXT), max_size=2).map(tuple),
)
WORDS = st.one_of(st.builds(Reply, TEXT), CARDS, st.builds(Update, CARDS), st.builds(File, TEXT, TEXT, TEXT, TEXT))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@given(WORDS)
def test_a_word_comes_back_from_the_outbox_as_it_was(word: Any) -> None:
    row = json.loads(json.dumps(to_row(word)))
    assert from_row(row["kind"], row["body"]) == word


@given(WORDS | st.builds(Progress, TEXT, st.dictionaries(TEXT, JSON)))
def test_every_word_is_one_line_of_json(word: Any) -> None:
    line = protocol.write(word, Path("/x/report.html"))
    assert "\n" not in line
    assert json.loads(line)["type"] == type(word).__name__.lower()


@given(CARDS)
def test_a_card_carries_what_the_contract_names(card: Card) -> None:
    for word, kind in ((card, "card"), (Update(card), "update")):
        plain = json.loads(protocol.write(word))
        assert (plain["type"], plain["id"], plain["title"], plain["text"]) == (kind, card.id, card.title, card.text)
        assert [(one["label"], one["token"]) for one in plain["buttons"]] == [
            (one.label, one.token) for one in card.buttons
        ]
        assert [(one["label"], one["value"]) for one in plain["fields"]] == [
            (one.label, one.value) for one in card.fields
        ]


def test_a_file_says_where_it_lies() -> None:
    plain = json.loads(protocol.write(File("r.html", "text/html", "blob", "A chart."), Path("/x/r.html")))
    assert plain == {
        "type": "file",
        "name": "r.html",
        "media_type": "text/html",
        "path": "/x/r.html",
        "text": "A chart.",
    }
    assert json.loads(protocol.done()) == {"type": "done"}


@given(TEXT, TEXT, st.dictionaries(TEXT, TEXT))
def test_what_a_program_writes_is_understood(text: str, token: str, fields: dict[str, str]) -> None:
    assert protocol.read(json.dumps({"text": text})) == protocol.Request(text)
    assert protocol.read(json.dumps({"click": token})).click == token
    assert protocol.read(json.dumps({"click": token, "fields": fields})).fields == fields
    assert protocol.read(json.dumps({"file": token, "text": text})) == protocol.Request(text, file=token)


@given(JSON.map(json.dumps) | TEXT)
def test_any_line_is_understood_or_refused_in_words(line: str) -> None:
    try:
        request = protocol.read(line)
    except Refused as refused:
        assert "That line cannot be read. Write one JSON object a line" in str(refused)  # noqa: PT017
    else:
        assert all(isinstance(one, str) for one in (request.text, request.click, request.file))


@pytest.mark.parametrize(
    "line",
    ["", "hello", "[]", "7", "null", "{}", '{"txt": "x"}', '{"text": 5}', '{"text": null}', '{"text": ["a"]}',
     '{"click": {}}', '{"click": "x", "fields": []}', '{"click": "x", "fields": "y"}', '{"text": "x"', '{"file": 1, "text": "x"}',
     "[" * 100_000, '{"text":' * 50_000],
)  # fmt: skip
def test_a_line_that_is_none_of_the_forms_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        protocol.read(line)


def test_field_values_become_words() -> None:
    assert protocol.read('{"click": "x", "fields": {"a": 1, "b": null}}').fields == {"a": "1", "b": "None"}
