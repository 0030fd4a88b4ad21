"""A reply letter from the person's own words: polite, punctuated, and with nothing invented."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.llm.offline.compose import ACKNOWLEDGEMENT, compose, given_name


def middle(message: str, sender: str = "Ana Sousa") -> str:
    return compose(sender, message, "Alex").split("\n\n")[1]


def test_a_letter_greets_says_it_and_signs() -> None:
    assert compose("Ana Sousa", "Thursday works", "Alex") == "Hi Ana,\n\nThursday works.\n\nBest regards,\nAlex\n"


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("that I'll be late", "I'll be late."),
        ("i can't make it", "I can't make it."),
        ("yes, gladly", "Yes, gladly."),
        ("thanks and ask for the invoice", "Thank you. May I ask you for the invoice?"),
        ("ask whether Friday works", "Could you tell me whether Friday works?"),
        ("ask her to bring the keys", "Could you please bring the keys?"),
        ("thank her for the slides", "Thank you for the slides."),
        ("to call me tomorrow", "Please call me tomorrow."),
        ("decline politely", "Thank you, but I have to decline."),
        ("can you send it again", "Can you send it again?"),
        ("ok for tmrw", "Ok for tomorrow."),
        ("how about Monday", "How about Monday?"),
        ("Great! See you there", "Great! See you there."),
    ],
)
def test_reported_speech_becomes_direct(message: str, written: str) -> None:
    assert middle(message) == written


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("her order has shipped", "Your order has shipped."),
        ("she is welcome and he'll see", "You are welcome and you'll see."),
        ("we will call her on Monday", "We will call you on Monday."),
        ("Peter lost his keys", "Peter lost his keys."),
        ("we met Tom and he agrees", "We met Tom and he agrees."),
    ],
)
def test_who_is_meant_by_she(message: str, written: str) -> None:
    assert middle(message) == written


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ana Sousa", "Ana"), ("Sousa, Ana", "Ana"), ("DR. TOM WEISS", "Tom"), ("Jean-Luc Picard", "Jean-Luc"),
        ("Acme Billing", ""), ("noreply@shop.example", ""), ("", ""), ("Lisbon 24 Hotel", ""), ("Ana <ana@x.example>", "Ana"),
    ],
)  # fmt: skip
def test_people_are_greeted_by_name_and_companies_are_not(name: str, first: str) -> None:
    assert given_name(name) == first


def test_nothing_said_is_an_acknowledgement() -> None:
    assert middle("") == middle(" ?!") == ACKNOWLEDGEMENT


@given(st.text(max_size=40), st.text(max_size=200), st.text(max_size=20))
def test_a_letter_is_never_empty(sender: str, message: str, own: str) -> None:
    assert len(compose(sender, message, own).split()) >= 4


@given(
    st.lists(
        st.sampled_from(
            [
                "ask",
                "her",
                "for",
                "the",
                "invoice",
                "Thursday",
                "we",
                "thank",
                "him",
                "that",
                "I",
                "they",
                "can",
                "Berlin",
                "not",
                "and",
            ]
        ),
        max_size=12,
    )
)
def test_no_name_appears_that_nobody_said(words: list[str]) -> None:
    frame = set(
        [
            "Hi",
            "Ana",
            "Best",
            "Alex",
            "I",
            "Thank",
            "May",
            "Could",
            "Please",
            "You",
            "Your",
            "The",
            "For",
            "That",
            "And",
            "Not",
            "He",
            "Her",
            "Him",
            "We",
            "They",
            "Can",
            "Ask",
        ]
    )
    written = compose("Ana", " ".join(words), "Alex")
    assert set(re.findall(r"\b[A-Z]\w*", written)) <= frame | {word.capitalize() for word in words} | {"Invoice"}
