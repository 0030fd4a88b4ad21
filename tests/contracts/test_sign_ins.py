"""What every provider with a sign-in promises of its tokens: one refresh for all who need one, and a family that lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.fakes.google import open_google
from tests.fakes.google_house import open_google_house
from tests.fakes.graph_house import open_outlook_house
from tests.fakes.program import House, Servers
from tools.mail.account_tokens import AccountTokens
from tools.mail.linking import LINKS, open_link

HOLDERS = 50


@dataclass
class SignedIn:
    """A house whose mailbox was linked by a sign-in."""

    house: House
    provider: str
    expire: Callable[[], object]
    """Every access token ends."""
    serves: Callable[[str], object]
    refreshes: Callable[[], int]
    dead: Callable[[], bool]
    """A refresh token was used twice."""

    def tokens(self) -> AccountTokens:
        """The account's tokens as a process of its own would hold them."""
        mailboxes = self.house.box.mailboxes
        link = open_link(mailboxes.linking, self.provider)
        return AccountTokens(self.house.database, self.house.caller.tenant, self.house.account, link, mailboxes._notice)


@asynccontextmanager
async def _gmail(servers: Servers) -> AsyncIterator[SignedIn]:
    async with open_google() as google, open_google_house(servers, google) as scene:
        oauth = google.oauth
        (family,) = oauth.families
        yield SignedIn(scene.house, "gmail", oauth.expire, oauth.who, lambda: oauth.refreshes, lambda: family.dead)


@asynccontextmanager
async def _outlook(servers: Servers) -> AsyncIterator[SignedIn]:
    async with open_outlook_house(servers) as scene:
        entra = scene.sign_in.entra
        yield SignedIn(
            scene.house,
            "outlook",
            entra.tokens.clear,
            lambda token: token in entra.tokens,
            lambda: entra.refreshes,
            lambda: entra.family_ended,
        )


SIGN_INS = {"gmail": _gmail, "outlook": _outlook}


@pytest.fixture(params=SIGN_INS)
async def signed_in(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[SignedIn]:
    async with SIGN_INS[request.param](servers) as signed_in:
        yield signed_in


def test_a_provider_listed_is_a_provider_tested() -> None:
    assert SIGN_INS.keys() == LINKS.keys()


async def test_fifty_who_see_a_401_at_once_make_one_refresh(signed_in: SignedIn) -> None:
    holders = [signed_in.tokens() for _ in range(HOLDERS)]
    stale = {await one.access() for one in holders}
    before = signed_in.refreshes()
    signed_in.expire()

    async def meets_a_401(holder: AccountTokens) -> str:
        await holder.rejected(await holder.access())
        return await holder.access()

    fresh = set(await asyncio.gather(*(meets_a_401(one) for one in holders)))
    assert signed_in.refreshes() == before + 1
    assert len(fresh) == 1
    assert not fresh & stale
    assert all(signed_in.serves(one) for one in fresh)


async def test_fifty_calls_in_several_processes_make_one_refresh(signed_in: SignedIn) -> None:
    house = signed_in.house
    async with AsyncExitStack() as stack:
        others = [house, *[await stack.enter_async_context(house.beside()) for _ in range(4)]]
        boxes = [await one.box.mailboxes.get(one.caller.tenant, one.account) for one in others]
        key = (await house.mail("Kiln")).key
        before = signed_in.refreshes()
        signed_in.expire()
        mails = await asyncio.gather(*(box.fetch(key) for box in boxes for _ in range(HOLDERS // len(boxes))))
    assert signed_in.refreshes() == before + 1
    assert len(set(mails)) == 1


async def test_refresh_tokens_rotate_for_a_long_time_and_the_family_lives(signed_in: SignedIn) -> None:
    one, other = signed_in.tokens(), signed_in.tokens()
    assert await one.access() == await other.access()
    before = signed_in.refreshes()
    for turn in range(10):
        signed_in.expire()
        for holder in (one, other) if turn % 2 else (other, one):
            await holder.rejected(await holder.access())
            assert signed_in.serves(await holder.access())
    assert signed_in.refreshes() == before + 10
    assert not signed_in.dead()
