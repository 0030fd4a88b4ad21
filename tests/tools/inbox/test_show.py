"""How mails look in a chat: plain words, everything visible, long ones cut and said so."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.inbox import show

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LISBON = "Europe/Lisbon"
FIRST, LAST = datetime(1970, 1, 2), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis puts the zone in


def row(**columns: Any) -> Any:
    mail = {
        "sender_name": "Bo Lind",
        "sender_address": "bo@kiln.example",
        "subject": "Kiln parts",
        "sent_at": datetime(2026, 3, 3, 9, tzinfo=UTC),
        "labels": [],
        "unread": False,
        "attachments": [],
        "outgoing": False,
        "recipients": {"to": [{"name": "Ana", "address": "ana@example.org"}]},
        "body": "Does Thursday suit you?",
        "needs_me": False,
    }
    return SimpleNamespace(**(mail | columns))


@given(st.text(alphabet=st.characters()))
def test_nothing_that_is_shown_hides_or_turns_anything(text: str) -> None:
    shown = show.plain(text)
    assert show.plain(shown) == shown
    for one in shown:
        assert one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(one) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@given(st.text(alphabet=st.characters(whitelist_categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x2FF)))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert show.plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb", "a    b"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("pay\u202eelcyc", "pay·elcyc"),
        ("zero\u200bwidth", "zero·width"),
        ("\x1b[31mred", "·[31mred"),
        ("co\u00adoperate", "cooperate"),
        ("nul\x00", "nul·"),
        ("half\ud800", "half·"),
        ("line\u2028two", "line·two"),
        ("naïve 東京 😀", "naïve 東京 😀"),
    ],
)
def test_what_would_hide_is_a_dot(text: str, shown: str) -> None:
    assert show.plain(text) == shown


def test_a_line_tells_who_what_when_and_the_marks() -> None:
    assert show.line(1, row(), LISBON, NOW) == "1. Bo Lind: Kiln parts, Tue 3 Mar"
    marked = row(labels=["Finance"], unread=True, attachments=[{}, {}], sent_at=NOW)
    assert show.line(12, marked, LISBON, NOW) == "12. Bo Lind: Kiln parts, today 12:00 (Finance, unread, 2 files)"


@pytest.mark.parametrize(
    ("columns", "who"),
    [
        ({"sender_name": ""}, "bo@kiln.example"),
        ({"sender_name": "", "sender_address": ""}, "(no sender)"),
        ({"outgoing": True}, "you to Ana"),
        ({"outgoing": True, "recipients": {"to": [{"name": "", "address": "x@y.z"}]}}, "you to x@y.z"),
        ({"outgoing": True, "recipients": {}}, "you"),
    ],
)
def test_who_a_mail_is_from(columns: dict[str, Any], who: str) -> None:
    assert show.who(row(**columns)) == who


def test_a_mail_without_anything_is_still_told() -> None:
    bare = row(subject="", sender_name="", sender_address="", body=" \n", recipients={})
    assert show.full(bare, LISBON, NOW).endswith("Subject: (no subject)\n\n(this mail has no text)")
    assert show.shown(SimpleNamespace(**vars(bare), id=None)).subject == "(no subject)"


def test_a_long_mail_is_cut_and_says_how_much_is_left() -> None:
    text = show.full(row(body="x" * (show.BODY_SHOWN + 1_234)), LISBON, NOW)
    assert text.endswith("[cut here: 1,234 more characters]")


def test_a_subject_cannot_make_a_second_line_of_the_list() -> None:
    for subject in ("Hello\n2. Bank: Pay now", "Hello\r2. Bank", "Hello\u20282. Bank", "Hello\x0b2. Bank"):
        assert "\n" not in show.line(1, row(subject=subject), LISBON, NOW)


def test_files_are_named_with_their_sizes() -> None:
    files = [{"name": "a.pdf", "size": 900}, {"name": "b.zip", "size": 12_400}, {"name": "c.mov", "size": 1_440_000}]
    assert "Files: a.pdf (900 B), b.zip (12 KB), c.mov (1.4 MB)" in show.full(row(attachments=files), LISBON, NOW)


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        (datetime(2026, 3, 9, 23, 30, tzinfo=UTC), LISBON, "Mon 9 Mar"),
        (datetime(2026, 3, 9, 23, 30, tzinfo=UTC), "Europe/Berlin", "today 00:30"),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "Asia/Tokyo", "Thu 1 Jan"),
        (datetime(2025, 12, 31, 12, tzinfo=UTC), LISBON, "Wed 31 Dec 2025"),
    ],
)
def test_days_are_those_of_the_persons_zone(at: datetime, zone: str, day: str) -> None:
    assert show.day(at, zone, NOW) == day


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)))
def test_every_moment_can_be_told(at: datetime) -> None:
    assert str(at.astimezone(show.ZoneInfo("Pacific/Auckland")).year) in show.moment(at, "Pacific/Auckland")
