"""OutlookHouse: a house whose mailbox is at a Microsoft Graph of this machine, linked by its sign-in."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx

from tests.fakes.graph import OWNER
from tests.fakes.graph_entra import CLIENT, SECRET, Entra, open_entra
from tests.fakes.graph_server import GraphServer, open_graph
from tests.fakes.program import Servers, letter, open_house
from tests.fakes.sending_house import SendingHouse
from tools.mail.linking.link import App, Grant, Linking
from tools.mail.linking.microsoft import MicrosoftLink
from tools.mail.mailbox import Credentials

REDIRECT = "http://127.0.0.1:8000/oauth/outlook/callback"


@dataclass
class SignIn:
    """A person at Microsoft's page, and the link that sent them there."""

    entra: Entra
    graph: GraphServer

    @property
    def app(self) -> App:
        """What this installation is at Microsoft."""
        settings = {
            "authority": self.entra.authority,
            "instance_discovery": "false",
            "base_url": self.graph.base_url,
            "tls_ca": str(self.entra.certificate),
        }
        return App(CLIENT, SECRET, settings)

    @property
    def link(self) -> MicrosoftLink:
        """The link under test."""
        return MicrosoftLink(self.app)

    async def page(self, url: str) -> dict[str, str]:
        """What the page's form brings back when the person agrees."""
        trust = ssl.create_default_context(cafile=self.entra.certificate)
        async with httpx.AsyncClient(verify=trust, trust_env=False) as browser:
            page = await browser.get(url)
        assert f'method="POST" action="{REDIRECT}"' in page.text
        return dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))

    async def agreed(self, state: str = "a-ticket") -> tuple[str, dict[str, str]]:
        """What `finish` must know again, and what the browser brings back."""
        begun = await self.link.begin(REDIRECT, state)
        return begun.flow, await self.page(begun.url)

    async def granted(self) -> Grant:
        """Everything went well."""
        flow, answer = await self.agreed()
        return await self.link.finish(flow, REDIRECT, answer)


@dataclass
class OutlookHouse(SendingHouse):
    """The house, and Microsoft. Bo's mail about the kiln is there."""

    sign_in: SignIn

    @property
    def graph(self) -> GraphServer:
        """The mailbox's service."""
        return self.sign_in.graph

    @property
    def environment(self) -> dict[str, str]:
        """What a worker beside this one needs."""
        entra = self.sign_in.entra
        return {
            **self.house.environment,
            "OUTLOOK_CLIENT_ID": CLIENT,
            "OUTLOOK_CLIENT_SECRET": SECRET,
            "MS_AUTHORITY": entra.authority,
            "MS_INSTANCE_DISCOVERY": "false",
            "GRAPH_BASE_URL": self.graph.base_url,
            "REQUESTS_CA_BUNDLE": str(entra.certificate),
        }

    @property
    def copies(self) -> int:
        """How many mails left."""
        return len(self.graph.requests.left)


@asynccontextmanager
async def open_outlook_house(servers: Servers) -> AsyncIterator[OutlookHouse]:
    """A house on Outlook."""
    async with open_entra(servers.home) as entra, open_graph() as graph:
        graph.tokens = entra.tokens
        graph.account.add(letter(), "inbox")
        sign_in = SignIn(entra, graph)
        grant = await sign_in.granted()
        registered = replace(servers, linking=Linking({"outlook": sign_in.app}))
        async with open_house(registered, "outlook", Credentials(OWNER, {}, grant.to_text())) as house:
            yield OutlookHouse(house, sign_in)
