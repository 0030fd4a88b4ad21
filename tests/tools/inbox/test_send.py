"""After a send the mail is read back, and only what is the approved one is said to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.fakes.mail_house import MailHouse
from tests.fakes.program import letter
from tools.inbox.send import differences
from tools.mail.compose import compose_reply
from tools.mail.email import Address, Email
from tools.mail.parse import parse

ANA = Address("Ana Sousa", "ana@example.org")


@pytest.fixture
def approved() -> Email:
    message = compose_reply(
        parse(letter()),
        sender=ANA,
        body="Thursday works.\n\nBest,\nAna",
        message_id="answer@example.org",
        date=datetime(2026, 3, 2, 9, tzinfo=UTC),
        quote=True,
    )
    return parse(message)


def test_the_same_mail_however_its_lines_are_written_is_the_approved_one(approved: Email) -> None:
    assert differences(approved, replace(approved, text=approved.text.replace("\n", "\r\n "))) == []


CHANGES: dict[str, Callable[[Email], Email]] = {
    "the sender is": lambda mail: replace(mail, sender=Address("", "other@example.org")),
    "the recipients are": lambda mail: replace(mail, cc=(Address("", "spy@a.example"),)),
    "the subject is": lambda mail: replace(mail, subject="Kiln"),
    "the text is": lambda mail: replace(mail, text=" \n"),
    "the thread is": lambda mail: replace(mail, in_reply_to=""),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_otherwise_is_named(approved: Email, what: str) -> None:
    assert differences(approved, CHANGES[what](approved)) == [what]


async def test_a_copy_without_a_body_is_told(mail_house: MailHouse) -> None:
    await mail_house.approved()
    real = mail_house.line.rewrite

    def emptied(answer: bytes) -> bytes:
        return real(answer.replace(b"Thursday works.", b"               "))

    mail_house.line.rewrite = emptied
    card = await mail_house.outcome()
    assert "But in Sent the text is not what you approved; please look at it." in card.text
