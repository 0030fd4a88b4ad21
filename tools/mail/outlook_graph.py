"""Calls to Microsoft Graph about one mailbox: signed in, four at a time, asked again when Graph says so.

nothing got through, or Graph declined (429, 503 with Retry-After)    nothing was done: asked again, then Unavailable
the line was lost, or 5xx, on a call that may be done twice           asked again, then Unavailable
the same on a call that must not be done twice                        Unsure
401                                                                   once more with a fresh token, then NeedsPerson
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from storage.values.errors import Refused, Unavailable, Unsure
from tools.mail.outlook_answers import AWAY, Answer, part_of_batch, trouble_of
from tools.mail.outlook_patience import AgainError, Sleep, asked_again, patiently
from tools.mail.tokens import Tokens

AT_ONCE = 4
"""Calls that Graph takes at a time from one app for one mailbox; the fifth is declined."""
MOST_IN_BATCH = 20
IDS = 'IdType="ImmutableId"'
"""Graph changes a message's id with every move otherwise."""

_SAFE = frozenset({"GET", "PATCH", "DELETE"})


class Graph:
    """The service as one mailbox sees it. `base` ends in /v1.0; `sleep` waits so many seconds."""

    def __init__(self, client: httpx.AsyncClient, base: str, tokens: Tokens, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client, self._tokens, self._sleep = client, tokens, sleep
        self.base = base.rstrip("/")
        self._free = asyncio.Semaphore(AT_ONCE)
        self._gathering = asyncio.Lock()

    async def call(
        self,
        method: str,
        path: str,
        *,
        values: Mapping[str, Any] | None = None,
        mime: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        again: bool | None = None,
        allow: Sequence[int] = (),
    ) -> Answer:
        """One call. `path` begins with "/"; `mime` is a body that is base64 already; `again`: it may be done twice (if
        not said: all but POST may); an answer with a status of `allow` is returned like a good one, others are raised."""
        content, sent = _body(values, mime)
        twice = method in _SAFE if again is None else again
        answer = await patiently(
            lambda: self._alone(method, path, content, {**sent, **(headers or {})}, twice), self._sleep
        )
        if not answer.good and answer.status not in allow:
            raise trouble_of(answer)
        return answer

    async def read(self, path: str, most: int) -> bytes:
        """The first `most` bytes of what lies at a path."""
        answer = await patiently(lambda: self._alone("GET", path, None, {}, True, most), self._sleep)
        if not answer.good:
            raise trouble_of(answer)
        return answer.body

    async def read_many(self, paths: Sequence[str]) -> list[Answer]:
        """The answers to a GET of each path, in this order, asked for in batches. Answers that are not good are among
        them; a part that Graph declined is asked for again."""
        answers: dict[str, Answer] = {}
        for begin in range(0, len(paths), MOST_IN_BATCH):
            some = paths[begin : begin + MOST_IN_BATCH]
            await patiently(lambda some=some: self._together(some, answers), self._sleep)  # type: ignore[misc]
        return [answers[path] for path in paths]

    def relative(self, link: str) -> str:
        """The path of a link that Graph gave. Refused when it leads elsewhere, since our token goes along."""
        if not link.startswith(f"{self.base}/"):
            raise Refused("Microsoft's answer points to another server, so I did not follow it: try again later.")
        return link.removeprefix(self.base)

    async def aclose(self) -> None:
        """Lets go of connections."""
        await self._client.aclose()

    async def _alone(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str], twice: bool, most: int = -1
    ) -> Answer:
        async with self._free:
            answer = await self._signed_in(method, path, content, headers, twice, most)
        if answer.declined or (twice and answer.status >= 500):
            raise asked_again(answer)
        if answer.status >= 500:
            raise Unsure("Microsoft broke off while it did this, so I cannot tell whether it is done.")
        return answer

    async def _together(self, paths: Sequence[str], answers: dict[str, Answer]) -> None:
        missing = [path for path in paths if path not in answers]
        requests = [
            {"id": str(number), "method": "GET", "url": path, "headers": {"Prefer": IDS}}
            for number, path in enumerate(missing)
        ]
        content, sent = _body({"requests": requests}, None)
        async with self._all_free():  # Graph works on four parts at a time
            whole = await self._signed_in("POST", "/$batch", content, sent, True)
        if whole.declined or whole.status >= 500:
            raise asked_again(whole)
        if not whole.good:
            raise trouble_of(whole)
        parts = {str(part.get("id")): part_of_batch(part) for part in whole.values.get("responses", [])}
        got = {path: parts.get(str(number), Answer(504)) for number, path in enumerate(missing)}
        worth_asking = [one for one in got.values() if one.declined or one.status >= 500]
        answers.update({path: one for path, one in got.items() if one not in worth_asking})
        if any(one.status == 401 for one in got.values()):
            raise trouble_of(Answer(401))
        if worth_asking:
            raise asked_again(max(worth_asking, key=lambda one: one.later or 0))

    async def _signed_in(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str], twice: bool, most: int = -1
    ) -> Answer:
        token = await self._tokens.access()
        answer = await self._once(method, path, content, headers, token, twice, most)
        if answer.status == 401:
            await self._tokens.rejected(token)
            token = await self._tokens.access()
            answer = await self._once(method, path, content, headers, token, twice, most)
        return answer

    async def _once(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str],
        token: str,
        twice: bool,
        most: int,
    ) -> Answer:
        prefer = ", ".join(filter(None, (IDS, headers.get("Prefer"))))
        sent = {**headers, "Prefer": prefer, "Authorization": f"Bearer {token}"}
        try:
            async with self._client.stream(method, f"{self.base}{path}", content=content, headers=sent) as answer:
                body = await _first(answer, most)
                return Answer(answer.status_code, body, dict(answer.headers))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as problem:
            raise AgainError(Unavailable(AWAY), lost=True) from problem
        except (httpx.TransportError, httpx.DecodingError) as problem:
            if twice:
                raise AgainError(Unavailable(AWAY), lost=True) from problem
            raise Unsure("The line to Microsoft broke, so I cannot tell whether this is done.") from problem

    @asynccontextmanager
    async def _all_free(self) -> AsyncIterator[None]:
        taken = 0
        async with self._gathering:  # two who gathered at once would wait for each other
            try:
                for _ in range(AT_ONCE):
                    await self._free.acquire()
                    taken += 1
                yield
            finally:
                for _ in range(taken):
                    self._free.release()


def _body(values: Mapping[str, Any] | None, mime: bytes | None) -> tuple[bytes | None, dict[str, str]]:
    if values is not None:
        return json.dumps(values).encode(), {"Content-Type": "application/json"}
    if mime is not None:
        return mime, {"Content-Type": "text/plain"}
    return None, {}


async def _first(answer: httpx.Response, most: int) -> bytes:
    if most < 0:
        return await answer.aread()
    read = bytearray()
    async for piece in answer.aiter_bytes():
        read += piece
        if len(read) >= most:
            break
    return bytes(read[:most])
