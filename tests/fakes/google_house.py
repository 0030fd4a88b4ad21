"""GoogleHouse: a house whose mailboxes are at a Google of this machine, and a browser to sign in with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.values.clock import now
from tests.fakes.program import House, Servers, letter, maildir, open_house
from tests.fakes.sending_house import SendingHouse

if TYPE_CHECKING:
    import httpx

    from tests.fakes.google import Google
    from tools.mail.mailbox import Credentials


@dataclass
class Browser:
    """A person's browser: keeps cookies, follows redirects between us and Google, and shows the last page."""

    client: httpx.AsyncClient
    outside: httpx.AsyncClient
    visited: list[str]

    async def get(self, url: str) -> httpx.Response:
        """One page, not followed."""
        self.visited.append(url)
        ours = url.startswith(str(self.client.base_url).rstrip("/"))
        return await (self.client if ours else self.outside).get(url)

    async def open(self, url: str) -> httpx.Response:
        """The page at which the way ends."""
        answer = await self.get(url)
        while answer.is_redirect:
            answer = await self.get(str(answer.next_request.url if answer.next_request else ""))
        return answer

    async def answer_to(self, url: str) -> str:
        """Google's answer to a sign-in, as the address that it sends the browser to; nobody went there yet."""
        begun = await self.get(url)
        return str((await self.get(begun.headers["location"])).headers["location"])


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    """A Google with Ana's account."""
    from tests.fakes.google import open_google

    async with open_google() as google:
        yield google


@pytest.fixture
async def linking_house(servers: Servers, google: Google) -> AsyncIterator[House]:
    """A house on a maildir that is registered at this Google."""
    from tools.mail.linking.link import Linking

    registered = replace(servers, linking=Linking({"gmail": google.app}))
    async with open_house(registered, "maildir", maildir(servers.home / "mail", [letter()])) as house:
        yield house


@pytest.fixture
async def browsers(linking_house: House) -> AsyncIterator[tuple[Browser, Browser]]:
    """Two browsers of two people, in front of this house's web app."""
    import httpx

    from bot.program import Program
    from bot.settings import Settings
    from bot.web.app import build

    house = linking_house
    settings = Settings(deskhand_home=house.servers.home, _env_file=None)  # type: ignore[call-arg]
    app = build(Program(settings, house.box, house.database, house.servers.redis_url, house.servers.admin_url))
    here = {"transport": httpx.ASGITransport(app=app), "base_url": "http://127.0.0.1:8000"}
    async with (
        httpx.AsyncClient(**here) as one,  # type: ignore[arg-type]
        httpx.AsyncClient(**here) as other,  # type: ignore[arg-type]
        httpx.AsyncClient(trust_env=False) as outside,
    ):
        yield Browser(one, outside, []), Browser(other, outside, [])


@pytest.fixture
def browser(browsers: tuple[Browser, Browser]) -> Browser:
    """Ana's browser."""
    return browsers[0]


def linked_before(google: Google, *, lasts: float = 3600.0) -> Credentials:
    """Ana's account as it was linked some other day; its access token ends after so many seconds."""
    from tests.fakes.google import ADDRESS
    from tests.fakes.google_oauth import FULL
    from tools.mail.linking.link import Grant
    from tools.mail.mailbox import Credentials

    access, refresh = google.oauth.signed_in(ADDRESS, lasts=lasts)
    keep = f'{{"refresh": "{refresh}", "address": "{ADDRESS}"}}'
    grant = Grant(access, now() + timedelta(seconds=lasts), frozenset(FULL), keep)
    return Credentials(ADDRESS, {"scopes": " ".join(FULL)}, grant.to_text())


@dataclass
class GoogleHouse(SendingHouse):
    """A house whose only mailbox is Ana's at this Google. Bo's mail about the kiln is there."""

    google: Google

    @property
    def environment(self) -> dict[str, str]:
        """A worker beside this one needs to know this Google."""
        return {**self.house.environment, **self.google.environment}

    @property
    def copies(self) -> int:
        """How many mails left."""
        return len(self.google.account.sent)


@asynccontextmanager
async def open_google_house(servers: Servers, google: Google) -> AsyncIterator[GoogleHouse]:
    """A house on Gmail."""
    from tests.fakes.google import ADDRESS
    from tools.mail.linking.link import Linking

    google.account.deliver(letter(to=ADDRESS))
    registered = replace(servers, linking=Linking({"gmail": google.app}))
    async with open_house(registered, "gmail", linked_before(google)) as house:
        yield GoogleHouse(house, google)


@pytest.fixture
async def google_house(servers: Servers, google: Google) -> AsyncIterator[GoogleHouse]:
    """The same for one test."""
    async with open_google_house(servers, google) as house:
        yield house
