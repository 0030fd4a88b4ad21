"""Linking Gmail: Google's consent page, its tokens, and whose mailbox it is.

Google's own client library for this leads through `requests` and refreshes where it likes; what is needed is three forms
posted to one address, and a refresh that we decide on.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from storage.values.clock import now
from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.mail.linking.link import App, Begun, Grant
from tools.mail.linking.pkce import challenge, new_verifier

MODIFY = "https://www.googleapis.com/auth/gmail.modify"
"""Reads, labels, drafts and sends; the least that does all of it, and it cannot delete for good."""

SCOPES = ("openid", "email", MODIFY)
PATIENCE = 20.0
"""Seconds for an answer of Google's."""

_AWAY = "Google does not answer: try again in a few minutes."


class GoogleLink:
    """See `Link`. The settings are `authorize`, `token` and `api_endpoint`."""

    name = "Gmail"
    grants: Sequence[str] = (
        "read your mail",
        "label, archive and mark it",
        "write drafts, and send what you approve",
    )
    manage = "https://myaccount.google.com/connections"

    def __init__(self, app: App) -> None:
        self._app = app
        self._places = app.settings

    async def begin(self, redirect: str, state: str) -> Begun:
        """Google's consent page, asked for a refresh token every time: it gives one only with consent."""
        verifier, nonce = new_verifier(), secrets.token_urlsafe(16)
        asked = {
            "client_id": self._app.client_id,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "access_type": "offline",
            "prompt": "consent",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        flow = json.dumps({"verifier": verifier, "nonce": nonce})
        return Begun(f"{self._places['authorize']}?{urlencode(asked)}", flow)

    async def finish(self, flow: str, redirect: str, answer: Mapping[str, str]) -> Grant:
        """The code becomes tokens."""
        if answer.get("error") == "access_denied":
            raise Refused("You did not agree on Google's page, so nothing was linked.")
        if answer.get("error") or not answer.get("code"):
            raise Refused(
                "Google broke the sign-in off, so nothing was linked: ask me for a new address and try again."
            )
        if "iss" in answer and not self._is_google(answer["iss"]):
            raise Refused("That answer did not come from Google, so nothing was linked.")
        known = json.loads(flow)
        form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": redirect}
        status, given = await self._post(self._places["token"], {**form, "code_verifier": known["verifier"]})
        if status != httpx.codes.OK:
            raise _declined(given)
        grant = self._grant(given, str(given.get("refresh_token", "")))
        try:
            address = self._checked(given, known["nonce"])
            _enough(grant)
        except Refused:
            await self.revoke(grant)
            raise
        return replace(grant, keep=json.dumps({"refresh": grant.keep, "address": address}))

    async def owner(self, grant: Grant) -> str:
        """The mailbox's own word on its address."""
        url = f"{self._places['api_endpoint'].rstrip('/')}/gmail/v1/users/me/profile"
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.get(url, headers={"Authorization": f"Bearer {grant.access}"})
        except httpx.HTTPError:
            raise Unavailable(_AWAY) from None
        if answer.status_code == httpx.codes.NOT_FOUND:  # an endpoint without profiles: the sign-in said it too
            return str(json.loads(grant.keep)["address"])
        if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise Unavailable(_AWAY)
        if answer.status_code != httpx.codes.OK:
            raise Refused("This Google account has no Gmail that I may use: choose another account, or ask its admin.")
        return str(answer.json()["emailAddress"]).casefold()

    async def refresh(self, grant: Grant) -> Grant:
        """A new access token, and the refresh token that replaces the old one, if Google gives one."""
        kept = json.loads(grant.keep)
        status, given = await self._post(
            self._places["token"], {"grant_type": "refresh_token", "refresh_token": kept["refresh"]}
        )
        if status == httpx.codes.OK:
            rotated = str(given.get("refresh_token") or kept["refresh"])
            renewed = self._grant(given, json.dumps({**kept, "refresh": rotated}))
            return renewed if renewed.scopes else replace(renewed, scopes=grant.scopes)
        if given.get("error") == "invalid_grant":
            raise NeedsPerson("Google has ended this mailbox's access: link it again.")
        raise _declined(given)

    async def revoke(self, grant: Grant) -> None:
        """Ends the grant at Google."""
        kept = json.loads(grant.keep) if grant.keep.startswith("{") else {"refresh": grant.keep}
        token = kept["refresh"] or grant.access
        status, given = await self._post(urljoin(self._places["token"], "revoke"), {"token": token}, signed=False)
        if status != httpx.codes.OK and given.get("error") != "invalid_token":
            raise Unavailable(_AWAY)

    def _grant(self, given: Mapping[str, Any], keep: str) -> Grant:
        until = now() + timedelta(seconds=float(given.get("expires_in", 0)))
        return Grant(str(given["access_token"]), until, frozenset(str(given.get("scope", "")).split()), keep)

    def _checked(self, given: Mapping[str, Any], nonce: str) -> str:
        """The address in the identity token. It came straight from Google's token endpoint, which vouches for it instead of
        the signature (OpenID Connect Core, 3.1.3.7, 6)."""
        claims = _claims(str(given.get("id_token", "")))
        audience = claims.get("aud")
        right = (
            self._is_google(str(claims.get("iss", "")))
            and self._app.client_id in (audience if isinstance(audience, list) else [audience])
            and float(claims.get("exp", 0)) > now().timestamp()
            and secrets.compare_digest(str(claims.get("nonce", "")), nonce)
        )
        if not right:
            raise Refused("That sign-in was not made for this Deskhand by Google, so nothing was linked.")
        if not claims.get("email_verified") or not claims.get("email"):
            raise Refused("Google has not verified the address of that account, so nothing was linked.")
        return str(claims["email"]).casefold()

    def _is_google(self, issuer: str) -> bool:
        place = urlsplit(self._places["authorize"])
        return issuer in (f"{place.scheme}://{place.netloc}", place.netloc)

    async def _post(self, url: str, form: Mapping[str, str], *, signed: bool = True) -> tuple[int, dict[str, Any]]:
        own = {"client_id": self._app.client_id, "client_secret": self._app.client_secret} if signed else {}
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.post(url, data={**form, **own})
        except httpx.HTTPError:  # left out as a cause: a request carries the secret
            raise Unavailable(_AWAY) from None
        if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise Unavailable(_AWAY)
        try:
            given = answer.json() if answer.content else {}
        except ValueError:
            given = {}
        return answer.status_code, given if isinstance(given, dict) else {}


def _enough(grant: Grant) -> None:
    if MODIFY not in grant.scopes:
        raise Refused(
            "You did not tick the box for Gmail on Google's page, so I could neither read nor draft, and nothing was linked: "
            "start again and leave every box ticked."
        )
    if not grant.keep:
        raise Refused(
            "Google gave access for an hour only, so nothing was linked: remove Deskhand under “Third-party connections” of "
            "your Google account, and start again."
        )


def _claims(token: str) -> dict[str, Any]:
    try:
        _, body, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}


def _declined(given: Mapping[str, Any]) -> Refused | NeedsPerson:
    """Of Google's own words only the code is repeated: the rest may hold what was sent."""
    error = str(given.get("error", ""))
    if error in ("invalid_client", "unauthorized_client"):
        return Refused(
            "Google does not know this Deskhand: whoever runs it checks GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET."
        )
    if error == "invalid_grant":
        return Refused("Google did not accept the sign-in's code, which is used once and at once: start again.")
    return Refused(f"Google refused the sign-in ({error[:40] or 'no reason given'}): start again.")
