"""A message becomes an Email, whatever it looked like on the wire."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.mail.email import Address, Email
from tools.mail.parse import attachment_bytes, parse


def _texts(email: Email) -> list[str]:
    people = [*email.to, *email.cc, *(one for one in (email.sender, email.reply_to) if one)]
    return [
        email.text,
        email.reply,
        email.subject,
        email.message_id,
        email.in_reply_to,
        *email.references,
        *email.defects,
        *(value for values in email.headers.values() for value in values),
        *(part.name for part in email.attachments),
        *(text for one in people for text in (one.name, one.address)),
    ]


PIECES = [
    b"\n--a",
    b"Content-Type: multipart/mixed; boundary=a\n\n",
    b"Content-Type: text/html\n\n<p>",
    b"\x00",
    b"\xff\xfe",
]
PIECES += [
    b"=?utf-8?b?4p?=",
    b"Subject: ",
    b"\r\n",
    b"\n\n",
    b"charset=utf-16\n",
    b"Content-Transfer-Encoding: base64\n",
]
PIECES += [
    b"Date: Mon, 99 Foo 99999 99:99 +9999\n",
    b"To: <<a@b>, (((",
    b"begin 644 x\n",
    b"filename*0*=x''%ff;",
    b"charset=utf-7\n\n+2AA-",
]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=30)), max_size=25).map(b"".join))
def test_no_bytes_whatever_raise_or_leave_what_a_database_cannot_hold(raw: bytes) -> None:
    email = parse(raw)

    for text in _texts(email):
        assert "\0" not in text
        text.encode("utf-8")
    for part in email.attachments:
        assert len(attachment_bytes(raw, part.part)) == part.size


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Cn", "Co", "Zl", "Zp"]), min_size=1, max_size=40
)
WORDS = WORDS.map(lambda text: " ".join(text.split())).filter(bool)
NAMES = st.text("abcdefghijk äöüßжд日本", min_size=1, max_size=20).map(lambda name: " ".join(name.split())).filter(bool)


@settings(deadline=None)
@given(subject=WORDS, body=WORDS, name=NAMES, file=NAMES, data=st.binary(max_size=200))
def test_a_well_formed_mail_gives_back_what_was_put_in(
    subject: str, body: str, name: str, file: str, data: bytes
) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = f'"{name}" <ana@example.org>'
    message["Date"] = "Mon, 3 May 2021 10:12:33 +0200"
    message["Message-ID"] = "<1@example.org>"
    message.set_content(body)
    message.add_attachment(data, "application", "octet-stream", filename=file)
    raw = message.as_bytes(policy=SMTP)

    email = parse(raw)

    assert (email.subject, email.sender, email.message_id) == (
        subject,
        Address(name, "ana@example.org"),
        "1@example.org",
    )
    assert email.sent_at == datetime(2021, 5, 3, 8, 12, 33, tzinfo=UTC)
    assert email.text == body
    assert [(part.name, part.media_type, part.size) for part in email.attachments] == [
        (file, "application/octet-stream", len(data))
    ]
    assert attachment_bytes(raw, email.attachments[0].part) == data


def _alternative(plain: str, html: str) -> bytes:
    message = EmailMessage()
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_the_plain_part_is_preferred() -> None:
    assert parse(_alternative("Plain words", "<p>Other words</p>")).text == "Plain words"


@pytest.mark.parametrize(
    "stub", ["", "Please view this email in your browser: https://example.org/x", "Your client does not support HTML."]
)
def test_a_plain_part_that_says_nothing_gives_way_to_the_html(stub: str) -> None:
    assert parse(_alternative(stub, "<p>The real words</p>")).text == "The real words"


def test_a_forwarded_message_is_an_attachment_and_is_not_looked_into() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("Inner words")
    outer = EmailMessage()
    outer.set_content("Outer words")
    outer.add_attachment(inner, filename="fwd.eml")

    email = parse(outer.as_bytes())

    assert email.text == "Outer words"
    assert [(part.name, part.media_type, part.part) for part in email.attachments] == [("fwd.eml", "message/rfc822", 2)]
    assert b"Inner words" in attachment_bytes(outer.as_bytes(), 2)


def test_a_report_shows_its_words_and_offers_the_rest() -> None:
    raw = (
        b"Content-Type: multipart/report; boundary=r\n\n--r\n\nIt failed.\n--r\nContent-Type: message/delivery-status\n\n"
        b"Action: failed\n--r\nContent-Type: text/rfc822-headers\n\nSubject: x\n--r--\n"
    )
    email = parse(raw)

    assert email.text == "It failed."
    assert [part.media_type for part in email.attachments] == ["message/delivery-status", "text/rfc822-headers"]


def test_an_invitation_is_an_attachment() -> None:
    raw = b"Content-Type: text/calendar; name=a.ics\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"

    assert [(part.name, part.part) for part in parse(raw).attachments] == [("a.ics", 0)]


def test_a_uuencoded_file_is_taken_out_of_the_text_and_offered() -> None:
    raw = b"Subject: x\n\nSee this:\n\nbegin 644 hi.txt\n%:&5L;&\\ \n`\nend\n\nBye\n"
    email = parse(raw)

    assert email.text == "See this:\n\n\nBye"
    assert [(part.name, part.size, part.part) for part in email.attachments] == [("hi.txt", 5, 1)]
    assert attachment_bytes(raw, 1) == b"hello"


def test_asking_for_a_part_that_is_not_there_is_an_index_error() -> None:
    for part in (-1, 1, 99):
        with pytest.raises(IndexError):
            attachment_bytes(b"Subject: x\n\ny", part)


def test_what_the_end_of_the_message_cut_off_is_shown_and_offered() -> None:
    email = parse(b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello, I wanted to")

    assert email.text == "Hello, I wanted to"
    assert len(email.attachments) == 1
    assert "the last part was cut off" in email.defects


@pytest.mark.parametrize("boundary", ["", "; boundary=other"])
def test_a_multipart_whose_boundary_is_missing_or_wrong_still_shows_its_words(boundary: str) -> None:
    raw = f"Content-Type: multipart/mixed{boundary}\n\n--real\nContent-Type: text/plain\n\nHello\n--real--\n".encode()

    assert "Hello" in parse(raw).text


def test_the_wrapping_lines_of_flowed_text_are_joined() -> None:
    raw = b"Content-Type: text/plain; format=flowed\n\nOne \nline.\n> quoted \n> line\n-- \nAna\n"

    assert parse(raw).text == "One line.\n> quoted line\n-- \nAna"


def test_threads_are_known_by_their_ids() -> None:
    email = parse(b"Message-ID: <c@x>\nIn-Reply-To: <b@x> (Ana's message)\nReferences: <a@x>\n <b@x> <a@x>\n\n")

    assert (email.message_id, email.in_reply_to, email.references) == ("c@x", "b@x", ("a@x", "b@x"))


def test_every_value_of_a_repeated_header_is_kept() -> None:
    assert parse(b"X-A: 1\nx-a: =?utf-8?q?=C3=A4?=\n\n").headers["x-a"] == ("1", "ä")


def test_an_mbox_line_before_the_header_is_passed_over() -> None:
    assert parse(b"From ana@example.org Mon May  3 10:12:33 2021\nSubject: Plan\n\nHi").subject == "Plan"


def test_a_mail_of_a_thousand_parts_is_read_so_far_and_says_so() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: image/png\n\nx\n" * 5_000
    email = parse(raw)

    assert len(email.attachments) < 1_001
    assert any("more than 1000 parts" in defect for defect in email.defects)


def test_a_text_of_many_megabytes_is_cut_and_says_so() -> None:
    email = parse(b"Subject: big\n\n" + b"hello world, this is text\n" * 400_000)

    assert len(email.text) == 1_000_000
    assert any("1000000 characters" in defect for defect in email.defects)


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("Mon, 3 May 2021 10:12:33 +0200", 2021),
        ("2021-05-03T10:12:33Z", 2021),
        ("Mon, 3 May 2021 10(ten) : 12:33 EDT", 2021),
        ("Mon, 3 May 0102 10:12:33 -0700", 2002),
        ("Mon, 3 May 2021 10:12:33 +9999", None),
        ("Mon, 3 May 9021 10:12:33 +0000", None),
        ("Mon, 3 May 1801 10:12:33 +0000", None),
        ("yesterday", None),
    ],
)
def test_absurd_dates_are_no_dates(date: str, year: int | None) -> None:
    email = parse(f"Date: {date}\n\n".encode())

    assert (email.sent_at.year if email.sent_at else None) == year
    assert bool(email.defects) == (year is None)


def test_base64_that_is_none_is_shown_as_it_stands() -> None:
    assert (
        parse(b"Content-Transfer-Encoding: base64\n\n... plain words, really ...").text == "... plain words, really ..."
    )


def test_base64_cut_short_is_read_as_far_as_it_goes() -> None:
    packed = base64.b64encode(b"hello world")[:-3]
    email = parse(b"Content-Transfer-Encoding: base64\n\n" + packed)

    assert (email.text, email.defects) == ("hello wor", ("base64 cut short",))


def test_a_header_of_many_kilobytes_is_read_so_far_and_says_so() -> None:
    email = parse(b"Subject: Plan\n" + b"X-A: " + b"y" * 300_000 + b"\nX-B: z\n\nHi")

    assert (email.subject, email.text, "x-b" in email.headers) == ("Plan", "Hi", False)
    assert any("header of more than" in defect for defect in email.defects)


def test_a_header_of_many_thousand_fields_is_cut() -> None:
    assert len(parse(b"".join(b"X-%d: y\n" % number for number in range(5_000)) + b"\nHi").headers) == 1_000


def test_crowds_and_long_threads_are_cut_but_keep_their_ends() -> None:
    ids = " ".join(f"<{number}@x>" for number in range(500))
    crowd = ", ".join(f"{number}@x" for number in range(3_000))
    email = parse(f"References: {ids}\nTo: {crowd}\n\n".encode())

    assert (email.references[0], email.references[-1], len(email.references)) == ("0@x", "499@x", 200)
    assert len(email.to) == 1_000
