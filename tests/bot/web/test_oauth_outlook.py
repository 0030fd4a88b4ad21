"""A person links Outlook from the chat: Microsoft's page answers with a form, msal redeems it, and the mailbox is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest

from agent.chat import Reply
from bot.program import Program
from bot.settings import Settings
from bot.web.app import build
from tests.fakes.graph import OWNER
from tests.fakes.graph_entra import open_entra
from tests.fakes.graph_house import SignIn
from tests.fakes.graph_server import open_graph
from tests.fakes.program import House, Servers, letter, maildir, open_house
from tools.mail.linking.link import Linking
from tools.work import QUICK, STEADY


@dataclass
class Linker:
    """A person who has a mailbox at Microsoft, and a browser in front of our web app."""

    house: House
    sign_in: SignIn
    browser: httpx.AsyncClient

    async def said(self, text: str) -> str:
        """What the chat answers."""
        return "\n".join(one.text for one in await self.house.say(text) if isinstance(one, Reply))

    async def address(self) -> str:
        """The address that the chat gives."""
        words = await self.said("/link outlook")
        return next(line for line in words.splitlines() if line.startswith("http"))

    async def posted(self) -> httpx.Response:
        """The person agrees on Microsoft's page, and its form is sent to us."""
        begun = await self.browser.get(await self.address())
        return await self.post(await self.sign_in.page(begun.headers["location"]))

    async def post(self, form: dict[str, str]) -> httpx.Response:
        """The page at which the form ends."""
        answer = await self.browser.post("/oauth/outlook/callback", data=form)
        return await self.browser.get(answer.headers["location"])

    async def linked(self) -> list[str]:
        """Outlook accounts that are there."""
        rows = await self.house.sql("SELECT address FROM accounts WHERE provider = 'outlook'")
        return [row.address for row in rows]


@pytest.fixture
async def linker(servers: Servers) -> AsyncIterator[Linker]:
    async with open_entra(servers.home) as entra, open_graph() as graph:
        graph.tokens = entra.tokens
        graph.account.add(letter("Glaze"), "inbox")
        sign_in = SignIn(entra, graph)
        registered = replace(servers, linking=Linking({"outlook": sign_in.app}))
        async with open_house(registered, "maildir", maildir(servers.home / "mail", [letter()])) as house:
            settings = Settings(deskhand_home=servers.home, _env_file=None)  # type: ignore[call-arg]
            app = build(Program(settings, house.box, house.database, servers.redis_url, servers.admin_url))
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
            ) as browser:
                yield Linker(house, sign_in, browser)


async def test_a_person_links_outlook_from_the_chat_and_its_mail_is_read(linker: Linker) -> None:
    page = await linker.posted()
    assert page.status_code == 200
    assert f"{OWNER} is linked" in page.text
    assert "label, flag, archive and mark it" in page.text
    told = [one.text for one in await linker.house.work(QUICK, STEADY) if isinstance(one, Reply)]
    assert any(f"Linked {OWNER} (Outlook)" in one for one in told)
    assert (await linker.house.mail("Glaze")).folder == "INBOX"


async def test_an_answer_serves_once(linker: Linker) -> None:
    begun = await linker.browser.get(await linker.address())
    form = await linker.sign_in.page(begun.headers["location"])
    assert (await linker.post(form)).status_code == 200
    again = await linker.post(form)
    assert again.status_code == 400
    assert await linker.linked() == [OWNER]


async def test_another_persons_browser_links_nothing(linker: Linker) -> None:
    begun = await linker.browser.get(await linker.address())
    form = await linker.sign_in.page(begun.headers["location"])
    linker.browser.cookies.clear()
    assert (await linker.post(form)).status_code == 400
    assert await linker.linked() == []


async def test_a_sign_in_that_grants_less_links_nothing_and_says_what_is_missing(linker: Linker) -> None:
    linker.sign_in.entra.granted = "User.Read openid"
    page = await linker.posted()
    assert page.status_code == 400
    assert "Mail.ReadWrite, Mail.Send is missing" in page.text
    assert await linker.linked() == []


async def test_parting_says_where_the_access_is_ended_since_no_program_can(linker: Linker) -> None:
    await linker.posted()
    words = await linker.said(f"/accounts unlink outlook:{OWNER}")
    assert "could not end my access at the provider" in words
    assert "account.live.com" in words
    assert await linker.linked() == []


async def test_no_secret_of_the_sign_in_lies_open_in_the_database(linker: Linker) -> None:
    await linker.posted()
    (access,) = linker.sign_in.entra.tokens
    for table in ("accounts", "oauth_states", "audit", "outbox", "jobs"):
        rows = await linker.house.sql(f"SELECT * FROM {table}")  # noqa: S608 - our own names
        assert access not in repr(rows)
        assert "0.A-" not in repr(rows)
