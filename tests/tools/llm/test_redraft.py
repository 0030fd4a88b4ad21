"""Spoken changes to a draft: what was asked changes, everything else stays, and what is not understood changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.llm.offline.redraft import redraft

MIDDLE = "Thursday works for me. I'll bring the documents. Please send the price list. See you at 10:00."
DRAFT = f"Hi Ana,\n\n{MIDDLE}\n\nBest regards,\nAlex\n"


def changed(wish: str, body: str = DRAFT) -> str:
    result = redraft(body, wish)
    assert result is not None
    return result


@pytest.mark.parametrize("wish", ["make it shorter", "shorter please", "too long", "a bit more concise", "shorten it"])
def test_shorter_keeps_greeting_first_sentences_and_sign_off(wish: str) -> None:
    assert changed(wish) == "Hi Ana,\n\nThursday works for me. I'll bring the documents.\n\nBest regards,\nAlex\n"


@pytest.mark.parametrize(
    "wish",
    [
        "say Friday instead", "say Friday instead of Thursday", "change Thursday to Friday", "replace Thursday with Friday",
        "Friday, not Thursday", "make it Friday", "not thursday but Friday", "please swap Thursday for Friday",
    ],
)  # fmt: skip
def test_one_day_for_another(wish: str) -> None:
    assert changed(wish) == DRAFT.replace("Thursday", "Friday")


def test_a_new_time_takes_the_place_of_the_only_time() -> None:
    assert changed("11:30 instead") == DRAFT.replace("10:00", "11:30")


def test_between_two_days_it_does_not_guess() -> None:
    assert redraft("Hi Ana,\n\nMonday or Tuesday works.\n\nBest,\nAlex\n", "say Friday instead") is None


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("add that we need the invoice", "We need the invoice."),
        ("ask for the invoice as well", "May I ask you for the invoice?"),
        ("mention the parking", "I would also like to mention the parking."),
        ('add "See you soon"', "See you soon."),
        ("also tell her I moved and can't print", "I moved and can't print."),
    ],
)
def test_something_is_added_before_the_sign_off(wish: str, sentence: str) -> None:
    assert changed(wish) == DRAFT.replace(MIDDLE, f"{MIDDLE} {sentence}")


@pytest.mark.parametrize(
    ("wish", "gone"),
    [
        ("remove the last sentence", " See you at 10:00."),
        ("drop the line about the documents", " I'll bring the documents."),
        ("don't mention the price", " Please send the price list."),
        ("leave out the second sentence", " I'll bring the documents."),
    ],
)
def test_something_is_left_out(wish: str, gone: str) -> None:
    assert changed(wish) == DRAFT.replace(gone, "")


def test_more_formal_and_friendlier() -> None:
    formal = changed("more formal please")
    assert formal.startswith("Dear Ana,")
    assert "I will bring" in formal
    assert "Kind regards,\nAlex" in formal
    assert changed("friendlier", formal) == DRAFT.replace("Best regards", "Warm regards")


def test_two_wishes_at_once() -> None:
    assert changed("make it shorter and more formal").startswith("Dear Ana,\n\nThursday works for me. I will bring")


def test_names_and_phrases_of_the_frame() -> None:
    assert changed("sign it as Alexandra").endswith("Best regards,\nAlexandra\n")
    assert changed("sign off with Cheers").endswith("Cheers,\nAlex\n")
    assert changed("start with Dear Ms Sousa").startswith("Dear Ms Sousa,\n")
    assert changed("add a PS that I moved").endswith("Alex\n\nP.S. I moved.\n")


def test_a_quoted_text_replaces_the_words_between_greeting_and_name() -> None:
    assert changed('"Sorry, I can\'t come."') == DRAFT.replace(MIDDLE, "Sorry, I can't come.")


@pytest.mark.parametrize(
    "wish", ["make it rhyme", "", "translate it to French", "add the phone number", "remove the joke", "hm"]
)
def test_what_is_not_understood_is_none(wish: str) -> None:
    assert redraft(DRAFT, wish) is None


@given(st.text(max_size=80), st.text(max_size=120))
def test_any_wish_on_any_text_never_empties_it(body: str, wish: str) -> None:
    result = redraft(body, wish)
    assert result is None or result.strip()


@given(
    st.sampled_from(
        ["shorter", "more formal", "friendlier", "remove the first sentence", "say Friday instead", "less formal"]
    )
)
def test_no_name_is_invented(wish: str) -> None:
    allowed = {"Dear", "Kind", "Warm", "Cheers", "Friday"}
    words = {word.strip(".,!?") for word in changed(wish).split() if word[0].isupper()}
    assert words <= allowed | {word.strip(".,!?") for word in DRAFT.split()} | {"I"}
