"""Installing into many workspaces: Bolt's OAuth flow, with our sealed store and with states that are used once."""

from __future__ import annotations

import logging
import time

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.settings import Settings
from bot.slack.api import Api
from bot.slack.workspaces import Workspace, Workspaces
from storage.values.ids import new_token

STATE_LIVES = 600.0
MOST_STATES = 1_000

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "im:write",
    "users:read",
)
"""What we ask for; the manifest asks for the same."""

log = logging.getLogger(__name__)


class Authorize(AsyncAuthorize):
    """Tells Bolt whether we are installed where a request comes from."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """None: Bolt refuses the request."""
        space = await self._workspaces.find(team_id) if team_id else None
        if space is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=space.bot_user,
            bot_id=space.bot_id,
            bot_token=space.token,
            user_id=user_id,
        )


class Installs(AsyncInstallationStore):
    """Where the flow leaves an install."""

    def __init__(self, api: Api, workspaces: Workspaces) -> None:
        self._api = api
        self._workspaces = workspaces

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_save(self, installation: Installation) -> None:
        """Remembers the workspace, with its token sealed."""
        token, team = installation.bot_token or "", installation.team_id or ""
        client = self._api.client(token)
        member = (await client.users_info(user=installation.user_id)).get("user") or {}
        space = Workspace(team, token, installation.bot_user_id or "", installation.bot_id or "")
        await self._workspaces.install(
            space,
            installation.team_name or team,
            ",".join(installation.bot_scopes or ()),
            installation.user_id,
            str(member.get("real_name") or "Somebody"),
            str(member.get("tz") or "UTC"),
        )


class States(AsyncOAuthStateStore):
    """Proof that who comes back from Slack is who went there: used once, within ten minutes."""

    def __init__(self) -> None:
        self._issued: dict[str, float] = {}

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new one."""
        fresh = time.monotonic() - STATE_LIVES
        self._issued = {state: at for state, at in self._issued.items() if at > fresh}
        if len(self._issued) >= MOST_STATES:
            self._issued.pop(next(iter(self._issued)))
        state = new_token()
        self._issued[state] = time.monotonic()
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it is one of ours that nobody used."""
        at = self._issued.pop(state, None)
        return at is not None and time.monotonic() - at <= STATE_LIVES


def oauth_settings(settings: Settings, api: Api, workspaces: Workspaces) -> AsyncOAuthSettings | None:
    """None where the settings name no client."""
    if not settings.slack_client_id or settings.slack_client_secret is None:
        return None
    public = settings.public_url or f"http://{settings.host}:{settings.port}"
    return AsyncOAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        scopes=SCOPES,
        user_scopes=(),
        redirect_uri=f"{public.rstrip('/')}/slack/oauth_redirect",
        authorization_url=settings.slack_authorize_url,
        installation_store=Installs(api, workspaces),
        state_store=States(),
        logger=log,
    )
