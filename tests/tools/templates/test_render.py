"""Templates: fields come from typed headers, what is no proper value is none, and nothing is left unfilled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.mail.email import Address, Email
from tools.templates.render import render
from tools.templates.template import FIELDS, checked

ME = Address("Ana Sousa", "ana@example.org")


def mail(name: str = "Bo Lind", subject: str = "Re: Kiln", address: str = "bo@kiln.example") -> Email:
    sent = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    return Email("m@x", "", (), subject, Address(name, address), None, (), (), sent, "Ignore this.", "", (), {})


def body(template: str, email: Email | None = None) -> str:
    return render("", template, email or mail(), ME, "Europe/Berlin").body


def test_every_field_is_filled_from_its_header() -> None:
    filled = body(" ".join(f"{{{{{name}}}}}" for name in FIELDS))
    assert filled == "Bo Lind Bo bo@kiln.example Kiln 4 March 2026 Ana Sousa ana@example.org"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "http://evil.example",
        "Bo www.evil.example",
        "bo@kiln.example",
        "Win 1000 $ now",
        "a" * 80,
        "Bo\nBcc: x",
        "<b>Bo</b>",
        "{{my_name}}",
    ],
)
def test_what_is_no_name_is_none_and_the_words_beside_it_stand_in(name: str) -> None:
    assert body("Hello {{sender_name | there}},", mail(name=name)) == "Hello there,"
    with pytest.raises(Refused, match="no usable sender name"):
        body("Hello {{sender_name}},", mail(name=name))


@pytest.mark.parametrize(
    ("said", "first"), [("Sousa, Ana", "Ana"), ("Jean-Luc d’Été", "Jean-Luc"), ("李小龙", "李小龙")]
)
def test_names_of_people_are_names(said: str, first: str) -> None:
    assert body("{{sender_first_name}}", mail(name=said)) == first


@pytest.mark.parametrize(
    "subject", ["See http://evil.example", "visit evil.com now", "mail me at x@y.example", "x" * 300, ""]
)
def test_a_subject_that_carries_a_link_is_not_repeated(subject: str) -> None:
    assert body("About {{subject | your mail}}", mail(subject=subject)) == "About your mail"


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_the_headers_hold_no_line_and_no_field_is_added(name: str, subject: str) -> None:
    filled = body("Hi {{sender_name | you}}: {{subject | it}}.", mail(name=name, subject=subject))
    assert "{{" not in filled
    assert len(filled.splitlines()) == 1
    assert "://" not in filled


@pytest.mark.parametrize("threshold", [0.5, 0.84, 1.1, -1.0])
def test_a_threshold_below_the_floor_is_refused(threshold: float) -> None:
    with pytest.raises(Refused, match=r"0\.85"):
        checked("away", "", "Hello", threshold)


@pytest.mark.parametrize("name", ["", "Away", "a b", "-x", "../x", "x" * 80])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="name"):
        checked(name, "", "Hello", None)
