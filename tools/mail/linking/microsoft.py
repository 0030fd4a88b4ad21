"""Linking Outlook: Microsoft's consent page and its tokens by msal, whose whole cache is what is kept of a grant.

msal blocks, so it runs in a thread. What it leaves to its callers is done here: whether the identity token is meant for
us, and whether what was granted is enough.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import msal
from msal.exceptions import MsalServiceError

from storage.values.clock import now
from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.mail.linking.aadsts import in_words
from tools.mail.linking.link import App, Begun, Grant
from tools.mail.linking.msal_http import MsalHttp
from tools.mail.tls import context_for

T = TypeVar("T")

SCOPES = ["Mail.ReadWrite", "Mail.Send", "User.Read"]
"""Reads, labels, drafts; sends; says whose mailbox it is. msal adds offline_access, without which it ends in an hour."""
NEEDED = frozenset({"Mail.ReadWrite", "Mail.Send"})
AUTHORITY = "https://login.microsoftonline.com/common"
GRAPH = "https://graph.microsoft.com/v1.0"
PATIENCE = 20.0
"""Seconds for an answer of Microsoft's."""

_AWAY = "Microsoft does not answer: try again in a few minutes."


class MicrosoftLink:
    """See `Link`. The settings are `authority`, `instance_discovery` (true, or false: only the authority is asked),
    `base_url` of Graph, and `tls_ca`."""

    name = "Outlook"
    grants: Sequence[str] = (
        "read your mail",
        "label, flag, archive and mark it",
        "write drafts, and send what you approve",
    )
    manage = "https://myapps.microsoft.com (work or school) or https://account.live.com/consent/Manage (personal)"

    def __init__(self, app: App) -> None:
        self._app = app
        self._settings = app.settings

    async def begin(self, redirect: str, state: str) -> Begun:
        """Microsoft's page, on which the person chooses an account and agrees. The answer comes back in a form, so that its code
        stands in no address; msal brings PKCE and a nonce."""

        def begin(client: msal.ClientApplication) -> dict[str, Any]:
            flow: dict[str, Any] = client.initiate_auth_code_flow(
                SCOPES, redirect_uri=redirect, state=state, prompt="select_account", response_mode="form_post"
            )
            return flow

        flow = await self._with_msal("", lambda client, _: begin(client))
        return Begun(str(flow["auth_uri"]), json.dumps(flow))

    async def finish(self, flow: str, redirect: str, answer: Mapping[str, str]) -> Grant:
        """The code becomes tokens."""
        if answer.get("error"):
            raise in_words(answer)
        begun = json.loads(flow)

        def redeem(client: msal.ClientApplication, cache: msal.SerializableTokenCache) -> Grant:
            given = client.acquire_token_by_auth_code_flow(begun, dict(answer))
            if "access_token" not in given:
                raise in_words(given)
            self._check(given.get("id_token_claims") or {}, str(client.authority._issuer))  # nowhere else in msal
            return _enough(_grant(given, cache))

        try:
            return await self._with_msal("", redeem)
        except (ValueError, RuntimeError):  # the state, the nonce or the proof is not that of this flow
            raise Refused(
                "That sign-in was not begun with me, so nothing was linked: ask me for a new address and try again."
            ) from None

    async def owner(self, grant: Grant) -> str:
        """The mailbox's own word on its address."""
        url = f"{self._settings.get('base_url', GRAPH).rstrip('/')}/me?$select=mail,userPrincipalName"
        try:
            async with httpx.AsyncClient(verify=context_for(self._settings), timeout=PATIENCE) as client:
                answer = await client.get(url, headers={"Authorization": f"Bearer {grant.access}"})
                said = answer.json() if answer.status_code == httpx.codes.OK else {}
        except (httpx.HTTPError, ValueError):
            raise Unavailable(_AWAY) from None
        if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise Unavailable(_AWAY)
        address = str(said.get("mail") or said.get("userPrincipalName") or "").casefold()
        if "@" not in address:
            raise Refused("This Microsoft account has no address that I may use: choose another account.")
        return address

    async def refresh(self, grant: Grant) -> Grant:
        """A new access token. Microsoft rotates the refresh token with each; msal's cache holds the newest."""

        def renew(client: msal.ClientApplication, cache: msal.SerializableTokenCache) -> Grant:
            given = _renewed(client, cache)
            if not given:
                raise NeedsPerson("Microsoft has ended this mailbox's access: link it again.")
            if "access_token" not in given:
                raise in_words(given, renewing=True)
            return _grant(given, cache)

        return await self._with_msal(grant.keep, renew)

    async def revoke(self, grant: Grant) -> None:
        """Microsoft has no address at which a program gives its own grant back; the person can on a page. What we held is
        gone with the account."""
        raise Refused(f"Microsoft lets only you end the access that you gave: do so on {self.manage}.")

    async def _with_msal(
        self, cached: str, work: Callable[[msal.ClientApplication, msal.SerializableTokenCache], T]
    ) -> T:
        """Does the work with what is in a cache."""

        def run() -> T:
            cache = msal.SerializableTokenCache()
            if cached:
                cache.deserialize(cached)
            with MsalHttp(verify=context_for(self._settings), timeout=PATIENCE) as http:
                return work(self._client(cache, http), cache)

        try:
            return await asyncio.to_thread(run)
        except (httpx.HTTPError, MsalServiceError):  # left out as a cause: a request carries the secret
            raise Unavailable(_AWAY) from None

    def _client(self, cache: msal.SerializableTokenCache, http: httpx.Client) -> msal.ClientApplication:
        secret = {"client_credential": self._app.client_secret} if self._app.client_secret else {}
        kind = msal.ConfidentialClientApplication if secret else msal.PublicClientApplication
        authority = self._settings.get("authority", AUTHORITY)
        try:
            return kind(
                self._app.client_id,
                **secret,
                authority=authority,
                instance_discovery=self._settings.get("instance_discovery", "true") == "true",
                token_cache=cache,
                http_client=http,
            )
        except ValueError:
            raise Unavailable(
                f"Microsoft's sign-in at {authority} does not answer as it should: whoever runs this Deskhand checks "
                "MS_AUTHORITY, or try again in a few minutes."
            ) from None

    def _check(self, claims: Mapping[str, Any], issuer: str) -> None:
        """Whether the identity token is for us and new. It came straight from Microsoft's token endpoint, which vouches for
        it instead of the signature (OpenID Connect Core, 3.1.3.7, 6); msal compared the nonce."""
        audience = claims.get("aud")
        meant = issuer.replace("{tenantid}", str(claims.get("tid", "")))
        right = (
            self._app.client_id in (audience if isinstance(audience, list) else [audience])
            and claims.get("iss") == meant
            and float(claims.get("exp", 0)) > now().timestamp()
        )
        if not right:
            raise Refused("That sign-in was not made for this Deskhand by Microsoft, so nothing was linked.")


def _renewed(client: msal.ClientApplication, cache: msal.SerializableTokenCache) -> dict[str, Any] | None:
    """What Microsoft gives for the refresh token; None when there is none."""
    accounts = client.get_accounts()
    given: dict[str, Any] | None
    if accounts:
        given = client.acquire_token_silent_with_error(SCOPES, accounts[0], force_refresh=True)
        return given
    # Behind a proxy the tokens come from another host than the authority's, under which msal does not look.
    for kept in cache.search(msal.TokenCache.CredentialType.REFRESH_TOKEN):
        given = client.acquire_token_by_refresh_token(kept["secret"], SCOPES)
        return given
    return None


def _grant(given: Mapping[str, Any], cache: msal.SerializableTokenCache) -> Grant:
    until = now() + timedelta(seconds=float(given.get("expires_in", 0)))
    scopes = frozenset(one.rpartition("/")[2] for one in str(given.get("scope", "")).split())
    return Grant(str(given["access_token"]), until, scopes, str(cache.serialize()))


def _enough(grant: Grant) -> Grant:
    missing = NEEDED - grant.scopes
    if missing:
        raise Refused(
            f"Microsoft granted less than I need ({', '.join(sorted(missing))} is missing), so nothing was linked: start "
            "again and agree to everything, or ask your administrator."
        )
    if not json.loads(grant.keep).get("RefreshToken"):
        raise Refused(
            "Microsoft gave access for an hour only, so nothing was linked: start again and agree to everything."
        )
    return grant
