"""Installing the sample: the same mails, with days that end yesterday."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sample
from bot.sample.days import WRITTEN, moved, with_days

_ANY_DAY = st.dates(date(2024, 1, 1), date(2040, 12, 31))
_OFFSETS = range(-45, 46)
_AWKWARD = ["2026-11-23", "2028-02-29", "2028-03-01", "2027-01-01", "2026-12-31", "2027-03-29", "2026-10-26"]
Installed = tuple[date, dict[str, EmailMessage]]


@pytest.fixture(params=_AWKWARD, scope="module")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The sample as of a day: the day after a Sunday, leap days, year ends, the days clocks change."""
    today = date.fromisoformat(request.param)
    folder = tmp_path_factory.mktemp("sample")
    sample.install(folder, today)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return today, {name: message_from_bytes(raw, policy=policy.strict) for name, raw in found.items()}


def test_the_newest_mail_is_of_yesterday_and_the_oldest_about_six_weeks_old(installed: Installed) -> None:
    today, mails = installed
    days = [mail["Date"].datetime.astimezone(UTC).date() for mail in mails.values()]
    assert max(days) == today - timedelta(days=1)
    assert 36 <= (today - min(days)).days <= 46


def test_every_mail_is_there_and_still_without_a_defect(installed: Installed) -> None:
    _, mails = installed
    assert set(mails) == set(sample.facts())
    for mail in mails.values():
        assert [part.defects for part in mail.walk() if part.defects] == []
        assert str(mail["Subject"]) == str(mail["Subject"]).strip()


def test_no_placeholder_is_left_anywhere(installed: Installed) -> None:
    _, mails = installed
    for mail in mails.values():
        words = [str(mail["Subject"])]
        words += [str(part.get_payload(decode=True)) for part in mail.walk() if not part.is_multipart()]
        assert re.findall(r"\{\w+:[+-]\d+\}", "".join(words)) == []


def test_answers_still_come_after_what_they_answer(installed: Installed) -> None:
    _, mails = installed
    by_id = {mail["Message-ID"]: mail for mail in mails.values()}
    for mail in mails.values():
        if "In-Reply-To" in mail:
            assert by_id[mail["In-Reply-To"]]["Date"].datetime < mail["Date"].datetime


def test_a_mail_is_received_within_seconds_of_being_sent(installed: Installed) -> None:
    _, mails = installed
    for mail in mails.values():
        if "Received" in mail:
            stamp = str(mail["Received"]).rpartition(";")[2].strip()
            took = policy.default.header_factory("Date", stamp).datetime - mail["Date"].datetime
            assert timedelta(0) <= took <= timedelta(seconds=10)


def test_the_returned_mail_inside_the_bounce_is_of_the_day_it_was_sent(installed: Installed) -> None:
    _, mails = installed
    *_, returned = [p for p in mails["INBOX/bounce-oakroom.eml"].walk() if p["Message-ID"]]
    assert returned["Date"] == mails["Sent/samples-to-oakroom.eml"]["Date"]


def test_the_invitation_is_for_the_day_its_subject_names(installed: Installed) -> None:
    today, mails = installed
    mail = mails["INBOX/invitation-glaze-review.eml"]
    calendars = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [start] = {re.search(r"DTSTART;TZID=Europe/Lisbon:(\d{8})T100000", text)[1] for text in calendars}
    day = date.fromisoformat(start)
    assert day > today
    assert f"{day:%A} {day.day} {day:%B} at 10:00" in mail["Subject"]


def test_the_offsets_inside_a_pdf_are_true(installed: Installed) -> None:
    _, mails = installed
    papers = [part for mail in mails.values() for part in mail.walk() if part.get_content_type() == "application/pdf"]
    assert len(papers) >= 4
    for paper in papers:
        content = paper.get_content()
        table = int(content.rpartition(b"startxref\n")[2].split()[0])
        assert content[table:].startswith(b"xref")
        for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", content), start=1):
            assert content[int(offset) :].startswith(b"%d 0 obj" % number)
        length, stream = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", content, re.DOTALL).groups()
        assert int(length) == len(stream)


def test_what_was_read_and_answered_is_told_in_the_mail(tmp_path: Path) -> None:
    sample.install(tmp_path, date(2026, 3, 14))
    for name, fact in sample.facts().items():
        mail = message_from_bytes((tmp_path / name).read_bytes(), policy=policy.strict)
        assert mail["Status"] == ("O" if fact.unread else "RO")
        assert mail["X-Status"] == ("A" if fact.answered else None)


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    sample.install(tmp_path / "one", date(2027, 8, 2))
    sample.install(tmp_path / "two", date(2027, 8, 2))
    assert all((tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in sample.facts())


def test_on_the_day_it_was_written_for_no_header_date_moves(tmp_path: Path) -> None:
    sample.install(tmp_path, WRITTEN + timedelta(days=1))
    stored = sample.sales_csv().parent.parent / "mailbox"
    for name in sample.facts():
        before, after = ((home / name).read_bytes().partition(b"\n\n")[0] for home in (stored, tmp_path))
        assert re.search(rb"^Date: .*", before, re.MULTILINE)[0] in after


@given(_ANY_DAY)
def test_working_days_keep_their_order_and_stay_working_days(newest: date) -> None:
    written = [WRITTEN + timedelta(days=n) for n in _OFFSETS]
    days = [moved(day, newest) for day in written if day.weekday() < 5]
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days if day != newest)


@given(_ANY_DAY)
def test_a_weekend_stays_the_same_day_of_a_weekend_near_by(newest: date) -> None:
    for written in (WRITTEN + timedelta(days=n) for n in _OFFSETS):
        if written.weekday() >= 5:
            day, aim = moved(written, newest), newest + (written - WRITTEN)
            assert day.weekday() == written.weekday()
            assert abs(day - aim) <= timedelta(days=6)


@given(_ANY_DAY)
def test_the_past_stays_past_and_the_future_is_still_to_come(newest: date) -> None:
    for n in _OFFSETS:
        day = moved(WRITTEN + timedelta(days=n), newest)
        assert (day > newest) - (day < newest) == (n > 0) - (n < 0)


def test_a_day_is_said_in_the_words_of_the_mail() -> None:
    text = "{day:+3}|{weekday:+3}|{long:+3}|{short:-14}|{sent:-8}|{date:+03}|{stamp:+3}|{dia:-3}|{tag:-8}"
    assert with_days(text, WRITTEN) == (
        "Monday 16 March|Monday|16 March 2026|27 Feb|Thu, 5 Mar 2026|2026-03-16|20260316"
        "|terça-feira, 10 de março|Donnerstag, 5. März"
    )


def test_other_braces_are_left_alone() -> None:
    assert with_days("a{color:#333} {} {month:+3} {day:3}", WRITTEN) == "a{color:#333} {} {month:+3} {day:3}"
