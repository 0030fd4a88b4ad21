"""Sending through Outlook: one copy, in its conversation, exactly what was approved, whatever goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage.values.errors import NeedsPerson, Refused, Unavailable, Unsure
from tests.fakes.graph import Message
from tests.fakes.graph_mailbox import Outlook, open_outlook_mailbox
from tests.fakes.graph_requests import recipients_of
from tests.fakes.graph_server import Trouble
from tests.fakes.program import letter
from tools.mail.compose import compose_new, compose_reply
from tools.mail.email import Address
from tools.mail.parse import parse

ANA, BO = Address("Ana Sousa", "ana@example.org"), Address("Bo Lind", "bo@kiln.example")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SEND = r"POST .*/send$"


@pytest.fixture
async def outlook() -> AsyncIterator[Outlook]:
    async with open_outlook_mailbox() as outlook:
        yield outlook


def answer(body: str = "Thursday works.", sender: Address = ANA, **more: object) -> bytes:
    return compose_reply(parse(letter()), sender=sender, body=body, message_id="own@example.org", date=AT, **more)  # type: ignore[arg-type]


async def send(outlook: Outlook, message: bytes | None = None, *recipients: str) -> None:
    await outlook.mailbox.send(message or answer(), ANA.address, recipients or [BO.address])


def left(outlook: Outlook) -> Message:
    (message,) = outlook.server.requests.left
    return message


def drafts(outlook: Outlook) -> list[Message]:
    return outlook.server.account.within(outlook.server.account.place("drafts"))


async def test_an_answer_stays_in_the_conversation_and_brings_its_headers(outlook: Outlook):
    original = outlook.server.account.add(letter(), "inbox")
    await send(outlook)
    assert left(outlook).conversation == original.conversation
    assert left(outlook).raw == answer()
    assert parse(left(outlook).raw).references == ("kiln@kiln.example",)


async def test_an_answer_to_a_mail_that_is_not_here_any_more_still_goes(outlook: Outlook):
    await send(outlook)
    assert parse(left(outlook).raw).in_reply_to == "kiln@kiln.example"


async def test_a_draft_of_an_answer_lies_in_the_conversation_too(outlook: Outlook):
    original = outlook.server.account.add(letter(), "inbox")
    await outlook.mailbox.save_draft(answer())
    (draft,) = drafts(outlook)
    assert (draft.conversation, draft.raw) == (original.conversation, answer())


async def test_what_outlook_makes_of_an_answer_is_set_right_before_it_leaves(outlook: Outlook):
    outlook.server.account.add(letter(to="ana@example.org, eve@evil.example"), "inbox")
    outlook.server.requests.replies_its_own_way = True
    await send(outlook)
    seen = left(outlook).seen(True)
    assert recipients_of(left(outlook)) == [BO.address]
    assert (seen["internetMessageId"], seen["subject"]) == ("<own@example.org>", "Re: Kiln")
    assert seen["bodyPreview"].startswith("Thursday works.")
    assert await outlook.mailbox.find_sent("own@example.org")


async def test_what_does_not_stay_right_is_not_sent(outlook: Outlook):
    outlook.server.account.add(letter(to="ana@example.org, eve@evil.example"), "inbox")
    outlook.server.requests.replies_its_own_way = outlook.server.requests.stubborn = True
    with pytest.raises(Refused, match="changes this mail"):
        await send(outlook)
    assert (outlook.server.requests.left, drafts(outlook)) == ([], [])


async def test_it_goes_to_those_that_were_approved_also_when_no_header_names_them(outlook: Outlook):
    message = compose_new(
        sender=ANA, to=[BO], cc=[ANA], subject="Kiln", body="Hi", message_id="own@example.org", date=AT
    )
    await send(outlook, message, BO.address, ANA.address, "hidden@example.net")
    seen = left(outlook).seen(True)
    assert [one["emailAddress"]["address"] for one in seen["bccRecipients"]] == ["hidden@example.net"]


async def test_a_throttled_send_waits_as_long_as_graph_says_and_goes_once(outlook: Outlook):
    outlook.server.troubles = [Trouble(SEND, 429, "ApplicationThrottled", "5", times=2)]
    await send(outlook)
    assert outlook.waited == [5, 5]
    assert left(outlook)


async def test_a_send_that_stays_throttled_surely_did_not_leave_and_leaves_no_draft(outlook: Outlook):
    outlook.server.troubles = [Trouble(SEND, 429, "ApplicationThrottled", "120", times=9)]
    with pytest.raises(Unavailable):
        await send(outlook)
    assert (outlook.server.requests.left, drafts(outlook)) == ([], [])


@pytest.mark.parametrize("status", [0, 500, 502, 504])
async def test_accepted_but_timed_out_is_unsure_and_found_in_sent(outlook: Outlook, status: int):
    outlook.server.troubles = [Trouble(SEND, status, "UnknownError", done=True)]
    with pytest.raises(Unsure):
        await send(outlook)
    assert await outlook.mailbox.find_sent("own@example.org")
    assert left(outlook)


async def test_handed_over_again_after_it_left_it_does_not_go_twice(outlook: Outlook):
    outlook.server.troubles = [Trouble(SEND, 504, done=True)]
    with pytest.raises(Unsure):
        await send(outlook)
    await send(outlook)
    assert left(outlook)


@pytest.mark.parametrize("status", [0, 500, 504])
async def test_not_accepted_and_not_answered_is_unsure_and_not_in_sent(outlook: Outlook, status: int):
    outlook.server.troubles = [Trouble(SEND, status)]
    with pytest.raises(Unsure):
        await send(outlook)
    assert await outlook.mailbox.find_sent("own@example.org") is None
    await send(outlook)  # the person said: send it again
    assert left(outlook)
    assert drafts(outlook) == []


@pytest.mark.parametrize("done", [False, True])
async def test_a_draft_whose_making_was_not_answered_surely_did_not_leave(outlook: Outlook, done: bool):
    outlook.server.troubles = [Trouble("POST /me/messages$", done=done)]
    with pytest.raises(Unavailable):
        await send(outlook)
    await send(outlook)
    assert left(outlook)
    assert drafts(outlook) == []


async def test_another_sender_is_refused_and_leaves_no_draft(outlook: Outlook):
    with pytest.raises(Refused, match="under that address"):
        await send(outlook, answer(sender=Address("Eve", "eve@evil.example")))
    assert drafts(outlook) == []


async def test_a_mail_that_is_too_large_for_graph_is_refused_in_words(outlook: Outlook):
    with pytest.raises(Refused, match="too large"):
        await send(outlook, answer("x" * 4_000_000))
    assert outlook.server.requests.left == []


async def test_a_dead_token_surely_did_not_send(outlook: Outlook):
    outlook.server.tokens.clear()
    with pytest.raises(NeedsPerson):
        await send(outlook)
    assert outlook.server.requests.left == []


async def test_a_mail_to_oneself_is_found_in_sent_and_not_in_the_inbox(outlook: Outlook):
    message = compose_new(sender=ANA, to=[ANA], subject="Note", body="Hi", message_id="own@example.org", date=AT)
    outlook.server.account.add(message, "inbox")
    assert await outlook.mailbox.find_sent("own@example.org") is None


async def test_a_message_id_with_a_quote_is_looked_for_as_it_stands(outlook: Outlook):
    odd = compose_new(sender=ANA, to=[BO], subject="Odd", body="Hi", message_id="o'wn&x=1@example.org", date=AT)
    await send(outlook, odd)
    assert await outlook.mailbox.find_sent("o'wn&x=1@example.org")
    assert outlook.server.requests.mistakes == []
