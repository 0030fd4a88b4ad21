"""Answers land in their thread, nothing gets smuggled in, and the same words give the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.mail.compose import compose_new, compose_reply, reply_recipients
from tools.mail.email import Address, Email
from tools.mail.subjects import reply_subject

ANA, BEN = Address("Ana Müller", "ana@example.org"), Address("Ben", "ben@example.com")
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def original(**changes: object) -> Email:
    fields: dict[str, object] = {
        "message_id": "q@example.com", "in_reply_to": "", "references": (), "subject": "Lunch?", "sender": BEN,
        "reply_to": None, "to": (ANA,), "cc": (), "sent_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "text": "Are you free?\n\n> older", "reply": "Are you free?", "attachments": (), "headers": {},
    }  # fmt: skip
    return Email(**(fields | changes))  # type: ignore[arg-type]


def answer(mail: Email, body: str = "Yes.", **more: object) -> bytes:
    arguments: dict[str, object] = {"sender": ANA, "body": body, "message_id": "a@example.org", "date": MOMENT}
    return compose_reply(mail, **(arguments | more))  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def words(raw: bytes) -> str:
    return str(read(raw).get_content()).replace("\r\n", "\n")


def test_an_answer_stands_in_its_thread():
    message = read(answer(original(references=("1@x", "2@x"))))
    assert message["In-Reply-To"] == "<q@example.com>"
    assert message["References"].split() == ["<1@x>", "<2@x>", "<q@example.com>"]
    assert message["Message-ID"] == "<a@example.org>"
    assert (message["Subject"], message["To"]) == ("Re: Lunch?", "Ben <ben@example.com>")


def test_without_references_the_chain_begins_with_what_was_answered():
    raw = answer(original(in_reply_to="0@x"))
    assert read(raw)["References"].split() == ["<0@x>", "<q@example.com>"]


def test_a_chain_keeps_every_id_byte_for_byte_on_lines_that_servers_take():
    chain = tuple(f"{'very-' * 30}long=?utf-8?q?id?=-{number}@example.com" for number in range(40))
    raw = answer(original(references=chain))
    for message_id in chain:
        assert f"<{message_id}>".encode() in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_an_endless_chain_keeps_its_beginning_and_its_end():
    chain = tuple(f"{number}@x" for number in range(10_000))
    kept = read(answer(original(references=chain)))["References"].split()
    assert (kept[0], kept[-1], len(kept)) == ("<0@x>", "<q@example.com>", 200)


def test_a_mail_without_an_id_is_answered_all_the_same():
    message = read(answer(original(message_id="")))
    assert (message["In-Reply-To"], message["References"]) == (None, None)


def test_an_answer_goes_where_it_is_asked_for():
    assert reply_recipients(original(reply_to=Address("", "desk@x.y")), ANA) == (Address("", "desk@x.y"),)


def test_an_answer_to_ones_own_mail_goes_to_whom_it_went():
    assert reply_recipients(original(sender=ANA, to=(BEN,)), ANA) == (BEN,)


def test_nobody_to_answer_is_refused():
    with pytest.raises(Refused):
        answer(original(sender=None))


def test_the_original_is_quoted_with_who_and_when():
    text = words(answer(original()))
    assert text == (
        "Yes.\n\nOn Sun, 01 Mar 2026 13:00:00 +0100, Ben <ben@example.com> wrote:\n> Are you free?\n>\n>> older\n"
    )


def test_the_quotation_can_be_left_out():
    assert words(answer(original(), quote=False)) == "Yes.\n"


def test_a_huge_original_is_quoted_in_part():
    raw = answer(original(text="word " * 400_000))
    assert len(raw) < 60_000
    assert words(raw).endswith("> […]\n")


@pytest.mark.parametrize(
    "subject",
    [
        "Lunch?",
        "Re: Lunch?",
        "RE: AW: Lunch?",
        "Antw: Lunch?",
        "SV: Lunch?",
        "Re[2]: Lunch?",
        "回复：Lunch?",
        "R: Lunch?",
    ],
)
def test_one_re_is_enough_in_any_language(subject: str):
    assert reply_subject(subject) == "Re: Lunch?"


@pytest.mark.parametrize("subject", ["Fwd: Lunch?", "Research: results", "React: news", "Resources"])
def test_words_that_are_no_mark_of_an_answer_stay(subject: str):
    assert reply_subject(subject) == f"Re: {subject}"


def test_a_strangers_subject_smuggles_nothing_in():
    message = read(answer(original(subject="x\r\nBcc: eve@example.net\r\n\r\nbody")))
    assert message["Bcc"] is None
    assert message["Subject"] == "Re: x Bcc: eve@example.net body"


def test_a_broken_subject_is_answered_all_the_same():
    assert read(answer(original(subject="x\ud800\x00y")))["Subject"] == "Re: x y"


def test_a_strangers_ids_smuggle_nothing_in():
    message = read(answer(original(message_id="x>\r\nBcc: eve@example.net", references=("a b", "ok@x"))))
    assert message["Bcc"] is None
    assert message["References"] == "<ok@x>"


@pytest.mark.parametrize("character", ["\r", "\n", "\x00", "\u2028", "\x85"])
@pytest.mark.parametrize("field", ["name", "address", "subject", "message_id"])
def test_a_line_break_in_a_field_is_refused(field: str, character: str):
    bad = f"x{character}Bcc: eve@example.net"
    sender = Address(bad if field == "name" else "Ana", bad if field == "address" else "ana@example.org")
    with pytest.raises(Refused):
        compose_new(
            sender=sender, to=[BEN], subject=bad if field == "subject" else "x", body="x",
            message_id=bad if field == "message_id" else "a@x", date=MOMENT,
        )  # fmt: skip


def test_a_mail_to_nobody_is_refused():
    with pytest.raises(Refused):
        compose_new(sender=ANA, to=[], subject="x", body="x", message_id="a@x", date=MOMENT)


def test_everything_goes_out_in_ascii_and_comes_back_as_it_was():
    raw = compose_new(sender=ANA, to=[BEN], subject="Größe ✓", body="Çà et là\n", message_id="a@x", date=MOMENT)
    assert raw.isascii()
    message = read(raw)
    assert (message["Subject"], words(raw), message["From"].addresses[0].display_name) == (
        "Größe ✓", "Çà et là\n", "Ana Müller"
    )  # fmt: skip


@given(body=st.text(), subject=st.text(), quoted=st.text())
def test_the_same_words_give_the_same_bytes(body: str, subject: str, quoted: str):
    mail = original(subject=subject, text=quoted)
    assert answer(mail, body) == answer(mail, body)


@given(body=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_any_words_arrive(body: str):
    message = read(answer(original(), body, quote=False))
    assert message.get_content().splitlines() == (body.rstrip("\n") + "\n").splitlines()


@given(subject=st.text(), body=st.text(), quoted=st.text(), message_id=st.text())
def test_whatever_a_stranger_writes_every_header_is_ours(subject: str, body: str, quoted: str, message_id: str):
    raw = answer(original(subject=subject, text=quoted, message_id=message_id), body)
    ours = {"From", "To", "Date", "Message-ID", "Subject", "In-Reply-To", "References"}
    assert set(read(raw).keys()) <= ours | {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    assert all(line.isascii() and len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
