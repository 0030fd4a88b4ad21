"""How a person's words about a moment become a time, in their own zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.followups.when import find_when, in_words, read_when

LISBON, NEW_YORK = "Europe/Lisbon", "America/New_York"
TUESDAY_AT_TEN = datetime(2026, 3, 10, 10, tzinfo=UTC)


def local(text: str, now: datetime = TUESDAY_AT_TEN, zone: str = LISBON) -> str:
    """What the wall clock shows at the moment that the text speaks of."""
    return f"{read_when(text, now, zone).at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


DAYS = [
    ("tomorrow", "2026-03-11 09:00"),
    ("tmrw", "2026-03-11 09:00"),
    ("the day after tomorrow", "2026-03-12 09:00"),
    ("Friday", "2026-03-13 09:00"),
    ("this friday", "2026-03-13 09:00"),
    ("next friday", "2026-03-20 09:00"),
    ("Tuesday", "2026-03-17 09:00"),
    ("friday week", "2026-03-20 09:00"),
    ("Friday next week", "2026-03-20 09:00"),
    ("next week on thursday", "2026-03-19 09:00"),
    ("Monday in two weeks", "2026-03-23 09:00"),
    ("a week from Tuesday", "2026-03-24 09:00"),
    ("a week on friday", "2026-03-20 09:00"),
    ("in 3 days", "2026-03-13 09:00"),
    ("in a week", "2026-03-17 09:00"),
    ("in two weeks' time", "2026-03-24 09:00"),
    ("in a fortnight", "2026-03-24 09:00"),
    ("in a couple of days", "2026-03-12 09:00"),
    ("in 3 working days", "2026-03-13 09:00"),
    ("in 5 business days", "2026-03-17 09:00"),
    ("3 days before 20 March", "2026-03-17 09:00"),
    ("in a month", "2026-04-10 09:00"),
    ("next week", "2026-03-16 09:00"),
    ("the week after next", "2026-03-23 09:00"),
    ("next month", "2026-04-01 09:00"),
    ("next quarter", "2026-04-01 09:00"),
    ("after the weekend", "2026-03-16 09:00"),
    ("this weekend", "2026-03-14 09:00"),
    ("end of the week", "2026-03-13 17:00"),
    ("end of week", "2026-03-13 17:00"),
    ("end of next week", "2026-03-20 17:00"),
    ("end of month", "2026-03-31 17:00"),
    ("by eom", "2026-03-31 17:00"),
    ("end of day", "2026-03-10 17:00"),
    ("eod friday", "2026-03-13 17:00"),
    ("start of next month", "2026-04-01 09:00"),
    ("mid April", "2026-04-16 09:00"),
    ("in May", "2026-05-01 09:00"),
]

DATES = [
    ("on the 14th", "2026-03-14 09:00"),
    ("on the 5th", "2026-04-05 09:00"),
    ("on the 31st", "2026-03-31 09:00"),
    ("the 1st of next month", "2026-04-01 09:00"),
    ("14 March", "2026-03-14 09:00"),
    ("March 14th at 15:30", "2026-03-14 15:30"),
    ("14th of march, 2027", "2027-03-14 09:00"),
    ("Saturday, March 14th", "2026-03-14 09:00"),
    ("3 March", "2027-03-03 09:00"),
    ("april first", "2026-04-01 09:00"),
    ("friday the 13th", "2026-03-13 09:00"),
    ("mon 16", "2026-03-16 09:00"),
    ("2026-03-14 9:00", "2026-03-14 09:00"),
    ("2026-03-14T15:30", "2026-03-14 15:30"),
    ("14.03.2026", "2026-03-14 09:00"),
    ("14/3", "2026-03-14 09:00"),
    ("3/4", "2026-04-03 09:00"),
    ("14/3/26", "2026-03-14 09:00"),
]

HOURS = [
    ("Tuesday 9am", "2026-03-17 09:00"),
    ("tuesday 11am", "2026-03-10 11:00"),
    ("next Tuesday 9am", "2026-03-17 09:00"),
    ("tomorrow morning", "2026-03-11 09:00"),
    ("tomorrow afternoon", "2026-03-11 14:00"),
    ("tomorrow evening", "2026-03-11 18:00"),
    ("tomorrow noon", "2026-03-11 12:00"),
    ("first thing Monday", "2026-03-16 09:00"),
    ("9", "2026-03-11 09:00"),
    ("at 9", "2026-03-11 09:00"),
    ("at 4", "2026-03-10 16:00"),
    ("04:00", "2026-03-11 04:00"),
    ("9:30", "2026-03-11 09:30"),
    ("at 9.30", "2026-03-11 09:30"),
    ("9 p.m.", "2026-03-10 21:00"),
    ("half past nine", "2026-03-11 09:30"),
    ("quarter to five", "2026-03-10 16:45"),
    ("9 o'clock tomorrow", "2026-03-11 09:00"),
    ("tomorrow 15h30", "2026-03-11 15:30"),
    ("9 in the evening", "2026-03-10 21:00"),
    ("tonight", "2026-03-10 20:00"),
    ("tonight at 8", "2026-03-10 20:00"),
    ("today", "2026-03-10 17:00"),
    ("today at 9", "2026-03-10 21:00"),
    ("noon", "2026-03-10 12:00"),
    ("midnight", "2026-03-11 00:00"),
    ("friday midnight", "2026-03-14 00:00"),
    ("in the morning", "2026-03-11 09:00"),
    ("after lunch tomorrow", "2026-03-11 14:00"),
    ("in 2 hours", "2026-03-10 12:00"),
    ("in an hour and a half", "2026-03-10 11:30"),
    ("in half an hour", "2026-03-10 10:30"),
    ("45 min", "2026-03-10 10:45"),
    ("in 1h30", "2026-03-10 11:30"),
    ("in 2 hours and 15 minutes", "2026-03-10 12:15"),
    ("friday 9am UTC", "2026-03-13 09:00"),
    ("friday 9am new york time", "2026-03-13 13:00"),
]

SLIPS = [
    ("tomorow", "2026-03-11 09:00"),
    ("tommorow mornign", "2026-03-11 09:00"),
    ("teusday 9am", "2026-03-17 09:00"),
    ("wensday", "2026-03-11 09:00"),
    ("thrusday 10am", "2026-03-12 10:00"),
    ("on teh 20th", "2026-03-20 09:00"),
    ("thurs 3pm", "2026-03-12 15:00"),
    ("TUESDAY, 9 A.M.", "2026-03-17 09:00"),
]


@pytest.mark.parametrize(("text", "expected"), DAYS + DATES + HOURS + SLIPS)
def test_words_are_read_as_people_mean_them(text: str, expected: str) -> None:
    assert local(text) == expected


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("remind me tomorrow at 8 to call the bank", "tomorrow at 8"),
        ("Follow up with Ana next Friday unless she replies", "next Friday"),
        ("if no answer by thursday noon, remind me", "by thursday noon"),
        ("remind me about the mail of 3 March on Friday", "on Friday"),
        ("remind me to pay the invoice from Tuesday in two days", "in two days"),
        ("remind me in 2 hours about the meeting tomorrow at 9", "in 2 hours"),
        ("remind me next monday about 5", "next monday"),
        ("ping bob, monday at 9, if he is silent", "monday at 9"),
        ("é ção 🎉 — tomorrow 9am ✅", "tomorrow 9am"),
    ],
)
def test_the_time_that_is_asked_for_is_found_in_a_sentence(sentence: str, words: str) -> None:
    found = find_when(sentence, TUESDAY_AT_TEN, LISBON)
    assert found is not None
    assert sentence[found.start : found.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "", "send it to ana", "good morning!", "i sat with bob", "may I have it", "email 9", "the second one",
        "INV-2026-03-14", "it costs $14.30 at 3 companies", "invoice 14/3/77777", "9:75", "at 25:00", "31 February",
        "2026-13-45", "the report from friday's meeting", "call 555 1234", "in 0 days", "the sundry deadline is tight",
    ],
)  # fmt: skip
def test_a_text_without_a_time_has_none(text: str) -> None:
    assert find_when(text, TUESDAY_AT_TEN, LISBON) is None
    with pytest.raises(Refused, match="I found no time"):
        read_when(text, TUESDAY_AT_TEN, LISBON)


@pytest.mark.parametrize("text", ["yesterday", "last friday", "3 days ago", "2026-03-01", "1 March 2026 9am"])
def test_a_past_time_is_refused_and_named(text: str) -> None:
    assert find_when(text, TUESDAY_AT_TEN, LISBON) is None
    with pytest.raises(Refused, match=r"2026 09:00 Lisbon has passed; say a time that is still to come\."):
        read_when(text, TUESDAY_AT_TEN, LISBON)


@pytest.mark.parametrize("text", ["in 3 years", "2030-01-01", "in 5000 weeks"])
def test_a_time_far_ahead_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="more than two years ahead"):
        read_when(text, TUESDAY_AT_TEN, LISBON)


def test_a_weekday_that_contradicts_its_date_is_asked_about() -> None:
    with pytest.raises(Refused, match="14 March 2026 is a Saturday, not a Tuesday"):
        read_when("Tuesday 14 March", TUESDAY_AT_TEN, LISBON)


def test_a_repeated_time_is_refused_rather_than_done_once() -> None:
    with pytest.raises(Refused, match="once but not again and again"):
        read_when("every monday at 9", TUESDAY_AT_TEN, LISBON)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(Refused, match="time zone 'Mars/Olympus'"):
        find_when("tomorrow", TUESDAY_AT_TEN, "Mars/Olympus")


def test_the_month_comes_first_in_the_united_states_only() -> None:
    assert local("3/4", zone=NEW_YORK) == "2027-03-04 09:00"
    assert local("14/3", zone=NEW_YORK) == "2026-03-14 09:00"
    assert local("4/3", zone="America/Sao_Paulo") == "2027-03-04 09:00"


def test_a_wall_time_that_a_clock_change_skips_moves_forward() -> None:
    assert read_when("29 March 2026 at 01:30", TUESDAY_AT_TEN, LISBON).words == "Sun 29 Mar 2026 02:30 Lisbon"
    before = datetime(2026, 3, 7, 12, tzinfo=UTC)
    assert read_when("tomorrow 2:30am", before, NEW_YORK).words == "Sun 8 Mar 2026 03:30 New York"


def test_a_wall_time_that_happens_twice_is_the_first() -> None:
    october = datetime(2026, 10, 20, 12, tzinfo=UTC)
    assert read_when("on the 25th at 01:30", october, LISBON).at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read_when("1 November at 1:30am", october, NEW_YORK).at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_days_keep_the_wall_clock_across_a_clock_change_and_hours_do_not() -> None:
    saturday = datetime(2026, 3, 28, 20, tzinfo=UTC)
    assert local("tomorrow 9am", saturday) == "2026-03-29 09:00"
    assert read_when("in 10 hours", saturday, LISBON).at == saturday + timedelta(hours=10)
    assert local("in 10 hours", saturday) == "2026-03-29 07:00"


def test_leap_days_and_year_ends() -> None:
    assert local("29 feb") == "2028-02-29 09:00"
    assert local("end of february", datetime(2028, 2, 1, 8, tzinfo=UTC)) == "2028-02-29 17:00"
    assert local("in a month", datetime(2028, 1, 31, 8, tzinfo=UTC)) == "2028-02-29 09:00"
    new_years_eve = datetime(2026, 12, 31, 18, tzinfo=UTC)
    assert local("tomorrow", new_years_eve) == "2027-01-01 09:00"
    assert local("2 January", new_years_eve) == "2027-01-02 09:00"
    assert local("midnight", new_years_eve) == "2027-01-01 00:00"
    assert local("next month", new_years_eve) == "2027-01-01 09:00"


def test_the_day_is_the_persons_own_and_not_that_of_utc() -> None:
    late_in_new_york = datetime(2026, 3, 11, 2, tzinfo=UTC)
    assert local("tomorrow", late_in_new_york, NEW_YORK) == "2026-03-11 09:00"
    assert local("today", late_in_new_york, NEW_YORK) == "2026-03-10 23:00"


def test_today_is_still_ahead_when_the_usual_hour_has_passed() -> None:
    at_four = datetime(2026, 3, 10, 16, 20, tzinfo=UTC)
    assert local("today", at_four) == "2026-03-10 18:00"
    assert local("this afternoon", at_four) == "2026-03-10 18:00"
    assert local("tonight", datetime(2026, 3, 10, 21, tzinfo=UTC)) == "2026-03-10 22:00"
    with pytest.raises(Refused, match="has passed"):
        read_when("this morning", at_four, LISBON)


def test_it_is_told_whether_a_clock_time_was_said() -> None:
    said = {
        text: read_when(text, TUESDAY_AT_TEN, LISBON).precise
        for text in ("friday", "friday 9am", "friday evening", "in 2h", "noon")
    }
    assert said == {"friday": False, "friday 9am": True, "friday evening": False, "in 2h": True, "noon": True}


def test_the_words_shown_back_name_day_date_hour_and_city() -> None:
    assert in_words(datetime(2026, 3, 3, 9, tzinfo=UTC), LISBON) == "Tue 3 Mar 2026 09:00 Lisbon"
    assert in_words(datetime(2026, 7, 3, 9, tzinfo=UTC), NEW_YORK) == "Fri 3 Jul 2026 05:00 New York"


ZONES = st.sampled_from(
    [LISBON, NEW_YORK, "UTC", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"]
)
NOWS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(NOWS, st.integers(1, 60 * 24 * 729), ZONES)
@example(datetime(2026, 3, 10, 10, tzinfo=UTC), 1, "UTC")
def test_words_shown_back_are_read_as_the_same_moment(now: datetime, minutes: int, zone: str) -> None:
    at = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes + 120)
    shown = in_words(at, zone)
    found = read_when(shown, now, zone)
    again = at.astimezone(ZoneInfo(zone)).fold == 1  # the second of two equal wall times is read as the first
    assert found.words == shown
    assert found.at == at or (again and found.at < at)
    assert (found.start, found.end, found.precise) == (0, len(shown), True)


PIECES = [text for text, _ in DAYS + DATES + HOURS + SLIPS] + [
    "remind",
    "me",
    ",",
    "a",
    "of",
    "5",
    "at",
    "the",
    "every",
    "🎉",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=8), NOWS, ZONES)
def test_whatever_is_said_the_moment_is_ahead_in_utc_and_lies_in_the_text(
    said: list[str], now: datetime, zone: str
) -> None:
    text = " ".join(said)
    found = find_when(text, now, zone)
    if found:
        assert found.at.tzinfo is UTC
        assert found.at > now
        assert text[found.start : found.end].strip() == text[found.start : found.end] != ""


@pytest.mark.parametrize("piece", ["tuesday 9am ", "a", "1", "at ", "' ", "3 days before ", "1-", "tomorriw "])
def test_a_megabyte_is_read_in_no_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    begun = time.process_time()
    find_when(text, TUESDAY_AT_TEN, LISBON)
    assert time.process_time() - begun < 1
