"""How words look to the page: plain values that say all there is, with nothing live in them."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat import Button, Card, Field, File, Input, Progress, Reply
from bot.browser import render

WILD = st.text(min_size=1) | st.sampled_from(
    ["<script>alert(1)</script>", "[a](http://evil.example)", "\u202eabc", "a\u0000b"]
)


@given(title=WILD, text=WILD, label=WILD, value=WILD)
def test_a_card_is_shown_whole_and_as_text(title: str, text: str, label: str, value: str) -> None:
    card = Card("c1", title, text, (Field(label, value),), (Button(label, "t1"),), (Input("body", label, value),))
    shown = json.loads(json.dumps(render.card(card)))
    assert (shown["title"], shown["text"]) == (title, text)
    assert shown["fields"] == [{"label": label, "value": value}]
    assert shown["buttons"] == [{"label": label, "token": "t1"}]
    assert shown["inputs"] == [{"name": "body", "label": label, "value": value}]


@given(WILD)
def test_a_reply_is_its_text(text: str) -> None:
    assert render.reply("r", Reply(text))["text"] == text


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [
        ("image/png", "image"),
        ("image/svg+xml", "download"),
        ("text/html", "page"),
        ("application/pdf", "download"),
        ("text/csv", "download"),
        ("application/xhtml+xml", "download"),
    ],
)
def test_only_pictures_are_shown_and_only_our_reports_open(media_type: str, shown: str) -> None:
    assert render.file(File("x", media_type, str(uuid4()), "words"))["shown"] == shown


def test_the_edit_button_opens_the_form() -> None:
    buttons = (Button("Approve & send", "a"), Button("Edit", "e"))
    assert render.form_of(Card("c", "t", "x", (), buttons, (Input("body", "b", "v"),))) == "e"
    assert render.form_of(Card("c", "t", "x", (), buttons)) == ""
    assert render.form_of(Card("c", "t", "x", (), buttons[:1], (Input("body", "b", "v"),))) == "a"


def test_a_step_says_what_is_done_and_cuts_with_saying_so() -> None:
    step = render.step(Progress("search_inbox", {"query": "clay " * 50, "unread": True}))
    assert step["tool"] == "search inbox"
    assert step["about"].startswith("clay clay")
    assert step["about"].endswith("…")
