"""Microsoft's sign-in on this machine, over https as msal wants it: consent, codes with PKCE, and refresh tokens that rotate."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.certificates import certificate_for

CLIENT, SECRET = "3f1c6d2e-0000-4000-8000-00000000d35c", "s3cr3t~of-the-app"
TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
GRANTED = "Mail.ReadWrite Mail.Send User.Read profile openid email"


@dataclass
class Code:
    """A consent that was given."""

    challenge: str
    nonce: str
    redirect: str


@dataclass
class Entra:
    """The sign-in. `tokens` are the access tokens that serve; share the set with a Graph that takes them."""

    authority: str = ""
    certificate: Path = Path()
    tokens: set[str] = field(default_factory=set)
    granted: str = GRANTED
    claims: dict[str, Any] = field(default_factory=dict)
    """What stands in the identity token instead of the truth."""
    says: dict[str, str] = field(default_factory=dict)
    """Answers every request for a token with this error."""
    down: bool = False
    refreshes: int = 0
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for."""
    family_ended: bool = False
    """A refresh token was used twice: none serves any more."""
    _codes: dict[str, Code] = field(default_factory=dict)
    _refresh: dict[str, bool] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Scheme, host and port."""
        return self.authority.rpartition("/")[0]

    async def discovery(self, request: web.Request) -> web.Response:
        """The document that says where everything is."""
        self.asked.append(request.path)
        common = f"{self.authority}/oauth2/v2.0"
        return web.json_response(
            {
                "issuer": f"{self.place}/{{tenantid}}/v2.0",
                "authorization_endpoint": f"{common}/authorize",
                "token_endpoint": f"{common}/token",
            }
        )

    async def authorize(self, request: web.Request) -> web.Response:
        """The page, on which everybody agrees at once."""
        asked = request.query
        right = (
            asked.get("client_id") == CLIENT
            and asked.get("response_type") == "code"
            and asked.get("response_mode") == "form_post"
            and asked.get("code_challenge_method") == "S256"
            and "offline_access" in asked.get("scope", "").split()
        )
        if not right:
            return web.Response(status=400, text="AADSTS900144: The request body lacks a parameter.")
        code = secrets.token_urlsafe(16)
        self._codes[code] = Code(asked["code_challenge"], asked["nonce"], asked["redirect_uri"])
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}"/>'
            for name, value in (("code", code), ("state", asked["state"]))
        )
        form = f'<form method="POST" action="{escape(asked["redirect_uri"])}">{fields}</form>'
        return web.Response(text=f"<html><body onload='document.forms[0].submit()'>{form}</body></html>")

    async def token(self, request: web.Request) -> web.Response:
        """Codes and refresh tokens become access tokens."""
        if self.down:
            return web.Response(status=503, text="Service unavailable")
        form = {name: str(value) for name, value in (await request.post()).items()}
        error = self.says or self._wrong(form)
        if error:
            return web.json_response(error, status=400)
        if form["grant_type"] == "refresh_token":
            self.refreshes += 1
            return web.json_response(self._given(""))
        return web.json_response(self._given(self._codes.pop(form["code"]).nonce))

    def _wrong(self, form: Mapping[str, str]) -> dict[str, str]:
        if form.get("client_id") != CLIENT or form.get("client_secret") != SECRET:
            return _error("invalid_client", 7000215)
        if form["grant_type"] == "refresh_token":
            return self._used(form["refresh_token"])
        code = self._codes.get(form.get("code", ""))
        if code is None:
            return _error("invalid_grant", 54005)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            return _error("invalid_grant", 501481)
        return {} if form.get("redirect_uri") == code.redirect else _error("invalid_request", 50011)

    def _used(self, token: str) -> dict[str, str]:
        if not self._refresh.get(token):
            self.family_ended = self.family_ended or token in self._refresh
        if self.family_ended or token not in self._refresh:
            return _error("invalid_grant", 70000)
        self._refresh[token] = False
        return {}

    def _given(self, nonce: str) -> dict[str, Any]:
        access, refresh = f"eyJ-{secrets.token_urlsafe(12)}", f"0.A-{secrets.token_urlsafe(12)}"
        self.tokens.clear()
        self.tokens.add(access)
        self._refresh[refresh] = True
        claims = {
            "iss": f"{self.place}/{TENANT}/v2.0",
            "aud": CLIENT,
            "exp": int(time.time()) + 3600,
            "iat": int(time.time()),
            "sub": "ana",
            "oid": "0a",
            "tid": TENANT,
            "nonce": nonce,
            "preferred_username": "ana@example.org",
            **self.claims,
        }
        return {
            "token_type": "Bearer",
            "scope": self.granted,
            "expires_in": 3599,
            "access_token": access,
            **({"refresh_token": refresh} if "offline" not in self.says else {}),
            "id_token": f"{_packed({'alg': 'RS256'})}.{_packed(claims)}.c2lnbmVk",
            "client_info": _packed({"uid": "0a", "utid": TENANT}),
        }


def _packed(values: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


def _error(name: str, number: int) -> dict[str, str]:
    return {
        "error": name,
        "error_description": f"AADSTS{number}: Something is wrong. Trace ID: 0",
        "error_codes": str(number),
    }


@asynccontextmanager
async def open_entra(folder: Path) -> AsyncIterator[Entra]:
    """The sign-in on a free port, with a certificate in a folder."""
    certificate = certificate_for("127.0.0.1", folder)
    entra = Entra(certificate=certificate.authority)
    app = web.Application()
    app.router.add_get("/common/v2.0/.well-known/openid-configuration", entra.discovery)
    app.router.add_get("/common/oauth2/v2.0/authorize", entra.authorize)
    app.router.add_post("/common/oauth2/v2.0/token", entra.token)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate.context).start()
    entra.authority = f"https://127.0.0.1:{runner.addresses[0][1]}/common"
    try:
        yield entra
    finally:
        await runner.cleanup()
