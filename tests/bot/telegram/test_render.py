"""What is shown in Telegram: whatever somebody wrote, nothing is refused, nothing is lost, and nothing in it is live."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.chat import Button, Card, Field, Input, Reply
from bot.telegram import render
from bot.telegram.text import LONGEST, MOST_ENTITIES, NOTHING, Run, as_html, bare, bold, foreign, pieces, units
from tests.fakes.telegram import entities
from tools.inbox.show import plain

MARKUP = [
    *(
        "<b>",
        "</b>",
        "<a href='https://evil.example'>",
        "</a>",
        "&lt;",
        "&#x1F600;",
        "&",
        "<",
        ">",
        "*bold*",
        "__",
        "`",
    ),
    *("```", "[a](https://evil.example)", "<script>", "<img src=x>", "<tg-emoji emoji-id='1'>", "\\", "{", "|"),
]
LIVE = [
    *(
        "https://evil.example/x?a=b&c=d",
        "evil.example",
        "@somebody",
        "/approve",
        "#tag",
        "$ABC",
        "ana@example.org",
        "t.me/x",
    ),
    *("tg://resolve?domain=x", "(https://evil.example)", "x@y", "//host/path", "ftp://a.b", "a.рф", "/start@other_bot"),
]
ODD = [
    *("👩‍👩‍👧‍👦", "🇵🇹", "e\u0301", "\u202eabc\u202c", "שלום", "مرحبا", "\x00", "\x07", "\u200b", "\ufeff", "\u2028"),
    *("𝕏" * 40, "\r\n", "\n\n", "\t", "å", "a\u030a", "\u0333", "\u2800", "\ufffc", " " * 30),
    *("word " * 300, "x" * 5_000, "<div style='color:red'>Hi</div>" * 90),
]
TEXT = st.lists(st.sampled_from(MARKUP + LIVE + ODD) | st.text(max_size=20), max_size=25).map("".join)
LINE = st.text(max_size=30) | st.sampled_from(MARKUP + LIVE + ODD[:20])
CARDS = st.builds(
    Card,
    st.just("card"),
    TEXT,
    TEXT,
    st.lists(st.builds(Field, LINE, TEXT), max_size=4).map(tuple),
    st.lists(st.builds(Button, LINE, st.text("abcXYZ-_0189", min_size=1, max_size=22)), max_size=5).map(tuple),
    st.lists(st.builds(Input, LINE, LINE, TEXT), max_size=1).map(tuple),
)


def visible(text: str) -> str:
    """What must be there whatever it is cut into: everything but white space."""
    return re.sub(r"\s|[\u0333\u033f\u030a\ufffc·]", "", unicodedata.normalize("NFC", plain(text)))


def seen(runs: list[Run]) -> tuple[str, list[entities.Entity]]:
    """A message as Telegram reads it, which must be taken as it is."""
    text, found = entities.read(as_html(runs), "HTML")
    assert entities.units(text) <= LONGEST
    assert len(found) <= MOST_ENTITIES
    assert not entities.is_void(text)
    assert entities.live(text, found) == []
    return text, found


@settings(max_examples=200, deadline=None)
@given(TEXT)
@example("a" * 4_097)
@example("😀" * 4_097)
@example("https://evil.example/" + "x" * 9_000)
@example("@a " * 400)
def test_any_reply_is_taken_whole_and_nothing_in_it_is_live(text: str) -> None:
    shown = render.reply(Reply(text))
    together = "".join(seen(one)[0] for one in shown.messages)
    assert visible(together).replace(visible(NOTHING), "") == visible(text).replace(visible(NOTHING), "")


@settings(max_examples=200, deadline=None)
@given(CARDS)
def test_any_card_is_taken_whole_and_nothing_in_it_is_live(card: Card) -> None:
    shown = render.card(card)
    together = visible("".join(seen(one)[0] for one in shown.messages))
    for text in (card.title, card.text, *(one.value for one in card.fields), *(one.label for one in card.fields)):
        assert visible(text) in together
    for key in (key for row in shown.keys for key in row):
        assert key.label.strip()
        assert len(key.data.encode()) <= 64
    assert sum(map(len, shown.keys)) == len(card.buttons)


@given(TEXT)
def test_the_real_service_and_we_agree_on_how_long_a_text_is(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(), st.integers(min_value=5, max_value=60))
def test_no_character_is_lost_between_two_messages(text: str, longest: int) -> None:
    made = pieces([Run(text)], longest)
    assert all(units(bare(one)) <= longest or bare(one) == NOTHING for one in made)
    kept = "".join(map(bare, made))
    assert re.sub(r"\s", "", kept).replace(re.sub(r"\s", "", NOTHING), "") == re.sub(r"\s", "", text)


def test_it_is_cut_at_paragraphs() -> None:
    paragraph = "This is a sentence of a long letter. " * 30
    made = pieces(foreign("\n\n".join([paragraph] * 6)))
    assert len(made) == 2
    assert all(bare(one).startswith("This") and bare(one).endswith("letter.") for one in made)


def test_a_style_is_never_cut() -> None:
    words = [
        part for number in range(2_000) for part in (Run(f"word{number} "), Run(f"code{number}", "code"), Run(" "))
    ]
    for message in pieces(words):
        text, found = seen(message)
        assert all(re.fullmatch(r"code\d+", text[one.offset : one.offset + one.length]) for one in found)


def test_an_approval_card_shows_its_facts_and_its_buttons() -> None:
    buttons = tuple(
        Button(label, f"token{at}") for at, label in enumerate(("Approve & send", "Edit", "Reject", "Later"))
    )
    shown = render.card(
        Card(
            "1",
            "Send this reply?",
            "Hi Bo & <all>",
            (Field("To", "bo@kiln.example"),),
            buttons,
            (Input("body", "Text", "Hi"),),
        )
    )
    (message,) = shown.messages
    assert as_html(message) == (
        "<b>Send this reply?</b>\n\n<b>To:</b> <code>bo@kiln.example</code>\n\nHi Bo &amp; &lt;all&gt;"
    )
    assert [[key.label for key in row] for row in shown.keys] == [["Approve & send", "Edit"], ["Reject", "Later"]]
    assert [key.data for row in shown.keys for key in row] == ["token0", "form:token1", "token2", "token3"]
    assert shown.keys[0][0].style == "success"


def test_a_title_with_an_address_is_not_live() -> None:
    text, found = seen([bold("Pay at https://evil.example now")])
    assert entities.live(text, found) == []


def test_what_does_not_fit_into_the_old_place_says_so() -> None:
    shown = render.reply(Reply("word " * 5_000))
    assert len(shown.messages) > 2
    short = shown.within(1, "too long")
    assert len(short.messages) == 1
    assert "[cut here" in seen(short.messages[0])[0]
    assert shown.within(50, "") is shown


@pytest.mark.parametrize("text", ["", " ", "\n", "\u2003"])
def test_nothing_says_that_it_is_nothing(text: str) -> None:
    assert bare(render.reply(Reply(text)).messages[0]) == NOTHING


def test_many_buttons_say_what_is_left_out() -> None:
    card = Card("1", "Many", "", buttons=tuple(Button(str(one), str(one)) for one in range(120)))
    shown = render.card(card)
    assert sum(map(len, shown.keys)) == 100
    assert "20 more buttons" in bare(shown.messages[-1])
