"""Google on this machine: sign-in and Gmail as one server, strict where the real ones are, with faults on order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.google_accounts import GoogleAccount
from tests.fakes.google_mail import Gmail
from tests.fakes.google_oauth import GoogleOAuth
from tools.mail.linking.link import App

ADDRESS = "ana@gmail.example"


@dataclass
class Google:
    """The running server."""

    accounts: dict[str, GoogleAccount]
    oauth: GoogleOAuth
    gmail: Gmail
    port: int = 0
    _site: web.TCPSite | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def account(self) -> GoogleAccount:
        """Ana's."""
        return self.accounts[ADDRESS]

    @property
    def app(self) -> App:
        """What an installation that is registered here has in its settings."""
        places = {"authorize": f"{self.url}/o/oauth2/v2/auth", "token": f"{self.url}/token"}
        return App(self.oauth.client, self.oauth.secret, {**places, "api_endpoint": self.url, "pause": "0.001"})

    @property
    def environment(self) -> dict[str, str]:
        """The same for a program of its own."""
        return {
            "GMAIL_CLIENT_ID": self.oauth.client,
            "GMAIL_CLIENT_SECRET": self.oauth.secret,
            "GOOGLE_AUTH_URI": self.app.settings["authorize"],
            "GOOGLE_TOKEN_URI": self.app.settings["token"],
            "GMAIL_API_ENDPOINT": self.url,
        }

    async def go_away(self) -> None:
        """It cannot be reached any more."""
        assert self._site
        await self._site.stop()


@asynccontextmanager
async def open_google(*addresses: str) -> AsyncIterator[Google]:
    """A Google with these accounts (Ana's, if none is named)."""
    accounts = {address: GoogleAccount(address) for address in addresses or (ADDRESS,)}
    oauth = GoogleOAuth(accounts)
    google = Google(accounts, oauth, Gmail(accounts, oauth))
    app = web.Application(client_max_size=64 * 1024 * 1024)
    google.oauth.route(app)
    google.gmail.route(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    google._site = site
    google.port = runner.addresses[0][1]
    google.oauth.issuer = google.url
    try:
        yield google
    finally:
        google.gmail.let_go()
        await runner.cleanup()
