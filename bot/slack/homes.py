"""Homes: each person's home page, drawn when they open it and again after something changed."""

from __future__ import annotations

from typing import Any

from bot.desk import Desk
from bot.slack.api import Api, ApiError
from bot.slack.home import home
from bot.slack.visitors import Visitors
from storage.values.errors import Unavailable

MOST = 2_000


class Homes:
    """One for the process."""

    def __init__(self, api: Api, visitors: Visitors, desk: Desk) -> None:
        self._api = api
        self._visitors = visitors
        self._desk = desk
        self._hashes: dict[tuple[str, str], str] = {}
        self._more: dict[tuple[str, str], int] = {}
        self._drawing: dict[tuple[str, str], bool] = {}

    async def open(self, team: str, user: str, more: int = 0) -> None:
        """The person looks at their page."""
        if len(self._more) >= MOST:
            self._more.clear()
            self._hashes.clear()
        self._more[team, user] = more
        await self.draw(team, user)

    async def changed(self, team: str, user: str) -> None:
        """Something happened to the person; their page is drawn anew if they ever looked at it."""
        if (team, user) in self._more:
            await self.draw(team, user)

    async def draw(self, team: str, user: str) -> None:
        """Draws the page. While it is being drawn, any number of changes are one more drawing."""
        whose = team, user
        if whose in self._drawing:
            self._drawing[whose] = True
            return
        again = True
        try:
            while again:
                self._drawing[whose] = False
                await self._draw(team, user)
                again = self._drawing[whose]
        except Unavailable:
            return  # the next change or the next look draws it
        finally:
            self._drawing.pop(whose, None)

    async def _draw(self, team: str, user: str) -> None:
        visitor = await self._visitors.directly(team, user)
        view = home(await self._desk.dashboard(visitor), self._more.get((team, user), 0))
        arguments: dict[str, Any] = {"user_id": user, "view": view}
        last = self._hashes.get((team, user))
        try:
            answer = await self._api.call(team, "views.publish", arguments | ({"hash": last} if last else {}))
        except ApiError as error:
            if error.error != "hash_conflict":
                raise
            answer = await self._api.call(team, "views.publish", arguments)
        self._hashes[team, user] = str((answer.get("view") or {}).get("hash") or "")
