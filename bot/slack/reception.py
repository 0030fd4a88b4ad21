"""Reception: takes what Slack tells us to the desk, as the person who said or pressed it, and lets Slack wait for nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog

from agent.chat import Click, Message, Reply
from bot import commands
from bot.desk import Desk, Visitor
from bot.slack import forms, inbound, tasks
from bot.slack.api import ApiError
from bot.slack.channel import SlackChannel
from bot.slack.files import Files
from bot.slack.homes import Homes
from bot.slack.place import Place, place
from bot.slack.render import card_id
from bot.slack.sessions import Sessions
from bot.slack.text import heard
from bot.slack.visitors import Visitors
from bot.slack.work import Work
from bot.slack.workspaces import CHANNEL, Workspaces
from storage.values.errors import Refused, Trouble, Unavailable
from storage.values.ids import TenantId

log = structlog.get_logger()

Body = Mapping[str, Any]
SEEN = 5_000
ELSEWHERE = "I answer in our direct conversation."


class Reception:
    """One for the process and its desk."""

    def __init__(
        self,
        desk: Desk,
        channel: SlackChannel,
        workspaces: Workspaces,
        visitors: Visitors,
        card_forms: forms.Forms,
        work: Work,
    ) -> None:
        self.desk = desk
        self.channel = channel
        self.work = work
        self._workspaces = workspaces
        self._visitors = visitors
        self._forms = card_forms
        self._files = Files(channel.api, workspaces)
        self._homes = Homes(channel.api, visitors, desk)
        self._sessions = Sessions(channel.api)
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def message(self, event: Body, team: str) -> None:
        """Somebody said something, or named us."""
        space = await self._workspaces.find(team)
        said = inbound.spoken(event, team, space) if space else None
        if said is None or not (said.meant or await self._talks_here(said.place)) or not self._first(said.external):
            return
        await self.work.soon(self._heard(said))

    async def file_shared(self, event: Body, team: str) -> None:
        """A file was dropped into our direct conversation. Mostly its message says so too; whichever comes first counts."""
        channel, user = str(event.get("channel_id") or ""), str(event.get("user_id") or "")
        if channel.startswith("D") and user:
            where = Place(team, channel)
            said = inbound.Spoken(user, where, "", f"{team}:file:{event['file_id']}", (str(event["file_id"]),))
            await self.work.soon(self._heard(said))

    async def stopped(self, event: Body, team: str, external: str) -> None:
        """The person pressed Slack's own Stop."""
        where = Place(team, str(event["channel"]), str(event.get("thread_ts") or ""))
        self.channel.steps.stopped(str(where), [str(one) for one in event.get("streaming_message_ts") or ()])
        await self.work.soon(self._stop(where, str(event["user"]), external))

    async def home_opened(self, event: Body, team: str) -> None:
        """The person opened our page, or our talk."""
        user = str(event["user"])
        if event.get("tab") == "home":
            await self.work.soon(self._homes.open(team, user))
        elif event.get("tab") == "messages":
            await self.work.soon(self._suggest(Place(team, str(event["channel"])), user))

    async def removed(self, event: Body, team: str) -> None:
        """The workspace took us out, or took our token back."""
        tokens = event.get("tokens")
        if tokens is None or tokens.get("bot"):
            await self._workspaces.uninstall(team)

    async def pressed(self, body: Body) -> None:
        """A button that acts at once."""
        press = inbound.press(body)
        if self._first(press.external):
            fields = {"chosen": press.chosen} if press.chosen is not None else {}
            await self.work.soon(self._clicked(body, press, Click(press.value, fields)))

    async def edit(self, body: Body) -> None:
        """A button that opens a form: at once something to look at, since the trigger lives three seconds."""
        press, team = inbound.press(body), str(body["team"]["id"])
        arguments = {"trigger_id": press.trigger, "view": forms.loading()}
        try:
            opened = await self.channel.api.call(team, "views.open", arguments)
        except (ApiError, Trouble) as error:  # the trigger was used up: this press came before
            log.info("slack.no_form", error=str(error))
            return
        await self.work.soon(self._fill(team, press, opened["view"]))

    async def say(self, body: Body) -> None:
        """A button that stands for words of the person."""
        press = inbound.press(body)
        if self._first(press.external):
            await self.work.soon(self._clicked(body, press, Message(press.value)))

    async def more(self, body: Body) -> None:
        """Show more on the home page."""
        press = inbound.press(body)
        await self.work.soon(self._homes.open(str(body["team"]["id"]), press.user, int(press.value)))

    async def command(self, body: Body) -> str:
        """A slash command; gives what only the person sees at once."""
        team, user = str(body["team_id"]), str(body["user_id"])
        words = inbound.command_words(str(body["command"]), str(body.get("text") or ""), commands.BY_NAME)
        try:
            if words.casefold() not in commands.STOP_WORDS:
                commands.find(words)
        except Refused as error:
            return str(error)
        direct = str(body["channel_id"]).startswith("D")
        where = Place(team, str(body["channel_id"])) if direct else None
        external = f"{team}:command:{body['trigger_id']}"
        await self.work.soon(self._received(team, user, where, Message(words), external))
        return "" if direct else ELSEWHERE

    async def shortcut(self, body: Body) -> None:
        """A shortcut asks in a form what is wanted."""
        team, task = str(body["team"]["id"]), tasks.TASKS[str(body["callback_id"])]
        text = str((body.get("message") or {}).get("text") or "")
        about = forms.Purpose(address="", what=str(body["callback_id"]))
        view = forms.form(task.title, task.inputs(heard(text)), about, callback=forms.TASK)
        try:
            await self.channel.api.call(team, "views.open", {"trigger_id": body["trigger_id"], "view": view})
        except (ApiError, Unavailable) as error:
            log.info("slack.no_form", error=str(error))

    async def submitted(self, body: Body) -> dict[str, str]:
        """A form was sent; gives what is wrong with it, by block."""
        view, team, user = body["view"], str(body["team"]["id"]), str(body["user"]["id"])
        written, wrong = forms.filled(view)
        if wrong:
            return wrong
        about = forms.purpose(view)
        external = f"{team}:view:{view['id']}:{view['hash']}"
        where = place(about.address) if about.address else None
        task = tasks.TASKS.get(about.what)
        said = Message(task.sentence(written)) if task else Click(about.token, written)
        if self._first(external):
            await self.work.soon(self._received(team, user, where, said, external))
        return {}

    def _first(self, external: str) -> bool:
        """Whether this process has not taken it yet. What another took, or this one before a crash, the desk knows."""
        if external in self._seen:
            return False
        self._seen[external] = None
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        return True

    async def _talks_here(self, where: Place) -> bool:
        """Whether somebody talks with us in this thread already, so that we need not be named again."""
        async with self.desk.assistant.box.database.as_system() as tx:
            return bool(await tx.installations.tenants_at(str(where)))

    async def _heard(self, said: inbound.Spoken) -> None:
        visitor = await self._visitors.at(said.place, said.user)
        self.channel.steps.asked(str(said.place), said.user)
        async with self._sessions.during(said.place, said.text):
            given = await self._given(visitor, said)
            if said.text:
                await self.desk.receive(visitor, Message(said.text), said.external)
            else:
                for file, name in given.items():
                    await self.desk.receive(visitor, Message(f"analyze {name}"), f"{said.place.team}:file:{file}")
        await self._homes.changed(said.place.team, said.user)

    async def _given(self, visitor: Visitor, said: inbound.Spoken) -> dict[str, str]:
        """Files that came along, by their names here."""
        given: dict[str, str] = {}
        for file in said.files:
            if not self._first(f"{said.place.team}:file:{file}"):
                continue
            try:
                name, content = await self._files.fetch(said.place.team, file)
                given[file] = await self.desk.give(visitor, name, content)
            except Trouble as trouble:
                await self.channel.send(str(said.place), Reply(str(trouble)))
        return given

    async def _clicked(self, body: Body, press: inbound.Press, said: Click | Message) -> None:
        await self._received(str(body["team"]["id"]), press.user, press.place, said, press.external)

    async def _received(self, team: str, user: str, where: Place | None, said: Click | Message, external: str) -> None:
        visitor = await (self._visitors.at(where, user) if where else self._visitors.directly(team, user))
        self.channel.steps.asked(visitor.address, user)
        await self.desk.receive(visitor, said, external)
        await self._homes.changed(team, user)

    async def _stop(self, where: Place, user: str, external: str) -> None:
        await self.desk.stop(await self._visitors.at(where, user), external)
        await self._sessions.over(where)

    async def _fill(self, team: str, press: inbound.Press, opened: Body) -> None:
        """The form itself, in the view that was opened for it."""
        where = press.place or await self._visitors.direct(team, press.user)
        about = forms.Purpose(str(where), press.value)
        try:
            tenant = await self._tenant(f"{team}:{press.user}")
            view = forms.form("Edit", await self._forms.inputs(tenant, card_id(press.card)), about)
        except Refused as error:
            view = forms.sorry(str(error))
        arguments = {"view_id": opened["id"], "hash": opened["hash"], "view": view}
        try:
            await self.channel.api.call(team, "views.update", arguments)
        except ApiError as error:
            log.info("slack.form_gone", error=error.error)

    async def _tenant(self, external: str) -> TenantId:
        async with self.desk.assistant.box.database.as_system() as tx:
            known = await tx.people.identify(CHANNEL, external)
        if known is None:
            raise Refused("I do not know you here, so there is nothing that you may edit.")
        return known[0]

    async def _suggest(self, where: Place, user: str) -> None:
        visitor = await self._visitors.at(where, user)
        await self._sessions.suggest(where, await self.desk.dashboard(visitor))
