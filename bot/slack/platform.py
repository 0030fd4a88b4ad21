"""Slack as a platform: opened with the program, listening through a socket or through signed requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_sdk.errors import SlackApiError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.desk import Desk
from bot.program import Program
from bot.settings import Settings
from bot.slack.api import LATER, TIMEOUT, Api, Time, refusal, web_client
from bot.slack.channel import SlackChannel
from bot.slack.forms import Forms
from bot.slack.homes import Homes
from bot.slack.listeners import register
from bot.slack.lobby import Lobby
from bot.slack.oauth import Authorize, oauth_settings
from bot.slack.presses import Presses
from bot.slack.reception import Reception
from bot.slack.visitors import Visitors
from bot.slack.workspaces import Workspace, Workspaces
from bot.work import Work
from storage.values.errors import NeedsPerson, Unavailable

log = structlog.get_logger()

NO_WAY_IN = (
    "Slack is set up only by half: give SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for signed requests."
)


class Slack(SlackChannel):
    """The channel, and its ears."""

    def __init__(self, program: Program, api: Api, workspaces: Workspaces) -> None:
        forms = Forms(program.database)
        super().__init__(api, program.box.blobs, forms)
        self.work = Work()
        self.workspaces = workspaces
        self._forms = forms
        self._program = program
        self._app: AsyncApp | None = None

    def routes(self, desk: Desk) -> Sequence[BaseRoute]:
        """Signed requests, unless Slack comes through a socket; and the install, where there is a client for it."""
        app, settings = self.app(desk), self._program.settings
        handler = AsyncSlackRequestHandler(app)

        async def handle(request: Request) -> Response:
            return await handler.handle(request)

        routes = [] if settings.slack_app_token else [Route("/slack/events", handle, methods=["POST"])]
        if app.oauth_flow is not None:
            routes += [Route(path, handle, methods=["GET"]) for path in ("/slack/install", "/slack/oauth_redirect")]
        return routes

    @asynccontextmanager
    async def listening(self, desk: Desk) -> AsyncIterator[None]:
        """Holds the socket open, if that is the way in; at the end, lets what is under way end."""
        app, token = self.app(desk), self._program.settings.slack_app_token
        try:
            if token is None:
                yield
                return
            handler = AsyncSocketModeHandler(app, token.get_secret_value(), web_client=self.api.client())
            connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]  # which tries for as long as Slack is away
            try:
                yield
            finally:
                connecting.cancel()
                await asyncio.gather(connecting, return_exceptions=True)
                await handler.close_async()  # type: ignore[no-untyped-call]
        finally:
            await self.work.aclose()

    def app(self, desk: Desk) -> AsyncApp:
        """Bolt, with all our listeners; made once."""
        if self._app is None:
            settings = self._program.settings
            secret = settings.slack_signing_secret
            self._app = AsyncApp(
                name="deskhand",
                logger=_bolts_logger(),
                client=self.api.client(),
                signing_secret=secret.get_secret_value() if secret else "",
                authorize=Authorize(self.workspaces),  # type: ignore[arg-type]
                oauth_settings=oauth_settings(settings, self.api, self.workspaces),
                process_before_response=True,
                user_facing_authorize_error_message="Deskhand is not installed in this workspace any more.",
                attaching_conversation_kwargs_enabled=False,
            )
            lobby = self._lobby(desk)
            register(self._app, Reception(lobby), Presses(lobby))
        return self._app

    def _lobby(self, desk: Desk) -> Lobby:
        database = self._program.database
        visitors = Visitors(self, self.workspaces, database)
        homes = Homes(self.api, visitors, desk)
        return Lobby(desk, self, self.workspaces, visitors, homes, self._forms, self.work, database)


@asynccontextmanager
async def open_slack(program: Program, clock: Time | None = None) -> AsyncIterator[Slack]:
    """Opens what is set up. NeedsPerson says what is missing or wrong in the settings."""
    settings = program.settings
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise NeedsPerson(NO_WAY_IN)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        workspaces = Workspaces(program.database, _own(settings, session))
        api = Api(settings.slack_api_base_url, workspaces, session, clock or Time())
        try:
            await workspaces.own()
        except Unavailable as error:
            log.warning("slack.away", error=str(error))
        yield Slack(program, api, workspaces)


def _bolts_logger() -> logging.Logger:
    """Where Bolt writes. It reads the environment by itself, and warns of a token there because we hand in a client: that
    token is a setting of ours, and our client uses it."""
    logger = logging.getLogger("deskhand.slack")
    logger.addFilter(_is_news)
    return logger


def _is_news(record: logging.LogRecord) -> bool:
    return record.getMessage() != warning_client_prioritized_and_token_skipped()


def _own(settings: Settings, session: aiohttp.ClientSession) -> Callable[[], Awaitable[Workspace]] | None:
    """Asks Slack whose token the settings name."""
    if settings.slack_bot_token is None:
        return None
    token = settings.slack_bot_token.get_secret_value()

    async def ask() -> Workspace:
        client = web_client(settings.slack_api_base_url, session, token)
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            name = refusal(error)
            if not name or name in LATER:
                raise Unavailable("Slack is in trouble; it is tried again.") from error
            raise NeedsPerson(
                f"Slack does not accept SLACK_BOT_TOKEN ({name}); copy it anew from the app's page."
            ) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("Slack cannot be reached; it is tried again.") from error
        return Workspace(str(answer["team_id"]), token, str(answer["user_id"]), str(answer.get("bot_id") or ""))

    return ask
