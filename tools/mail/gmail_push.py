"""Who says that something happened in a Gmail mailbox: whether it is Google, by the signed token that comes along."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from google.auth import exceptions, jwt

from storage.values.errors import Unavailable

CERTS = "https://www.googleapis.com/oauth2/v1/certs"
"""Google's public certificates, by key id."""
KEPT = 3600.0
"""Seconds for which they are taken as they were; Google changes them every few days, and publishes new ones before."""
PAUSE = 60.0
"""Seconds between two questions for them, so that nobody makes us ask with made-up tokens."""
SKEW = 60
"""Seconds by which clocks may differ."""
_ISSUERS = ("https://accounts.google.com", "accounts.google.com")


@dataclass
class PushGuard:
    """Believes tokens of one service account of Google's that were made for one address of ours."""

    audience: str
    account: str
    certs_url: str = CERTS
    _certs: dict[str, str] = field(default_factory=dict)
    _asked: float = float("-inf")
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def believes(self, token: str) -> bool:
        """Whether Google made this token for us, and it still holds. Unavailable when its certificates cannot be had."""
        if len(token) > 8_192 or token.count(".") != 2:
            return False
        try:
            key = str(jwt.decode_header(token).get("kid", ""))  # type: ignore[no-untyped-call]
        except (exceptions.GoogleAuthError, ValueError, TypeError):
            return False
        certs = await self._known(key)
        return key in certs and await asyncio.to_thread(self._holds, token, certs)

    def _holds(self, token: str, certs: dict[str, str]) -> bool:
        try:
            claims = jwt.decode(token, certs=certs, audience=self.audience, clock_skew_in_seconds=SKEW)  # type: ignore[no-untyped-call]
        except (exceptions.GoogleAuthError, ValueError, TypeError):
            return False
        by_account = claims.get("email") == self.account and claims.get("email_verified") is True
        return by_account and claims.get("iss") in _ISSUERS

    async def _known(self, key: str) -> dict[str, str]:
        async with self._asking:
            age = time.monotonic() - self._asked
            if age > KEPT or (key not in self._certs and age > PAUSE):
                self._certs, self._asked = await self._published(), time.monotonic()
            return self._certs

    async def _published(self) -> dict[str, str]:
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                answer = await client.get(self.certs_url)
            certs = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as problem:
            raise Unavailable("Google's certificates cannot be had: try again in a minute.") from problem
        return {str(name): str(cert) for name, cert in certs.items()} if isinstance(certs, dict) else {}


def address_in(body: bytes) -> str:
    """Whose mailbox a notification is about; empty for what is none."""
    try:
        told: Any = json.loads(base64.b64decode(json.loads(body)["message"]["data"]))
        return str(told["emailAddress"]).casefold()
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
