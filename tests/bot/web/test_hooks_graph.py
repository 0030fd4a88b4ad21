"""Graph calls us: the handshake, what counts as its word and what does not, and that being told often is being told once."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest

from bot.program import Program
from bot.settings import Settings
from bot.web.app import build
from storage.values.clock import now
from tests.fakes.graph import OWNER
from tests.fakes.graph_entra import open_entra
from tests.fakes.graph_house import SignIn
from tests.fakes.graph_server import GraphServer, open_graph
from tests.fakes.program import House, Servers, letter, open_house
from tools.mail.linking.link import Linking
from tools.mail.listening import keep_listening
from tools.mail.mailbox import Credentials
from tools.work import STEADY

PUBLIC = "https://desk.example"


@dataclass
class Called:
    """A house that Graph reaches by its public address."""

    house: House
    graph: GraphServer
    web: httpx.AsyncClient

    async def listen(self) -> None:
        """As every poll does."""
        await keep_listening(self.house.box.mailboxes, self.house.caller.tenant, self.house.account)

    async def until(self) -> timedelta:
        """For how long we are listening."""
        return await self.house.one("SELECT until FROM subscriptions") - now()

    async def polls(self) -> int:
        """Polls that are open."""
        return int(await self.house.one("SELECT count(*) FROM jobs WHERE kind = 'poll_mail' AND state = 'pending'"))


@pytest.fixture
async def called(servers: Servers) -> AsyncIterator[Called]:
    async with open_entra(servers.home) as entra, open_graph() as graph:
        graph.tokens = entra.tokens
        sign_in = SignIn(entra, graph)
        grant = await sign_in.granted()
        registered = replace(servers, linking=Linking({"outlook": sign_in.app}, PUBLIC))
        async with open_house(registered, "outlook", Credentials(OWNER, {}, grant.to_text())) as house:
            settings = Settings(deskhand_home=servers.home, _env_file=None)  # type: ignore[call-arg]
            app = build(Program(settings, house.box, house.database, servers.redis_url, servers.admin_url))
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC) as web:
                graph.outside = web
                yield Called(house, graph, web)


async def test_graph_is_asked_once_to_call_and_again_before_it_ends(called: Called) -> None:
    for _ in range(3):
        await called.listen()
    assert list(called.graph.subscriptions) == ["subscription-0"]
    assert len(called.graph.subscriptions["subscription-0"]["clientState"]) == 64
    await called.house.sql("UPDATE subscriptions SET until = now() + interval '1 day'")
    await called.listen()
    assert await called.until() > timedelta(days=5)
    assert len(called.graph.subscriptions) == 1


async def test_a_subscription_that_graph_forgot_is_made_anew(called: Called) -> None:
    await called.listen()
    called.graph.subscriptions.clear()
    await called.house.sql("UPDATE subscriptions SET until = now()")
    await called.listen()
    assert len(called.graph.subscriptions) == 1


async def test_new_mail_that_graph_tells_of_is_read_at_once_and_once(called: Called) -> None:
    await called.listen()
    called.graph.account.add(letter("Glaze"), "inbox")
    for _ in range(5):
        assert await called.graph.notify("subscription-0", changeType="created", resource="Users/x/Messages/y") == 202
    assert await called.polls() == 1
    await called.house.work(STEADY)
    assert (await called.house.mail("Glaze")).folder == "INBOX"


async def test_what_a_stranger_tells_counts_for_nothing(called: Called) -> None:
    await called.listen()
    tenant = called.house.caller.tenant.bytes
    forged = base64.urlsafe_b64encode(tenant + b"0" * 32).decode()
    for state in (forged, "", "x" * 128, "ä"):
        assert await called.graph.notify("subscription-0", clientState=state) == 202
    assert await called.polls() == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"value": 7}', b'{"value": [7, {"clientState": []}]}', b"[" * 100_000, b"x" * 300_000, b"\xff"],
)
async def test_nonsense_is_no_trouble(called: Called, body: bytes) -> None:
    answer = await called.web.post("/hooks/graph", content=body)
    assert answer.status_code in (202, 400)
    assert await called.polls() == 0


async def test_the_handshake_echoes_as_plain_text_that_no_browser_runs(called: Called) -> None:
    token = "<script>alert(1)</script>"
    answer = await called.web.post("/hooks/graph", params={"validationToken": token})
    assert (answer.status_code, answer.text) == (200, token)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await called.web.post("/hooks/graph", params={"validationToken": "x" * 5_000})).status_code == 400


@pytest.mark.parametrize("event", ["missed", "reauthorizationRequired", "subscriptionRemoved"])
async def test_what_becomes_of_a_subscription_leads_to_a_poll_that_mends_it(called: Called, event: str) -> None:
    await called.listen()
    if event == "subscriptionRemoved":
        called.graph.subscriptions["old"] = called.graph.subscriptions.pop("subscription-0")
    name = next(iter(called.graph.subscriptions))
    assert await called.graph.notify(name, lifecycleEvent=event) == 202
    await called.house.work(STEADY)
    assert await called.until() > timedelta(days=5)


async def test_a_house_that_nobody_reaches_by_https_asks_for_no_calls(called: Called) -> None:
    called.house.box.mailboxes.linking = replace(called.house.box.mailboxes.linking, public_url="http://127.0.0.1:8000")
    await called.listen()
    assert called.graph.subscriptions == {}


async def test_a_graph_that_will_not_call_stops_no_poll(called: Called) -> None:
    called.graph.outside = None
    called.graph.account.add(letter("Glaze"), "inbox")
    await called.house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'poll_mail'")
    await called.listen()
    await called.house.read()
    assert (await called.house.mail("Glaze")).folder == "INBOX"
