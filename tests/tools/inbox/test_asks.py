"""What a mail wants of its reader, sentence by sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.inbox.asks import Asks, asks


@pytest.mark.parametrize(
    "text",
    [
        "Could you send me the key?",
        "Please look at page four.",
        "Hi Ana,\n\nlet me know which one you prefer.",
        "I still need the receipts from you.",
        "We await your answer.",
        "Bitte geben Sie uns Bescheid.",
        "Pourriez-vous m'envoyer le devis ?",
        "Por favor, envie o contrato.",
        "Wir bitten um ein Angebot bis Freitag.",
        "Precisamos do contrato assinado.",
        "Send me the file when it\nis done.",
    ],
)
def test_requests_are_heard(text):
    assert asks(text).request


@pytest.mark.parametrize(
    "text",
    [
        "The parcel arrived yesterday.",
        "If you have any questions, please do not hesitate to contact us.",
        "Please find attached the minutes.",
        "Click here to unsubscribe.",
        "Thank you for letting me know.",
        "",
    ],
)
def test_statements_and_set_phrases_ask_nothing(text):
    assert not asks(text).wants


def test_a_question_to_the_reader_is_told_from_one_to_nobody():
    assert asks("Are you coming on Friday?").question
    assert asks("Quand arrivez-vous ?").question
    assert asks("Queres vir connosco?").question
    assert not asks("Sunny days ahead? That is the forecast.").question


def test_deadlines_and_promises_are_kept_in_the_senders_words():
    read = asks("The stand looks great. I need the figures by Friday. I will send you the rest tomorrow.")
    assert read.deadline == "I need the figures by Friday."
    assert read.promise == "I will send you the rest tomorrow."


@pytest.mark.parametrize(
    "text", ["bis spätestens 3. Mai", "avant vendredi", "até sexta-feira", "The invoice is overdue."]
)
def test_deadlines_in_other_words(text):
    assert asks(text).deadline


def test_a_mail_that_wants_no_answer_asks_nothing():
    assert asks("Have a look at the new shelf.").wants
    assert not asks("Have a look at the new shelf. No need to answer.").wants


def test_a_question_stands_although_no_answer_is_needed_elsewhere():
    assert asks("No need to reply to the first mail. Can you come at nine?").wants


def test_in_a_subject_a_verb_may_be_a_noun():
    assert not asks("", title="Order 4711 for the spring").request
    assert asks("Order 4711 pieces for the spring.").request
    assert asks("", title="Can you call me?").question


def test_asking_late_in_a_wall_of_text_costs_no_more():
    assert asks("word " * 200_000 + "Can you come?") == Asks()


@given(st.text(max_size=400))
def test_any_text_is_read(text):
    read = asks(text)
    assert asks(text) == read


@pytest.mark.needs_data
def test_sentences_of_business_mail_are_told_apart(data):
    lines = (data / "intent" / "ask_sentences.jsonl").read_text("utf-8").splitlines()
    pairs = [(one["ask"], asks(one["text"]).wants) for one in map(json.loads, lines)]
    both = sum(is_ and said for is_, said in pairs)
    wrong = sum(is_ != said for is_, said in pairs)
    assert 2 * both / (2 * both + wrong) >= 0.74
