"""Visitors: who of a workspace stands at the door, where they are answered, and for whom the workspace vouches."""

from __future__ import annotations

from bot.desk import Visitor
from bot.slack.api import ApiError
from bot.slack.channel import SlackChannel
from bot.slack.place import Place
from bot.slack.workspaces import CHANNEL, Workspaces
from bot.strangers import Newcomer
from storage.database import Database

MOST = 10_000


class Visitors:
    """One for the process."""

    def __init__(self, channel: SlackChannel, workspaces: Workspaces, database: Database) -> None:
        self._channel = channel
        self._workspaces = workspaces
        self._database = database
        self._direct: dict[tuple[str, str], str] = {}
        self._known: set[str] = set()

    async def at(self, place: Place, user: str) -> Visitor:
        """A member who speaks at a place."""
        external = f"{place.team}:{user}"
        return Visitor(self._channel, external, str(place), await self._newcomer(place.team, user, external))

    async def directly(self, team: str, user: str) -> Visitor:
        """A member, to be answered where nobody else reads along."""
        return await self.at(await self.direct(team, user), user)

    async def direct(self, team: str, user: str) -> Place:
        """The conversation of a member with us alone."""
        if (team, user) not in self._direct:
            answer = await self._channel.api.call(team, "conversations.open", {"users": user})
            if len(self._direct) >= MOST:
                self._direct.clear()
            self._direct[team, user] = str(answer["channel"]["id"])
        return Place(team, self._direct[team, user])

    async def _newcomer(self, team: str, user: str, external: str) -> Newcomer | None:
        """Full members of a workspace that installed us move in when they first write; guests, and those of other workspaces
        in a shared channel, need a code like everybody else."""
        space = await self._workspaces.find(team)
        if space is None or space.tenant is None or external in self._known:
            return None
        async with self._database.as_system() as tx:
            known = await tx.people.identify(CHANNEL, external)
        if known is not None:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known.add(external)
            return None
        try:
            answer = await self._channel.api.call(team, "users.info", {"user": user})
        except ApiError:
            return None
        member = answer.get("user") or {}
        other = ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
        if member.get("team_id") != team or any(member.get(one) for one in other):
            return None
        return Newcomer(space.tenant, str(member.get("real_name") or "Somebody"), str(member.get("tz") or "UTC"))
