"""The tokens of a linked account: one refresh for all who need one, no grant lost, and one word when it is over."""

from __future__ import annotations

import asyncio

import pytest

from agent.chat import Card, Reply
from storage.values.errors import NeedsPerson, Unavailable
from tests.fakes.google_house import GoogleHouse
from tests.fakes.program import House
from tools.mail.account_tokens import AccountTokens
from tools.mail.linking import open_link
from tools.work import QUEUES


def tokens(house: House) -> AccountTokens:
    """The account's tokens as a process of its own would hold them."""
    mailboxes = house.box.mailboxes
    link = open_link(mailboxes.linking, "gmail")
    return AccountTokens(house.database, house.caller.tenant, house.account, link, mailboxes._notice)


async def test_a_token_that_serves_asks_nobody(google_house: GoogleHouse) -> None:
    holder = tokens(google_house.house)
    first = await holder.access()
    await google_house.house.database.aclose()
    assert [await holder.access() for _ in range(10)] == [first] * 10
    assert google_house.google.oauth.refreshes == 0


async def test_a_token_is_renewed_before_it_ends(google_house: GoogleHouse) -> None:
    house, oauth = google_house.house, google_house.google.oauth
    oauth.lasts = 90.0  # less than two minutes
    oauth.expire()
    holder = tokens(house)
    await holder.rejected(await holder.access())
    await holder.access()
    await holder.access()
    assert oauth.refreshes == 2


async def test_whoever_gives_up_waiting_loses_no_rotated_token(google_house: GoogleHouse) -> None:
    house, oauth = google_house.house, google_house.google.oauth
    holder = tokens(house)
    await holder.rejected(await holder.access())
    oauth.hold = asyncio.Event()
    asking = asyncio.create_task(holder.access())
    await oauth.held.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    oauth.hold.set()
    await holder.aclose()
    oauth.hold = None
    oauth.expire()
    other = tokens(house)
    await other.rejected(await other.access())
    assert oauth.who(await other.access())
    assert not oauth.families[0].dead


async def test_google_being_away_is_no_end(google_house: GoogleHouse) -> None:
    house, oauth = google_house.house, google_house.google.oauth
    holder = tokens(house)
    await holder.rejected(await holder.access())
    oauth.down = True
    with pytest.raises(Unavailable):
        await holder.access()
    oauth.down = False
    assert oauth.who(await holder.access())
    assert await house.one("SELECT trouble FROM accounts") == ""


async def test_a_grant_that_was_ended_is_told_once_with_a_button(google_house: GoogleHouse) -> None:
    house, google = google_house.house, google_house.google
    google.oauth.families[0].dead = True
    for _ in range(3):
        with pytest.raises(NeedsPerson, match="link it again with /link gmail"):
            await house.read()
        await house.box.mailboxes.drop(house.account)
    await house.say("/process")
    told = await house.work(*QUEUES)
    (card,) = [one for one in told if isinstance(one, Card)]
    assert card.title == "A mailbox must be linked again"
    assert [one for one in told if isinstance(one, Reply) and "cannot read" in one.text] == []
    assert await house.one("SELECT trouble FROM accounts") == card.text
    (reply,) = await house.press(card, "Link it again")
    assert isinstance(reply, Reply)
    assert "http://127.0.0.1:8000/oauth/gmail/start?ticket=" in reply.text


async def test_a_grant_that_was_ended_is_not_asked_for_again(google_house: GoogleHouse) -> None:
    house, google = google_house.house, google_house.google
    google.oauth.families[0].dead = True
    holders = [tokens(house) for _ in range(10)]
    for one in holders:
        await one.rejected(await one.access())
    found = await asyncio.gather(*(one.access() for one in holders), return_exceptions=True)
    assert {type(one) for one in found} == {NeedsPerson}
    assert google.oauth.asked["/token"] == 1


async def test_a_batch_goes_on_when_the_token_ends_in_its_middle(google_house: GoogleHouse) -> None:
    from tests.fakes.google import ADDRESS
    from tests.fakes.program import letter

    house, google = google_house.house, google_house.google
    for number in range(20):
        google.account.deliver(letter(f"Mail {number}", to=ADDRESS))
    google.gmail.expire_after = 10
    assert await house.read() == 20
    assert google.oauth.refreshes == 1
