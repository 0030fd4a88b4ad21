"""Calls to the Gmail API about one mailbox: signed in, a few at a time, asked again when Gmail says so.

nothing got through, or Gmail declined for now (429, 403 of a quota)    nothing was done: asked again, then Unavailable
the line was lost, or 5xx, on a call that may be done twice             asked again, then Unavailable
the same on a call that must not be done twice                          Unsure
401                                                                     once more with a fresh token, then NeedsPerson
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from storage.values.errors import NeedsPerson, Refused, Unavailable, Unsure
from tools.mail.gmail_wire import Wire
from tools.mail.tokens import Tokens

PATIENCE = 30.0
"""Seconds to wait for an answer."""

PARALLEL = 6
"""Calls at once. A mailbox's quota of 6,000 units a minute is 20 mails a second at 5 units each (Google's quota page, for
projects from 2026-05-01), which six connections at 0.3 s reach."""

TRIES = 6
FIRST_PAUSE = 1.0
"""Seconds within which the first pause falls; each later one is up to twice as long. Google asks for this, with jitter."""
LONGEST_PAUSE = 32.0

NOT_FOUND = 404

_BUSY = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "concurrentRequestsExceeded", "backendError"})
_TOMORROW = frozenset({"dailyLimitExceeded", "quotaExceeded"})
_TOO_LITTLE = frozenset({"insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})

Call = Callable[[Any], Any]
"""From the `users` of the API to a request."""


class Declined(Refused):
    """Gmail said no: nothing was done, and asking again changes nothing."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _LaterError(Unavailable):
    """It may be asked again at once, with a pause."""


class Service:
    """The API of one mailbox. `endpoint` and the pauses come from the account's settings."""

    def __init__(self, tokens: Tokens, settings: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._endpoint = settings.get("api_endpoint", "")
        self._pause = float(settings.get("pause", FIRST_PAUSE))
        self._wire = Wire(float(settings.get("patience", PATIENCE)))
        self._room = asyncio.Semaphore(PARALLEL)

    async def call(self, call: Call, *, twice: bool = True) -> dict[str, Any]:
        """What Gmail answers. `twice`: it may be done twice, so it is when nobody knows whether it was done."""
        pauses = wait_random_exponential(multiplier=self._pause, max=LONGEST_PAUSE)
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(_LaterError), wait=pauses, stop=stop_after_attempt(TRIES), reraise=True
        ):
            with attempt:
                return await self._signed_in(call, twice)
        raise AssertionError  # `reraise` leaves the loop before this

    async def aclose(self) -> None:
        """Lets go of the connections."""
        self._wire.close()

    async def _signed_in(self, call: Call, twice: bool) -> dict[str, Any]:
        token = await self._tokens.access()
        try:
            return await self._asked(call, token, twice)
        except _StaleError:
            await self._tokens.rejected(token)
        try:
            return await self._asked(call, await self._tokens.access(), twice)
        except _StaleError:
            raise NeedsPerson("Gmail does not accept this account's sign-in: link it again with /link gmail.") from None

    async def _asked(self, call: Call, token: str, twice: bool) -> dict[str, Any]:
        async with self._room:
            return await asyncio.to_thread(self._execute, call, token, twice)

    def _execute(self, call: Call, token: str, twice: bool) -> dict[str, Any]:
        request = call(_users(self._endpoint))
        request.headers["authorization"] = f"Bearer {token}"
        wire = self._wire if twice else self._wire.fresh()
        try:
            return dict(request.execute(http=wire) or {})
        except HttpError as problem:
            raise _sorted(problem, twice) from None  # it shows the request
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise _unreached(problem) from None
        except httpx.TransportError:
            raise (_LaterError(_AWAY) if twice else Unsure(_LOST)) from None
        finally:
            if not twice:
                wire.close()


class _StaleError(Exception):
    """401."""


_AWAY = "Gmail does not answer: try again in a few minutes."
_LOST = (
    "The line to Gmail broke after the mail was handed over, so it may have been sent or not: look into Sent before sending "
    "it again."
)


@cache
def _users(endpoint: str) -> Any:
    """The API's methods, from the description that comes with the library. Only requests are made from it, which threads may
    do at once; what must not be shared is a connection of httplib2, and there is none."""
    options = {"api_endpoint": endpoint} if endpoint else None
    return build("gmail", "v1", http=Wire(PATIENCE), static_discovery=True, client_options=options).users()


def _sorted(problem: HttpError, twice: bool) -> Exception:
    status, reasons, words = int(problem.resp.status), *_told(problem.content)
    if status == httpx.codes.UNAUTHORIZED:
        return _StaleError()
    if status == httpx.codes.TOO_MANY_REQUESTS or (status == httpx.codes.FORBIDDEN and reasons & _BUSY):
        return _LaterError("Gmail is busy with this mailbox: try again in a few minutes.")
    if status == httpx.codes.FORBIDDEN and reasons & _TOMORROW:
        return Unavailable("Gmail's quota for today is used up: try again tomorrow.", timedelta(hours=1))
    if status >= 500 or status == httpx.codes.REQUEST_TIMEOUT:
        return _LaterError(_AWAY) if twice else Unsure(_LOST)
    if status == httpx.codes.FORBIDDEN and reasons & _TOO_LITTLE:
        return NeedsPerson("Deskhand may not do this in your Gmail: link it again with /link gmail, every box ticked.")
    if status == httpx.codes.FORBIDDEN:
        return NeedsPerson(f"Gmail does not let me into this mailbox ({words}): ask whoever runs your Google accounts.")
    return Declined(f"Gmail refused: {words}.", status)


def _told(content: bytes) -> tuple[frozenset[str], str]:
    """The reasons and the words in an error of Google's, in its two styles."""
    try:
        error = json.loads(content)["error"]
        several = [one.get("reason", "") for one in (*error.get("errors", ()), *error.get("details", ()))]
        words = " ".join(str(error.get("message", "")).split())[:200].rstrip(".")
        return frozenset(several), words or "no reason given"
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset(), "no reason given"


def _unreached(problem: httpx.TransportError) -> Refused | Unavailable:
    if "CERTIFICATE_VERIFY_FAILED" in str(problem):
        return Refused(
            "The certificate of Gmail's address cannot be trusted, so nothing was sent to it: check GMAIL_API_ENDPOINT, or "
            "name its authority in SSL_CERT_FILE."
        )
    return _LaterError(_AWAY)
