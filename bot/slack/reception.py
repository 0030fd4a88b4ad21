"""Reception: messages, files and other events, taken to the desk as the person who said or did it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from agent.chat import Message, Reply
from bot.desk import Visitor
from bot.slack import inbound
from bot.slack.files import Files
from bot.slack.lobby import Lobby
from bot.slack.place import Place
from bot.slack.sessions import Sessions
from bot.slack.workspaces import CHANNEL
from bot.strangers import let_in
from bot.work import Taken
from storage.values.errors import Trouble

Body = Mapping[str, Any]


class Reception:
    """One for the process and its desk."""

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self._files = Files(lobby.channel.api, lobby.workspaces)
        self._sessions = Sessions(lobby.channel.api)

    async def message(self, event: Body, team: str) -> None:
        """Somebody said something, or named us."""
        space = await self._lobby.workspaces.find(team)
        said = inbound.spoken(event, team, space) if space else None
        if said is None or not (said.meant or await self._talks_here(said.place)):
            return
        if self._lobby.seen.first(said.external):
            await self._lobby.work.taken(partial(self._heard, said))

    async def file_shared(self, event: Body, team: str) -> None:
        """A file was dropped into our direct conversation. Mostly its message says so too; whichever comes first counts."""
        channel, user = str(event.get("channel_id") or ""), str(event.get("user_id") or "")
        if channel.startswith("D") and user:
            file = str(event["file_id"])
            said = inbound.Spoken(user, Place(team, channel), "", _file_name(team, file), (file,))
            await self._lobby.work.taken(partial(self._heard, said))

    async def stopped(self, event: Body, team: str, external: str) -> None:
        """The person pressed Slack's own Stop."""
        where = Place(team, str(event["channel"]), str(event.get("thread_ts") or ""))
        self._lobby.channel.steps.stopped(str(where), [str(one) for one in event.get("streaming_message_ts") or ()])
        await self._lobby.work.taken(partial(self._stop, where, str(event["user"]), external))

    async def home_opened(self, event: Body, team: str) -> None:
        """The person opened our page, or our talk."""
        user = str(event["user"])
        if event.get("tab") == "home":
            self._lobby.work.begin(self._lobby.homes.open(team, user))
        elif event.get("tab") == "messages":
            self._lobby.work.begin(self._suggest(Place(team, str(event["channel"])), user))

    async def removed(self, event: Body, team: str) -> None:
        """The workspace took us out, or took our token back."""
        tokens = event.get("tokens")
        if tokens is None or tokens.get("bot"):
            await self._lobby.workspaces.uninstall(team)

    async def _talks_here(self, where: Place) -> bool:
        """Whether somebody talks with us in this thread already, so that we need not be named again."""
        async with self._lobby.database.as_system() as tx:
            return bool(await tx.installations.tenants_at(str(where)))

    async def _heard(self, said: inbound.Spoken, taken: Taken) -> None:
        lobby, team = self._lobby, said.place.team
        visitor = await lobby.visitors.at(said.place, said.user)
        lobby.channel.steps.asked(visitor.address, said.user)
        async with self._sessions.during(said.place, said.text):
            given = await self._given(visitor, said)
            if said.text:
                await lobby.desk.receive(visitor, Message(said.text), said.external, taken)
            else:
                for file, name in given.items():
                    await lobby.desk.receive(visitor, Message(f"analyze {name}"), _file_name(team, file))
        await lobby.homes.changed(team, said.user)

    async def _given(self, visitor: Visitor, said: inbound.Spoken) -> dict[str, str]:
        """Files that came along, by their names here."""
        given: dict[str, str] = {}
        team = said.place.team
        for file in said.files:
            if not self._lobby.seen.first(_file_name(team, file)):
                continue
            try:
                if visitor.newcomer is not None:
                    door = CHANNEL, visitor.external, visitor.address
                    await let_in(self._lobby.database, *door, Message(""), visitor.newcomer)
                name, content = await self._files.fetch(team, file)
                given[file] = await self._lobby.desk.give(visitor, name, content)
            except Trouble as trouble:
                await self._lobby.channel.send(visitor.address, Reply(str(trouble)))
        return given

    async def _stop(self, where: Place, user: str, external: str, taken: Taken) -> None:
        await self._lobby.desk.stop(await self._lobby.visitors.at(where, user), external)
        taken()
        await self._sessions.over(where)

    async def _suggest(self, where: Place, user: str) -> None:
        visitor = await self._lobby.visitors.at(where, user)
        await self._sessions.suggest(where, await self._lobby.desk.dashboard(visitor))


def _file_name(team: str, file: str) -> str:
    """Under which a file's coming is known."""
    return f"{team}:file:{file}"
