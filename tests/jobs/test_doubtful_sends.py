"""Sends that go wrong without anybody being killed: each ends in one copy, in “Not sent”, or with the person's own word."""

from __future__ import annotations

import asyncio
import re

import pytest

from agent.chat import Card, Reply
from storage.values.clock import now
from tests.fakes.mail_house import MailHouse
from tests.fakes.post_office import Break
from tests.fakes.program import letter, shown_card
from tools.work import RESUME_APPROVAL

DOUBT = "Did this mail leave?"


async def _in_doubt(mail_house: MailHouse) -> Card:
    """The server took the mail and its 250 was lost; nobody kept a copy."""
    await mail_house.approved()
    mail_house.office.breaks = Break.AFTER_DOT
    card = await mail_house.outcome()
    mail_house.office.breaks = None
    assert card.title == DOUBT
    return card


async def test_a_lost_250_is_asked_about_and_never_tried_again_on_our_own(mail_house: MailHouse) -> None:
    doubt = await _in_doubt(mail_house)
    assert "I will not send it again on my own" in doubt.text
    assert await mail_house.next_attempt() == []
    assert await mail_house.send() == "unknown"
    assert len(mail_house.office.letters) == 1


async def test_it_arrived_says_the_person_and_that_is_the_end(mail_house: MailHouse) -> None:
    doubt = await _in_doubt(mail_house)
    await mail_house.house.press(doubt, "It arrived")
    (told,) = await mail_house.house.press(doubt, "Send it again")
    assert told == Reply("That was decided already; nothing more was done.")
    assert await mail_house.next_attempt() == []
    assert len(mail_house.office.letters) == 1
    assert await mail_house.house.one("SELECT count(*) FROM audit WHERE action = 'send_doubt_settled'") == 1


async def test_send_it_again_says_the_person_and_the_same_mail_goes_once_more(mail_house: MailHouse) -> None:
    doubt = await _in_doubt(mail_house)
    await asyncio.gather(*[mail_house.house.press(doubt, "Send it again") for _ in range(3)])
    assert (await mail_house.outcome()).title == "Sent"
    first, second = mail_house.office.letters
    assert first == second


async def test_a_second_doubt_is_shown_like_the_first(mail_house: MailHouse) -> None:
    doubt = await _in_doubt(mail_house)
    await mail_house.house.press(doubt, "Send it again")
    mail_house.office.breaks = Break.AFTER_DOT
    again = await mail_house.outcome()
    assert again.title == DOUBT
    mail_house.office.breaks = None
    await mail_house.house.press(again, "Send it again")
    assert (await mail_house.outcome()).title == "Sent"


async def test_send_it_again_is_heard_even_while_the_first_job_is_about_to_end(mail_house: MailHouse) -> None:
    doubt = await _in_doubt(mail_house)
    await mail_house.house.sql("UPDATE jobs SET state = 'running', lease_until = now() + interval '1 minute'")
    await mail_house.house.press(doubt, "Send it again")
    assert shown_card(await mail_house.house.work()).title == "Sent"


async def test_it_is_not_sent_again_once_they_wrote_back(mail_house: MailHouse) -> None:
    doubt = await _in_doubt(mail_house)
    await mail_house.imap.deliver(letter("Re: Kiln", "See you!", at=now(), message_id="thanks", answers="kiln"))
    await mail_house.house.read()
    (told,) = await mail_house.house.press(doubt, "Send it again")
    assert isinstance(told, Reply)
    assert "Bo Lind wrote in this thread meanwhile" in told.text
    assert await mail_house.send() == "unknown"


async def test_a_lost_250_is_no_doubt_when_the_copy_is_in_sent(mail_house: MailHouse) -> None:
    await mail_house.approved("First.")
    await mail_house.next_attempt()
    await mail_house.approved("Second.")
    mail_house.office.breaks, mail_house.office.hold = Break.AFTER_DOT, asyncio.Event()
    mail_house.office.arrived.clear()
    attempt = asyncio.create_task(mail_house.outcome())
    await mail_house.office.arrived.wait()
    await mail_house.imap.deliver(mail_house.office.letters[-1].content, "Sent")
    mail_house.office.hold.set()
    card = await attempt
    assert card.title == "Sent"
    assert "it is in Sent" in card.text


@pytest.mark.parametrize("moment", [Break.GREETING, Break.LOGIN, Break.RECIPIENT, Break.BEFORE_DATA])
async def test_what_surely_did_not_leave_is_tried_again_and_sent_once(mail_house: MailHouse, moment: Break) -> None:
    await mail_house.approved()
    mail_house.office.breaks = moment
    assert await mail_house.next_attempt() == []
    assert await mail_house.send() == "ready"
    mail_house.office.breaks = None
    assert (await mail_house.outcome()).title == "Sent"
    assert len(mail_house.office.letters) == 1


async def test_a_mailbox_that_does_not_open_leaves_no_doubt(mail_house: MailHouse) -> None:
    await mail_house.approved()
    port = mail_house.line.port
    await mail_house.line.close()
    await mail_house.house.box.mailboxes.drop(mail_house.house.account)
    assert await mail_house.next_attempt() == []
    assert await mail_house.send() == "ready"
    await mail_house.line.open(port)
    assert (await mail_house.outcome()).title == "Sent"


async def test_after_the_last_attempt_it_is_not_sent_and_can_be_sent_by_a_press(mail_house: MailHouse) -> None:
    await mail_house.approved()
    mail_house.office.breaks = Break.GREETING
    for _ in range(RESUME_APPROVAL.attempts - 1):
        assert await mail_house.next_attempt() == []
    card = await mail_house.outcome()
    assert card.title == "Not sent"
    assert "does not answer" in card.text
    mail_house.office.breaks = None
    await mail_house.house.press(card, "Send it again")
    assert (await mail_house.outcome()).title == "Sent"
    assert len(mail_house.office.letters) == 1


async def test_when_nobody_can_look_into_sent_the_person_is_asked_in_the_end(mail_house: MailHouse) -> None:
    await mail_house.approved()
    await mail_house.house.sql("UPDATE sends SET state = 'transmitting'")
    await mail_house.line.close()
    for _ in range(RESUME_APPROVAL.attempts - 1):
        assert await mail_house.next_attempt() == []
    card = await mail_house.outcome()
    assert card.title == DOUBT
    assert await mail_house.send() == "unknown"
    assert mail_house.office.letters == []


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"bo@kiln.example": "550 no such person"}, "takes no mail for bo@kiln.example"),
        ({"DATA": "554 looks like spam"}, "554 looks like spam"),
        ({"AUTH": "535 wrong"}, "does not accept the password"),
    ],
)
async def test_a_refusal_is_said_on_the_card(mail_house: MailHouse, answers: dict[str, str], words: str) -> None:
    mail_house.office.answers = answers
    await mail_house.approved()
    card = await mail_house.outcome()
    assert card.title == "Not sent"
    assert re.search(words, card.text)
    assert mail_house.office.letters == []


async def test_a_refused_mail_did_not_arrive_whatever_anybody_presses(mail_house: MailHouse) -> None:
    mail_house.office.answers = {"DATA": "554 looks like spam"}
    await mail_house.approved()
    card = await mail_house.outcome()
    assert [one.label for one in card.buttons] == ["Send it again"]


async def test_an_account_that_was_unlinked_after_the_approval_sends_nothing(mail_house: MailHouse) -> None:
    await mail_house.approved()
    await mail_house.house.sql("DELETE FROM accounts")
    card = await mail_house.outcome()
    assert card.title == "Not sent"
    assert "not linked any more" in card.text
    assert mail_house.office.letters == []


async def test_a_send_whose_approval_is_none_any_more_is_not_sent(mail_house: MailHouse) -> None:
    await mail_house.approved()
    await mail_house.house.sql("UPDATE approvals SET state = 'rejected'")
    card = await mail_house.outcome()
    assert card.title == "Not sent"
    assert "not approved" in card.text
    assert mail_house.office.letters == []


async def test_a_person_who_was_suspended_after_the_approval_sends_nothing(mail_house: MailHouse) -> None:
    await mail_house.approved()
    await mail_house.house.sql("UPDATE people SET suspended = 'On leave.'")
    assert (await mail_house.outcome()).title == "Not sent"
    assert mail_house.office.letters == []


async def test_a_mail_is_said_to_be_sent_once_however_often_its_job_runs(mail_house: MailHouse) -> None:
    await mail_house.approved()
    assert (await mail_house.outcome()).title == "Sent"
    await mail_house.house.sql("UPDATE jobs SET state = 'pending' WHERE kind = 'resume_approval'")
    assert await mail_house.next_attempt() == []
    assert await mail_house.house.one("SELECT count(*) FROM audit WHERE action = 'reply_sent'") == 1
    assert await mail_house.house.one("SELECT count(*) FROM receipts WHERE action = 'send'") == 1


async def test_a_strange_copy_in_sent_is_pointed_out(mail_house: MailHouse) -> None:
    await mail_house.approved()
    frozen = await mail_house.house.one("SELECT message_id FROM sends")
    head = f"From: eve@evil.example\r\nMessage-ID: <{frozen}>\r\n\r\n".encode()
    await mail_house.house.sql("UPDATE sends SET message = %s", head)
    assert "in Sent the text is not what you approved" in (await mail_house.outcome()).text
