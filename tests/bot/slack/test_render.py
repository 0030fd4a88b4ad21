"""Whatever words say, Slack takes them: within every limit, with nothing live in them, cut only with saying so."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.chat import Button, Card, Choice, Field, Input, Reply
from bot.slack import forms, render
from bot.slack.posting import simple
from bot.slack.text import heard
from storage.values.errors import Refused
from tests.fakes.slack_blocks import faults, live, view_faults
from tests.fakes.slack_door import read

NASTY = st.sampled_from(
    [
        "<!channel>",
        "<@U123>",
        "<https://evil.example|your bank>",
        "[click](https://evil.example)",
        "![x](https://evil.example/p.png)",
        "https://evil.example/a?b=c&d=<e>",
        "*bold* _it_ ~no~ `code` ```",
        ":smile:",
        "&amp;&lt;",
        "\u202eevil\u202c",
        "שלום مرحبا",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "\x00\x07\ud800",
        "<html><img src=x onerror=alert(1)>",
        "\n\n\n",
        " ",
        "",
    ]
)
TEXT = st.one_of(
    st.text(max_size=200), NASTY, st.builds(lambda one, length: (one * length)[:length], NASTY, st.integers(1, 9000))
)
TOKEN = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=22)
CARDS = st.builds(
    Card,
    id=TOKEN,
    title=TEXT,
    text=TEXT,
    fields=st.lists(st.builds(Field, TEXT, TEXT), max_size=50).map(tuple),
    buttons=st.lists(st.builds(Button, TEXT, TOKEN), max_size=30).map(tuple),
    inputs=st.lists(st.builds(Input, TOKEN, TEXT, TEXT), max_size=2).map(tuple),
    choices=st.lists(st.builds(Choice, TOKEN, TEXT), max_size=12, unique_by=lambda one: one.name).map(tuple),
)
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def taken(shown: render.Shown) -> None:
    """Slack takes it, and nothing in it comes to life."""
    assert faults(shown.blocks) == []
    assert faults(simple(shown)) == []
    assert list(live(shown.blocks)) == []
    assert 1 <= len(shown.text) <= 4_000
    assert list(live({"text": shown.text})) == []
    json.dumps(shown.blocks).encode("utf-8")


@MANY
@given(CARDS)
def test_any_card_is_taken(card: Card) -> None:
    taken(render.card(card))


@MANY
@given(TEXT)
def test_any_reply_is_taken(text: str) -> None:
    taken(render.reply(Reply(text)))


@MANY
@given(st.lists(TEXT, max_size=20), TEXT)
def test_any_steps_are_taken(done: list[str], now: str) -> None:
    taken(render.steps([render.working(one) for one in done], render.working(now)))


@MANY
@given(st.lists(st.builds(Input, TOKEN, TEXT, TEXT), min_size=1, max_size=3, unique_by=lambda one: one.name), TEXT)
def test_any_form_is_taken(inputs: list[Input], title: str) -> None:
    assert view_faults(forms.form(title, inputs, forms.Purpose("T1:D1", "token"))) == []


def test_a_text_that_no_form_can_hold_is_refused_in_words() -> None:
    with pytest.raises(Refused, match="in your own words"):
        forms.form("Edit", [Input("body", "Text", "x" * 40_000)], forms.Purpose("T1:D1", "token"))


def text_of(shown: render.Shown) -> str:
    """What a person reads in the sections."""
    return "".join(read(block["text"]["text"]) for block in shown.blocks if block["type"] == "section")


def test_what_fits_is_shown_to_the_last_letter() -> None:
    letter = "\n".join(f"Line {number} with <signs> & more." for number in range(300))
    shown = render.reply(Reply(letter))
    assert (text_of(shown), shown.whole) == (letter, "")


def test_what_does_not_fit_says_so_and_keeps_the_whole_text_for_a_file() -> None:
    letter = "word " * 9_000
    shown = render.card(Card("c", "Send this reply?", letter))
    note = shown.blocks[-1]["elements"][0]["text"]
    assert note.startswith("Cut here: ")
    assert "in the file that follows" in note
    assert letter.strip() in shown.whole


def test_facts_that_are_cut_say_so() -> None:
    shown = render.card(Card("c", "Send?", "text", (Field("To", "x@example.org, " * 500),)))
    assert "(cut: " in json.dumps(shown.blocks)
    assert shown.whole.count("x@example.org") == 500


def test_a_button_carries_its_token_and_nothing_of_the_draft() -> None:
    card = Card("c", "Send?", "the draft", buttons=(Button("Approve & send", "tok"), Button("Reject", "en")))
    approve, reject = render.buttons(card)[0]["elements"]
    assert (approve["value"], reject["value"]) == ("tok", "en")
    assert approve["style"] == "primary"
    assert "style" not in reject


def test_what_sends_asks_once_more() -> None:
    card = Card(
        "c", "Send?", "", (Field("To", "<bo@kiln.example>"),), (Button("Approve & send", "t"), Button("Later", "l"))
    )
    approve, later = render.buttons(card)[0]["elements"]
    assert read(approve["confirm"]["text"]["text"]) == "To <bo@kiln.example>"
    assert "confirm" not in later


def test_a_long_text_in_a_form_comes_back_byte_for_byte() -> None:
    text = "\n".join(f"line {number} 👩‍👧 & <b>" for number in range(700)) + "\n"
    view = forms.form("Edit", [Input("body", "Text", text)], forms.Purpose("T1:D1", "token"))
    assert len(view["blocks"]) > 3
    values = {one["block_id"]: {"value": {"value": one["element"].get("initial_value")}} for one in view["blocks"]}
    assert forms.filled({**view, "state": {"values": values}}) == ({"body": text}, {})


def test_what_a_person_typed_is_heard_as_they_see_it() -> None:
    said = "<@UBOT> mail <mailto:bo@kiln.example|bo@kiln.example> about <https://a.example> &amp; 1 &lt; 2 &amp;lt;"
    assert heard(said, "UBOT") == "mail bo@kiln.example about https://a.example & 1 < 2 &lt;"
