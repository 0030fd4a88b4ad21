"""The lobby: what everybody who takes something to the desk needs, opened once."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.chat import Click, Message
from bot.desk import Desk
from bot.slack.channel import SlackChannel
from bot.slack.forms import Forms
from bot.slack.homes import Homes
from bot.slack.place import Place
from bot.slack.seen import Seen
from bot.slack.visitors import Visitors
from bot.slack.workspaces import Workspaces
from bot.work import Taken, Work
from storage.database import Database


@dataclass(frozen=True)
class Lobby:
    """One for the process and its desk."""

    desk: Desk
    channel: SlackChannel
    workspaces: Workspaces
    visitors: Visitors
    homes: Homes
    forms: Forms
    work: Work
    database: Database
    seen: Seen = field(default_factory=Seen)

    async def receive(self, team: str, user: str, where: Place | None, said: Click | Message, external: str) -> None:
        """Takes to the desk what a member said or pressed, to be answered where they did, or directly. Comes back when it is
        taken; the rest goes on."""

        async def received(taken: Taken) -> None:
            visitor = await (self.visitors.at(where, user) if where else self.visitors.directly(team, user))
            self.channel.steps.asked(visitor.address, user)
            await self.desk.receive(visitor, said, external, taken)
            await self.homes.changed(team, user)

        await self.work.taken(received)
