"""Sends through Outlook: killed at every step, throttled, or accepted and timed out: one copy, or a person is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.graph_house import OutlookHouse, open_outlook_house
from tests.fakes.graph_server import Trouble
from tests.fakes.program import Servers, shown_card
from tests.fakes.sending_house import lock_in

STEPS = {
    "looking whether it left already": Trouble(r"GET /me/messages$", stalls=True),
    "making the draft": Trouble(r"POST .*/createReply$", stalls=True),
    "the draft is made": Trouble(r"POST .*/createReply$", stalls=True, done=True),
    "setting the draft right": Trouble(r"PATCH ", stalls=True),
    "asking for it to be sent": Trouble(r"POST .*/send$", stalls=True),
}
"""Where a worker is killed before its mail left -> the request of it that is not answered."""


@pytest.fixture
async def outlook(servers: Servers) -> AsyncIterator[OutlookHouse]:
    async with open_outlook_house(servers) as outlook:
        yield outlook


async def test_an_approved_answer_leaves_once_and_is_read_back_from_sent(outlook: OutlookHouse):
    await outlook.approved()
    card = await outlook.outcome()
    assert card.title == "Sent"
    assert "I read it back from Sent." in card.text
    (sent,) = outlook.graph.requests.left
    assert sent.conversation == next(iter(outlook.graph.account.messages.values())).conversation


async def test_killed_before_the_claim_it_is_sent_by_the_next_worker(outlook: OutlookHouse):
    await outlook.approved()
    async with lock_in(outlook.house) as lock:
        await lock.take()
        await outlook.killed(lock.wanted)
    assert await outlook.send() == "ready"
    assert (await outlook.outcome()).title == "Sent"
    assert outlook.copies == 1


@pytest.mark.parametrize("step", STEPS)
async def test_killed_before_it_left_a_person_is_asked_and_can_send_it_again(outlook: OutlookHouse, step: str):
    outlook.graph.requests.replies_its_own_way = True
    await outlook.approved()
    trouble = STEPS[step]
    trouble.times, outlook.graph.troubles = 1, [trouble]
    await outlook.killed(outlook.graph.stalled.wait)
    assert await outlook.send() == "transmitting"
    doubt = await outlook.outcome()
    assert (await outlook.send(), outlook.copies) == ("unknown", 0)
    await outlook.house.press(doubt, "Send it again")
    assert shown_card(await outlook.house.work()).title == "Sent"
    assert outlook.copies == 1


async def test_killed_when_it_left_and_nobody_had_said_so_the_copy_in_sent_tells(outlook: OutlookHouse):
    await outlook.approved()
    outlook.graph.troubles = [Trouble(r"POST .*/send$", stalls=True, done=True)]
    await outlook.killed(outlook.graph.stalled.wait)
    assert await outlook.send() == "transmitting"
    assert (await outlook.outcome()).title == "Sent"
    assert outlook.copies == 1


async def test_killed_after_the_answer_and_before_our_commit_the_copy_in_sent_tells(outlook: OutlookHouse):
    await outlook.approved()
    outlook.graph.troubles = [Trouble(r"POST .*/send$", stalls=True, done=True)]

    async with lock_in(outlook.house) as lock:

        async def at_our_commit() -> None:
            await outlook.graph.stalled.wait()
            await lock.take()
            outlook.graph.go_on.set()
            await lock.wanted()

        await outlook.killed(at_our_commit)
    assert (await outlook.outcome()).title == "Sent"
    assert outlook.copies == 1


@pytest.mark.parametrize("status", [0, 500, 504])
async def test_accepted_but_timed_out_is_one_copy_and_no_doubt(outlook: OutlookHouse, status: int):
    await outlook.approved()
    outlook.graph.troubles = [Trouble(r"POST .*/send$", status, done=True)]
    card = await outlook.outcome()
    assert card.title == "Sent"
    assert "it is in Sent" in card.text
    assert (await outlook.next_attempt(), outlook.copies) == ([], 1)


async def test_a_throttled_send_is_tried_again_later_and_leaves_once(outlook: OutlookHouse):
    await outlook.approved()
    outlook.graph.troubles = [Trouble(r"POST .*/send$", 429, "ApplicationThrottled", "90")]
    assert await outlook.next_attempt() == []
    assert await outlook.send() == "ready"
    assert (await outlook.outcome()).title == "Sent"
    assert outlook.copies == 1


async def test_a_token_that_ends_on_the_way_is_renewed_once_and_the_mail_leaves_once(outlook: OutlookHouse):
    await outlook.approved()
    outlook.sign_in.entra.tokens.clear()
    assert (await outlook.outcome()).title == "Sent"
    assert (outlook.sign_in.entra.refreshes, outlook.copies) == (1, 1)


async def test_a_dead_grant_is_not_sent_and_the_owner_is_told_to_link_again(outlook: OutlookHouse):
    await outlook.approved()
    outlook.sign_in.entra.tokens.clear()
    outlook.sign_in.entra.says = {"error": "invalid_grant", "error_description": "AADSTS50173: changed"}
    words = await outlook.next_attempt()
    assert any("/link outlook" in str(one) for one in words)
    assert outlook.copies == 0
