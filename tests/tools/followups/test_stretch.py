"""How a person's words about past days become a stretch of dates."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.followups.when import Period, period

TUESDAY_AT_TEN = datetime(2026, 3, 10, 10, tzinfo=UTC)


def days(text: str, now: datetime = TUESDAY_AT_TEN, zone: str = "Europe/Lisbon") -> tuple[str, str]:
    """The stretch as two ISO dates, each empty when open."""
    found = period(text, now, zone)
    assert found is not None
    return str(found.since or ""), str(found.until or "")


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("today", "2026-03-10", "2026-03-11"),
        ("yesterday", "2026-03-09", "2026-03-10"),
        ("last night", "2026-03-09", "2026-03-10"),
        ("this week", "2026-03-09", "2026-03-16"),
        ("last week", "2026-03-02", "2026-03-09"),
        ("last wk", "2026-03-02", "2026-03-09"),
        ("the week before last", "2026-02-23", "2026-03-02"),
        ("over the weekend", "2026-03-07", "2026-03-09"),
        ("last month", "2026-02-01", "2026-03-01"),
        ("this month", "2026-03-01", "2026-04-01"),
        ("last quarter", "2025-10-01", "2026-01-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("in March", "2026-03-01", "2026-04-01"),
        ("in november", "2025-11-01", "2025-12-01"),
        ("in March 2025", "2025-03-01", "2025-04-01"),
        ("q4 2025", "2025-10-01", "2026-01-01"),
        ("in 2025", "2025-01-01", "2026-01-01"),
        ("on Tuesday", "2026-03-03", "2026-03-04"),
        ("last Tuesday", "2026-03-03", "2026-03-04"),
        ("on friday", "2026-03-06", "2026-03-07"),
        ("Nov 3", "2025-11-03", "2025-11-04"),
        ("on the 10th", "2026-03-10", "2026-03-11"),
        ("3 days ago", "2026-03-07", "2026-03-08"),
        ("two weeks ago", "2026-02-23", "2026-03-02"),
    ],
)
def test_a_named_stretch_has_both_ends(text: str, since: str, until: str) -> None:
    assert days(text) == (since, until)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("since Monday", "2026-03-09", ""),
        ("since 3 Nov", "2025-11-03", ""),
        ("since the 1st", "2026-03-01", ""),
        ("after 3 Nov", "2025-11-04", ""),
        ("from Monday on", "2026-03-09", ""),
        ("before Friday", "", "2026-03-06"),
        ("until yesterday", "", "2026-03-10"),
        ("until the end of january", "", "2026-02-01"),
        ("before 2026-01-15", "", "2026-01-15"),
        ("last 7 days", "2026-03-03", ""),
        ("past two weeks", "2026-02-24", ""),
        ("in the past few days", "2026-03-07", ""),
        ("past week", "2026-03-03", ""),
        ("in the last month", "2026-02-10", ""),
        ("last 24 hours", "2026-03-09", ""),
        ("older than 3 days", "", "2026-03-07"),
        ("more than a month ago", "", "2026-02-10"),
        ("newer than a week", "2026-03-03", ""),
    ],
)
def test_an_open_stretch_has_one_end(text: str, since: str, until: str) -> None:
    assert days(text) == (since, until)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("between 1 and 5 November", "2025-11-01", "2025-11-06"),
        ("1-5 Nov 2025", "2025-11-01", "2025-11-06"),
        ("Nov 1-5", "2025-11-01", "2025-11-06"),
        ("between 3/11 and 5/11", "2025-11-03", "2025-11-06"),
        ("from Monday to Wednesday", "2026-03-02", "2026-03-05"),
        ("between dec 20 and jan 5", "2025-12-20", "2026-01-06"),
        ("March to May", "2025-03-01", "2025-06-01"),
    ],
)
def test_a_stretch_between_two_days_includes_both(text: str, since: str, until: str) -> None:
    assert days(text) == (since, until)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("mails from ana in november about the roof", "in november"),
        ("what did Bob write since Monday about the 14 March invoice?", "since Monday"),
        ("show the invoice of 3 March from last week", "of 3 March"),
        ("anything with 3 May in it from last week?", "from last week"),
        ("yesterday's mail", "yesterday's"),
    ],
)
def test_the_words_of_the_stretch_are_found_in_a_sentence(sentence: str, words: str) -> None:
    found = period(sentence, TUESDAY_AT_TEN, "Europe/Lisbon")
    assert found is not None
    assert sentence[found.start : found.end] == words


@pytest.mark.parametrize(
    "text",
    ["", "mail 3 from bob", "invoice 2025", "may i see it", "the last message", "last 3 emails", "from 1 to 3 mails"],
)
def test_a_text_without_days_has_no_stretch(text: str) -> None:
    assert period(text, TUESDAY_AT_TEN, "Europe/Lisbon") is None


def test_the_day_is_the_persons_own() -> None:
    late_in_new_york = datetime(2026, 3, 11, 2, tzinfo=UTC)
    assert days("today", late_in_new_york, "America/New_York") == ("2026-03-10", "2026-03-11")
    assert days("on 3/4", late_in_new_york, "America/New_York") == ("2026-03-04", "2026-03-05")


def test_leap_days_and_year_ends() -> None:
    assert days("on 29 feb") == ("2024-02-29", "2024-03-01")
    assert days("last week", datetime(2026, 1, 2, 9, tzinfo=UTC)) == ("2025-12-22", "2025-12-29")
    assert days("last month", datetime(2026, 1, 2, 9, tzinfo=UTC)) == ("2025-12-01", "2026-01-01")


PIECES = [
    "since", "until", "between", "and", "to", "from", "last", "3", "days", "march", "friday", "29/2", "2025", "week",
    "ago", "the", "-", "12/1", "on", "yesterday", "older than",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=9),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
)
def test_whatever_is_said_the_ends_are_in_order_and_the_words_in_the_text(said: list[str], now: datetime) -> None:
    text = " ".join(said)
    found = period(text, now.replace(tzinfo=UTC), "Europe/Lisbon")
    if found:
        assert found.since or found.until
        assert not (found.since and found.until) or found.since < found.until
        assert text[found.start : found.end].strip()


def test_a_megabyte_is_read_in_no_time() -> None:
    begun = time.process_time()
    assert period("since monday " * 80_000, TUESDAY_AT_TEN, "Europe/Lisbon") == Period(date(2026, 3, 9), None, 0, 12)
    assert time.process_time() - begun < 1
