"""Sends through Outlook, throttled, or accepted and timed out, though nobody is killed: one copy, or a person is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.graph_house import OutlookHouse, open_outlook_house
from tests.fakes.graph_server import Trouble
from tests.fakes.program import Servers


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
