"""Google's sign-in: codes for one use, PKCE, refresh tokens that may rotate with reuse detection, and revocation."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.fakes.google_accounts import GoogleAccount

FULL = ("openid", "https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/gmail.modify")
_LONG = {"email": FULL[1]}


@dataclass
class Family:
    """All tokens that came from one consent."""

    address: str
    scopes: tuple[str, ...]
    refresh: str = ""
    used: set[str] = field(default_factory=set)
    access: dict[str, float] = field(default_factory=dict)
    """Access token -> until when, by the monotonic clock."""
    dead: bool = False


@dataclass
class Consent:
    """What the person at the browser will do on the page."""

    address: str
    untick: frozenset[str] = frozenset()
    declines: bool = False


@dataclass
class _Code:
    asked: Mapping[str, str]
    family: Family
    redeemed: bool = False


class GoogleOAuth:
    """See the module. `refreshes` and `revoked` are for tests to look at."""

    def __init__(self, accounts: Mapping[str, GoogleAccount]) -> None:
        self.accounts = accounts
        self.client, self.secret = "deskhand.apps.example", "GOCSPX-planted-client-secret"
        self.redirects: set[str] = {"http://127.0.0.1:8000/oauth/gmail/callback"}
        self.issuer = ""
        self.consent = Consent(next(iter(accounts)))
        self.families: list[Family] = []
        self.refreshes = 0
        self.asked: Counter[str] = Counter()
        self.revoked: list[str] = []
        self.issued: set[str] = set()
        """Every token and proof that went over the wire, for those who look whether one is to be seen somewhere."""
        self.rotates = True
        self.lasts = 3600.0
        self.claims: dict[str, Any] = {}
        """Put into identity tokens instead of the truth."""
        self.certs: dict[str, str] = {}
        """By key id, of what this Google signs."""
        self.down = False
        self.hold: asyncio.Event | None = None
        """Refreshes wait for this, after they were done."""
        self.held = asyncio.Event()
        self._codes: dict[str, _Code] = {}

    def route(self, app: web.Application) -> None:
        """Adds its addresses."""
        app.router.add_get("/o/oauth2/v2/auth", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_post("/revoke", self._revoke)
        app.router.add_get("/oauth2/v1/certs", self._published)

    def signed_in(self, address: str, *, lasts: float | None = None) -> tuple[str, str]:
        """Access and refresh token of a consent that was given some other day."""
        family = Family(address, FULL)
        self.families.append(family)
        access = self._tokens(family, lasts)["access_token"]
        return access, family.refresh

    def who(self, access: str) -> Family | None:
        """Whose an access token is; None when it does not serve."""
        for family in self.families:
            if not family.dead and family.access.get(access, 0) > time.monotonic():
                return family
        return None

    def expire(self) -> None:
        """All access tokens end now."""
        for family in self.families:
            family.access.clear()

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        if asked.get("client_id") != self.client:
            return _error(401, "invalid_client", "The OAuth client was not found.")
        if asked.get("redirect_uri") not in self.redirects:
            return _error(400, "redirect_uri_mismatch", "The redirect URI is not registered.")
        scopes = asked.get("scope", "").split()
        right = asked.get("response_type") == "code" and scopes and asked.get("state")
        if not right or asked.get("access_type") != "offline" or asked.get("prompt") != "consent":
            return _error(400, "invalid_request", "A parameter is missing.")
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
            return _error(400, "invalid_request", "PKCE with S256 is required for this client.")
        answer = {"state": asked["state"], "iss": self.issuer}
        if self.consent.declines:
            answer["error"] = "access_denied"
        else:
            granted = tuple(_LONG.get(one, one) for one in scopes if one not in self.consent.untick)
            family = Family(self.consent.address, granted)
            code = f"4/0{secrets.token_urlsafe(24)}"
            self._codes[code] = _Code(dict(asked), family)
            answer |= {"code": code, "scope": " ".join(granted), "authuser": "0", "prompt": "consent"}
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(answer)}")

    async def _token(self, request: web.Request) -> web.Response:
        form: Mapping[str, Any] = await request.post()
        self.asked["/token"] += 1
        if self.down:
            return _error(503, "internal_failure", "Try again.")
        if form.get("client_id") != self.client or form.get("client_secret") != self.secret:
            return _error(401, "invalid_client", f"Unauthorized: {form.get('client_secret')}")
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form)
        if form.get("grant_type") == "refresh_token":
            answer = self._refresh(str(form.get("refresh_token", "")))
            if self.hold is not None:
                self.held.set()
                await self.hold.wait()
            return answer
        return _error(400, "unsupported_grant_type", "That grant type is not known.")

    def _redeem(self, form: Mapping[str, Any]) -> web.Response:
        known = self._codes.get(str(form.get("code", "")))
        if known is None or known.redeemed:
            if known is not None:
                known.family.dead = True  # RFC 6749, 4.1.2: what the first redemption gave ends too
            return _error(400, "invalid_grant", "Malformed auth code.")
        known.redeemed = True
        self.issued |= {str(form["code"]), str(form.get("code_verifier", ""))}
        digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != known.asked["code_challenge"]:
            return _error(400, "invalid_grant", "Invalid code verifier.")
        if form.get("redirect_uri") != known.asked["redirect_uri"]:
            return _error(400, "redirect_uri_mismatch", "Bad Request")
        self.families.append(known.family)
        return web.json_response({**self._tokens(known.family), "id_token": self._identity(known)})

    def _refresh(self, token: str) -> web.Response:
        family = next((one for one in self.families if token == one.refresh or token in one.used), None)
        if family is None or family.dead:
            return _error(400, "invalid_grant", "Token has been expired or revoked.")
        if token in family.used:
            family.dead = True
            return _error(400, "invalid_grant", "A refresh token was used twice; all of its family are revoked.")
        self.refreshes += 1
        return web.json_response(self._tokens(family))

    def _tokens(self, family: Family, lasts: float | None = None) -> dict[str, Any]:
        if self.rotates or not family.refresh:
            family.used |= {family.refresh} - {""}
            family.refresh = f"1//planted-refresh-{secrets.token_urlsafe(16)}"
        access = f"ya29.planted-access-{secrets.token_urlsafe(16)}"
        self.issued |= {access, family.refresh}
        family.access[access] = time.monotonic() + (self.lasts if lasts is None else lasts)
        return {
            "access_token": access,
            "refresh_token": family.refresh,
            "expires_in": int(self.lasts if lasts is None else lasts),
            "scope": " ".join(family.scopes),
            "token_type": "Bearer",
        }

    def _identity(self, known: _Code) -> str:
        claims = {
            "iss": self.issuer,
            "aud": self.client,
            "exp": time.time() + 3600,
            "nonce": known.asked.get("nonce"),
            "email": known.family.address,
            "email_verified": True,
            **self.claims,
        }
        parts = ({"alg": "RS256"}, claims)
        head, body = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts)
        return f"{head}.{body}.c2lnbmF0dXJl"

    async def _published(self, _: web.Request) -> web.Response:
        self.asked["/certs"] += 1
        return web.json_response(self.certs, status=503 if self.down else 200)

    async def _revoke(self, request: web.Request) -> web.Response:
        form = await request.post()
        token = str(form.get("token", ""))
        family = next((one for one in self.families if token == one.refresh or token in one.access), None)
        if family is None or family.dead:
            return _error(400, "invalid_token", "Token expired or revoked")
        family.dead = True
        self.revoked.append(family.address)
        return web.json_response({})


def _error(status: int, code: str, words: str) -> web.Response:
    return web.json_response({"error": code, "error_description": words}, status=status)
