"""Sessions: Slack shows that we are at work, offers a Stop, and suggests what to ask; where an app is no agent, it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.dashboard import Dashboard
from bot.slack.api import Api, ApiError
from bot.slack.place import Place
from bot.slack.text import clean
from storage.values.errors import Trouble

TITLE = 100
PROMPTS = 4


class Sessions:
    """One for the process."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @asynccontextmanager
    async def during(self, where: Place, text: str) -> AsyncIterator[None]:
        """While the block runs, the thread shows that we are at work."""
        if not where.thread:
            yield
            return
        title = " ".join(clean(text).split())[:TITLE]
        begun = asyncio.create_task(self._set(where, "processing", title))  # the answer does not wait for it
        try:
            yield
        finally:
            await begun
            await self._set(where, "active")

    async def over(self, where: Place) -> None:
        """The person pressed Stop: Slack does not change the status by itself."""
        if where.thread:
            await self._set(where, "active")

    async def suggest(self, where: Place, board: Dashboard | None) -> None:
        """What to ask, as things stand."""
        arguments = {"channel_id": where.channel, "title": "You could ask", "prompts": prompts(board)}
        await self._quietly(where, "assistant.threads.setSuggestedPrompts", arguments)

    async def _set(self, where: Place, status: str, title: str = "") -> None:
        arguments: dict[str, Any] = {"channel_id": where.channel, "thread_ts": where.thread, "status": status}
        await self._quietly(where, "agents.sessions.setStatus", arguments | ({"title": title} if title else {}))

    async def _quietly(self, where: Place, method: str, arguments: dict[str, Any]) -> None:
        """That a status is not shown is no reason to fail."""
        try:
            await self._api.call(where.team, method, arguments)
        except (ApiError, Trouble):
            return


def prompts(board: Dashboard | None) -> list[dict[str, str]]:
    """Up to four suggestions: what waits first."""
    if board is None:
        return [_prompt("I have a link code", "/link")]
    found = []
    if board.waiting:
        count = len(board.waiting)
        found.append(_prompt(f"{count} draft{'s wait' if count > 1 else ' waits'} for you", "/approvals"))
    if board.needs_me:
        found.append(
            _prompt(f"{board.needs_me} mail{'s wait' if board.needs_me > 1 else ' waits'}", "what needs me today?")
        )
    if board.follow_ups:
        found.append(_prompt("My follow-ups", "list my follow-ups"))
    found += [_prompt("My unread mail", "/inbox"), _prompt("What can you do?", "/help")]
    return found[:PROMPTS]


def _prompt(title: str, message: str) -> dict[str, str]:
    return {"title": title, "message": message}
