"""What cannot wait, decided purely: never of strangers, machines, spam or phishing, and only what is pressing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from storage.tables.ties import Tie
from tools.digest.urgent import OFTEN, why_urgent

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)  # a Tuesday
KNOWN = Tie(written=1)
ZONE = "Europe/Lisbon"


def mail(text: str, subject: str = "Kiln", **known: Any) -> Any:
    """A sorted mail that waits for its owner."""
    told = {"category": "personal", "needs_me": True, "reasons": [], "sent_at": AT - timedelta(minutes=5), **known}
    return SimpleNamespace(subject=subject, reply=text, **{"signals": {}, **told})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Please sign the form by tomorrow.", "by tomorrow"),
        ("Please sign the form by Wednesday.", "by tomorrow"),
        ("Please send me the list by today noon.", "by today"),
        ("Can you call me? It is urgent.", "“urgent”"),
        ("Bitte ruf mich an, es eilt.", "“eilt”"),
        ("Podes ligar-me? É urgente.", "“urgente”"),
    ],
)
def test_a_near_deadline_and_words_of_urgency_break_through(text: str, why: str) -> None:
    assert why in why_urgent(mail(text), KNOWN, AT, ZONE)


@pytest.mark.parametrize(
    "text",
    [
        "Please sign the form by Friday.",
        "Which colour do you like best?",
        "Can you look at this? It is not urgent.",
        "Could you send me the list? No rush.",
        "The fair ended yesterday. Did you like it?",
    ],
)
def test_what_has_time_waits(text: str) -> None:
    assert why_urgent(mail(text), KNOWN, AT, ZONE) == ""


def test_a_deadline_is_counted_from_the_day_on_which_it_was_written() -> None:
    old = mail("Please sign the form by tomorrow.", sent_at=AT - timedelta(days=1))
    assert "by today" in why_urgent(old, KNOWN, AT, ZONE)
    assert why_urgent(mail("Please sign it by tomorrow.", sent_at=AT - timedelta(days=3)), KNOWN, AT, ZONE) == ""


def test_whoever_is_answered_often_breaks_through() -> None:
    calm = mail("Which colour do you like best?")
    assert why_urgent(calm, Tie(written=5, answered=OFTEN), AT, ZONE) == "you often answer this person"
    assert why_urgent(calm, Tie(written=5, answered=OFTEN - 1), AT, ZONE) == ""


LOUD = "Can you call me right away? It is urgent, please answer by today."


@pytest.mark.parametrize(
    "known",
    [
        {"needs_me": False},
        {"category": "spam"},
        {"category": "phishing"},
        {"category": "newsletter"},
        {"reasons": ["careful: it may be phishing"]},
        {"signals": {"unproven": True}},
        {"signals": {"poses": True}},
        {"signals": {"deceptive_links": 1}},
        {"signals": {"resembles_mine": True}},
        {"signals": {"sender_kind": "machine"}},
    ],
)
def test_what_looks_wrong_never_breaks_through(known: dict[str, Any]) -> None:
    assert why_urgent(mail(LOUD), Tie(9, 9), AT, ZONE)
    assert why_urgent(mail(LOUD, **known), Tie(9, 9), AT, ZONE) == ""


def test_a_stranger_never_breaks_through() -> None:
    assert why_urgent(mail(LOUD), Tie(), AT, ZONE) == ""
