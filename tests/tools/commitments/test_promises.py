"""What is a promise, by which day it is due, and when it is kept: decided by plain functions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.commitments.due import due_on
from tools.commitments.find import found_in
from tools.commitments.keep import keeps, says_something
from tools.commitments.promises import LONGEST, MOST, promised, promises
from tools.commitments.words import line, listing
from tools.evals.commitments import run
from tools.inbox.signals import Signals

TUESDAY = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
LISBON = "Europe/Lisbon"


def test_the_written_sentences_stay_found() -> None:
    figures = run(Path(__file__).parents[2] / "data" / "promises.jsonl").figures
    assert float(figures["judged_precision"]) >= 0.9
    assert float(figures["judged_recall"]) >= 0.7


@pytest.mark.parametrize(
    "sentence",
    [
        "I'll see what i can do and get back to you.",
        "I should be able to get back with you next week.",
        "I will get Gary to look into the deal.",
        "I'll try to get the tariff numbers and get back to you.",
        "I’ll send it tomorrow, ok?",
    ],
)
def test_promises_of_real_mail(sentence: str) -> None:
    assert promised(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "We can ask Ed on Wednesday.",
        "We will see if Auburn is for real this weekend.",
        "Also, please forward to me what I owe you for the flight.",
        "So I can get an update on that when we talk tomorrow.",
        "Enter your user name and email address at our page and we'll email it to you.",
        "When I'm in need of some expertise in the future, I will give you a call.",
        "Shall I send it tomorrow?",
        "I'll send it. " + "word " * 200 + "by Friday",
    ],
)
def test_what_only_sounds_like_one(sentence: str) -> None:
    assert promised(sentence[: LONGEST + 100]) is None


def test_quoted_words_are_nobodys_promise_and_few_are_kept_of_one_mail() -> None:
    assert promises("> I'll send you the contract tomorrow.\n\nThanks!") == []
    many = "\n".join(f"I'll send you report {number} tomorrow." for number in range(20))
    assert len(promises(many)) == MOST


@pytest.mark.parametrize(
    ("quote", "due"),
    [
        ("I'll send it by Friday.", date(2026, 11, 20)),
        ("Tomorrow I'll call you.", date(2026, 11, 18)),
        ("We will refund it within five working days.", date(2026, 11, 22)),
        ("I'll get back to you within ten days.", date(2026, 11, 27)),
        ("Ich schicke dir die Unterlagen bis Freitag.", date(2026, 11, 20)),
        ("Je vous envoie le devis demain matin.", date(2026, 11, 18)),
        ("I'll call you when she is back on Monday.", None),
        ("The zoo is free for all children on Saturday, and I will bring the tickets.", None),
        ("I'll send it.", None),
    ],
)
def test_the_day_is_that_which_was_said(quote: str, due: date | None) -> None:
    assert due_on(quote, TUESDAY, LISBON) == due


def test_the_day_is_read_in_the_owners_zone() -> None:
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    assert due_on("I'll send it tomorrow.", late, "Asia/Tokyo") == date(2026, 11, 19)
    assert due_on("I'll send it tomorrow.", late, LISBON) == date(2026, 11, 18)


def mail(**given_: Any) -> Any:
    plain = {
        "id": uuid4(), "account": uuid4(), "email": None, "folder": "INBOX", "thread": "t", "outgoing": False,
        "sender_name": "Bo Lind", "sender_address": "bo@kiln.example", "recipients": {"to": [{"name": "Ana", "address": "a@b.c"}]},
        "sent_at": TUESDAY, "attachments": [], "signals": Signals(addressed="direct").to_json(), "category": "work",
        "reply": "I'll send you the contract by Friday.", "bare": False,
    }  # fmt: skip
    return Row(**plain | given_)


FORWARD = """---------- Forwarded message ---------
From: Eve Moss <eve@moss.example>
Date: Mon, 16 Nov 2026 at 10:00
Subject: Roof
To: Bo Lind <bo@kiln.example>

I'll send you the contract by Friday.
"""


def rows(row: Any) -> list[dict[str, Any]]:
    return found_in(row, uuid4(), LISBON)


def test_the_senders_promise_is_to_the_owner_and_the_owners_to_whom_they_wrote() -> None:
    (theirs,) = rows(mail())
    assert (theirs["mine"], theirs["name"], theirs["file"], theirs["due_on"]) == (
        False,
        "Bo Lind",
        True,
        date(2026, 11, 20),
    )
    (own,) = rows(mail(outgoing=True, folder="Sent", category=None))
    assert (own["mine"], own["name"]) == (True, "Ana")


@pytest.mark.parametrize(
    "given_",
    [
        {"category": "phishing"},
        {"category": "newsletter"},
        {"signals": Signals(addressed="copied").to_json()},
        {"signals": Signals(addressed="direct", poses=True).to_json()},
        {"signals": Signals(addressed="direct", sender_kind="machine").to_json()},
        {"signals": Signals(addressed="direct", list_kind="discussion").to_json()},
        {"outgoing": True, "folder": "Drafts"},
        {"outgoing": True, "recipients": {}},
        {"bare": True, "reply": FORWARD},
    ],
)
def test_where_nobody_speaks_to_the_owner_nothing_is_found(given_: dict[str, Any]) -> None:
    assert rows(mail(**given_)) == []


def owed(**given_: Any) -> Any:
    plain = {
        "mine": False,
        "address": "bo@kiln.example",
        "file": False,
        "email": None,
        "counts_from": TUESDAY,
        "thread": "t",
    }
    return Row(**plain | given_)


LATER = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
ANSWER = "The price is 420 euros with the transport."
PDF = [{"name": "c.pdf", "media_type": "application/pdf", "size": 900}]


@pytest.mark.parametrize(
    ("given_", "promise", "kept"),
    [
        ({"reply": ANSWER}, {}, True),
        ({"reply": ANSWER, "sent_at": TUESDAY}, {}, False),
        ({"reply": ANSWER, "sender_address": "eve@kiln.example"}, {}, False),
        ({"reply": ANSWER, "outgoing": True}, {}, False),
        ({"reply": ANSWER, "outgoing": True}, {"mine": True}, True),
        ({"reply": ANSWER}, {"file": True}, False),
        ({"reply": "Here.", "attachments": PDF}, {"file": True}, True),
        (
            {"reply": "Here.", "attachments": [{"name": "l.png", "media_type": "image/png", "size": 900}]},
            {"file": True},
            False,
        ),
        ({"reply": "https://www.dropbox.com/s/abc"}, {"file": True}, True),
        ({"reply": ANSWER, "signals": Signals(auto_submitted="auto-replied").to_json()}, {}, False),
        ({"reply": ANSWER, "folder": "Drafts", "outgoing": True}, {"mine": True}, False),
    ],
)
def test_who_keeps_it_and_with_what(given_: dict[str, Any], promise: dict[str, Any], kept: bool) -> None:
    assert keeps(mail(**{"sent_at": LATER} | given_), owed(**promise)) is kept


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Hi Ana,\n\nok, got it, thanks.\n\nBest,\nBo",
        "Which of them do you mean?",
        "Sorry, I'll send you the price tomorrow.",
    ],
)
def test_thanks_a_question_back_and_another_promise_keep_nothing(text: str) -> None:
    assert not says_something(text)


def test_late_is_said_and_hidden_signs_are_shown() -> None:
    one = Row(
        mine=False, name="Bo\u202e", address="b", quote="I'll send it.", due_on=date(2026, 11, 16), said_at=TUESDAY
    )
    assert "late since Mon 16 Nov" in line(one, LISBON, LATER)
    assert "Bo·" in listing([one], LISBON, LATER, [1])


@given(st.text(max_size=500))
def test_wild_text_is_read_without_complaint(text: str) -> None:
    for one in promises(text):
        assert len(one.quote) <= LONGEST
        due_on(one.quote, TUESDAY, LISBON)
