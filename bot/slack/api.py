"""Slack's Web API as we call it: nothing is called while Slack says wait, nothing is posted twice, errors are sorted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from storage.values.errors import NeedsPerson, Unavailable

MESSAGE_EVERY = 1.0
"""Seconds between two messages in one channel (documented: one a second, short bursts above that may be refused)."""

WAITS = 2.5
"""Seconds that a caller is made to wait for their turn; who would wait longer is told when to come again."""

TIMEOUT = 15

LATER = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
_GONE = {"account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired", "org_login_required"}


class LostError(Unavailable):
    """Slack may or may not have done it: the answer did not come."""


class ApiError(Exception):
    """Slack refused a call, for a reason that trying again does not cure."""

    def __init__(self, method: str, error: str) -> None:
        super().__init__(f"{method}: {error}")
        self.error = error


@dataclass(frozen=True)
class Time:
    """The clock that pacing goes by."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Tokens(Protocol):
    """Who knows the token of a workspace."""

    async def token(self, team: str) -> str | None:
        """The bot's token there; None where we are not installed."""
        ...


class Api:
    """One for the process."""

    def __init__(self, base_url: str, tokens: Tokens, session: aiohttp.ClientSession, clock: Time) -> None:
        self.session = session
        self.tokens = tokens
        self.clock = clock
        self.base_url = base_url
        self._closed: dict[tuple[str, str], float] = {}
        self._next: dict[tuple[str, str], float] = {}

    def client(self, token: str | None = None) -> AsyncWebClient:
        """A client that tries once."""
        return web_client(self.base_url, self.session, token)

    async def call(self, team: str, method: str, arguments: dict[str, Any], *, channel: str = "") -> dict[str, Any]:
        """Calls a method in a workspace. `channel` is given for what counts as a message there. Unavailable: later.
        NeedsPerson: we are not installed there any more. ApiError: refused."""
        client = await self.at(team)
        await self._turn(team, method, channel)
        return await self._tried(team, method, channel, lambda: client.api_call(method, json=arguments))

    async def upload(self, team: str, content: bytes, **arguments: Any) -> None:
        """Uploads a file into a conversation."""
        client = await self.at(team)
        await self._turn(team, "files", "")
        await self._tried(team, "files", "", lambda: client.files_upload_v2(content=content, **arguments))

    async def at(self, team: str) -> AsyncWebClient:
        """The client for a workspace."""
        token = await self.tokens.token(team)
        if token is None:
            raise NeedsPerson(f"Deskhand is not installed in the Slack workspace {team} any more; install it again.")
        return self.client(token)

    async def _turn(self, team: str, method: str, channel: str) -> None:
        now = self.clock.now()
        for place in ((team, method), (team, channel)):
            if now < (until := self._closed.get(place, 0.0)):
                raise _wait(until - now)
        if not channel:
            return
        at = max(now, self._next.get((team, channel), 0.0))
        if at - now > WAITS:
            raise _wait(at - now)
        if len(self._next) > 10_000:
            self._next = {place: free for place, free in self._next.items() if free > now}
        self._next[team, channel] = at + MESSAGE_EVERY
        if at > now:
            await self.clock.sleep(at - now)

    async def _tried(self, team: str, method: str, channel: str, call: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
        try:
            answer = await call()
        except SlackApiError as error:
            raise self._sorted(team, method, channel, error) from error
        except aiohttp.ClientConnectorError as error:
            raise Unavailable("Slack cannot be reached; it is tried again.") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise LostError("Slack did not answer; it is tried again.") from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def _sorted(self, team: str, method: str, channel: str, error: SlackApiError) -> Exception:
        response: Any = error.response
        status = getattr(response, "status_code", None) or getattr(response, "status", None)
        name = refusal(error)
        if status == 429 or name == "ratelimited":
            seconds = _seconds(getattr(response, "headers", {}).get("Retry-After"))
            self._closed[team, channel or method] = self.clock.now() + seconds
            return _wait(seconds)
        if name in _GONE:
            return NeedsPerson(f"Slack does not accept our token for the workspace {team} ({name}); install it again.")
        if name in LATER or not name or (status or 200) >= 500:
            return Unavailable("Slack is in trouble; it is tried again.")
        return ApiError(method, name)


def web_client(base_url: str, session: aiohttp.ClientSession, token: str | None) -> AsyncWebClient:
    """A client that tries once: the SDK's own retries read one digit of Retry-After, and post twice when an answer is
    lost."""
    return AsyncWebClient(token=token, base_url=base_url, timeout=TIMEOUT, session=session, retry_handlers=[])


def refusal(error: SlackApiError) -> str:
    """The name that Slack gives to a refusal; empty when the answer was none of Slack's."""
    answer = getattr(error.response, "data", None)
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""


def _wait(seconds: float) -> Unavailable:
    return Unavailable("Slack asks us to wait; it is tried again.", timedelta(seconds=seconds))


def _seconds(given: Any) -> float:
    """The whole of Retry-After; a made-up value counts as half a minute."""
    try:
        return max(1.0, float(str(given[0] if isinstance(given, list) else given)))
    except (ValueError, TypeError, IndexError):
        return 30.0
