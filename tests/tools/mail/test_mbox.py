"""Mbox files, as many programs write them."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.mail.mbox import split_mbox

ENVELOPE = b"From ben@example.com Mon Jan  5 10:11:12 2026\n"


def split(folder: Path, content: bytes) -> list[bytes]:
    (folder / "box").write_bytes(content)
    return list(split_mbox(folder / "box"))


def test_a_sentence_that_begins_with_from_cuts_no_mail(tmp_path: Path):
    mails = split(tmp_path, ENVELOPE + b"Subject: 1\n\nFrom here on it is easy.\n\n" + ENVELOPE + b"Subject: 2\n\n")
    assert mails == [b"Subject: 1\n\nFrom here on it is easy.\n", b"Subject: 2\n"]


def test_escaped_lines_come_back(tmp_path: Path):
    assert split(tmp_path, ENVELOPE + b"Subject: 1\n\n>From here\n>>From there\n") == [
        b"Subject: 1\n\nFrom here\n>From there\n"
    ]


@pytest.mark.parametrize(
    "envelope",
    [
        b"From - Thu Jan 01 00:00:00 1970",
        b"From user at example.com  Mon Jan  5 10:11:12 2009",
        b"From 1234567@xxx Sat Feb 04 14:17:36 +0000 2023",
        b"From MAILER-DAEMON Fri Jul  8 12:08 2011",
        b"From somebody@example.com",
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_envelopes_of_many_programs(tmp_path: Path, envelope: bytes, end: bytes):
    mails = split(tmp_path, b"".join(envelope + end + b"Subject: x" + end + end + b"y" + end + end for _ in range(3)))
    assert mails == [b"Subject: x" + end + end + b"y" + end] * 3


def test_a_mail_that_ends_without_a_blank_line_is_whole(tmp_path: Path):
    assert split(tmp_path, ENVELOPE + b"Subject: 1\n\nx\n" + ENVELOPE + b"Subject: 2\n\ny") == [
        b"Subject: 1\n\nx\n", b"Subject: 2\n\ny"
    ]  # fmt: skip


def test_something_else_is_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(Refused, match="not an mbox"):
        split(tmp_path, b"PK\x03\x04")


@given(
    bodies=st.lists(st.lists(st.sampled_from(["From x", ">From y", "hello", ""]), max_size=6), min_size=1, max_size=4)
)
def test_what_the_standard_library_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[list[str]]
):
    path = tmp_path_factory.mktemp("mbox") / "box"
    mails = ["\n".join(["Subject: x", "", *body, "end", ""]).encode() for body in bodies]
    box = mailbox.mbox(path)
    for mail in mails:
        box.add(mail)
    box.close()
    # The library escapes "From " but not ">From ", so one ">" of those is lost, as with every reader.
    assert list(split_mbox(path)) == [mail.replace(b">From y", b"From y") for mail in mails]
