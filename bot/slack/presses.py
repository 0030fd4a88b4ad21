"""Presses: buttons, forms, commands and shortcuts, taken to the desk as the person who pressed or typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from agent.chat import Click, Message
from bot import commands
from bot.slack import forms, inbound, tasks
from bot.slack.api import ApiError
from bot.slack.lobby import Lobby
from bot.slack.place import Place, place
from bot.slack.render import card_id
from bot.slack.text import heard
from bot.slack.workspaces import CHANNEL
from storage.values.errors import Refused, Trouble
from storage.values.ids import TenantId

log = structlog.get_logger()

Body = Mapping[str, Any]
ELSEWHERE = "I answer in our direct conversation."


class Presses:
    """One for the process and its desk."""

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby

    async def pressed(self, body: Body) -> None:
        """A button that acts at once."""
        press = inbound.press(body)
        fields = {"chosen": press.chosen} if press.chosen is not None else {}
        await self._taken(body, press, Click(press.value, fields))

    async def say(self, body: Body) -> None:
        """A button that stands for words of the person."""
        press = inbound.press(body)
        await self._taken(body, press, Message(press.value))

    async def more(self, body: Body) -> None:
        """Show more on the home page."""
        press = inbound.press(body)
        self._lobby.work.begin(self._lobby.homes.open(str(body["team"]["id"]), press.user, int(press.value)))

    async def edit(self, body: Body) -> None:
        """A button that opens a form: at once something to look at, since the trigger lives three seconds."""
        press, team = inbound.press(body), str(body["team"]["id"])
        opened = await self._opened(team, press.trigger, forms.loading())
        if opened is not None:
            self._lobby.work.begin(self._fill(team, press, opened))

    async def shortcut(self, body: Body) -> None:
        """A shortcut asks in a form what is wanted."""
        task = tasks.TASKS[str(body["callback_id"])]
        text = str((body.get("message") or {}).get("text") or "")
        about = forms.Purpose(address="", what=str(body["callback_id"]))
        view = forms.form(task.title, task.inputs(heard(text)), about, callback=forms.TASK)
        await self._opened(str(body["team"]["id"]), str(body["trigger_id"]), view)

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
        await self._lobby.receive(team, user, where, Message(words), external)
        return "" if direct else ELSEWHERE

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
        if self._lobby.seen.first(external):
            await self._lobby.receive(team, user, where, said, external)
        return {}

    async def _taken(self, body: Body, press: inbound.Press, said: Click | Message) -> None:
        if self._lobby.seen.first(press.external):
            team = str(body["team"]["id"])
            await self._lobby.receive(team, press.user, press.place, said, press.external)

    async def _opened(self, team: str, trigger: str, view: dict[str, Any]) -> dict[str, Any] | None:
        """The view, opened; None where the trigger is too old or was used by a press before."""
        try:
            answer = await self._lobby.channel.api.call(team, "views.open", {"trigger_id": trigger, "view": view})
        except (ApiError, Trouble) as error:
            log.info("slack.no_form", error=str(error))
            return None
        return dict(answer["view"])

    async def _fill(self, team: str, press: inbound.Press, opened: Body) -> None:
        """The form itself, in the view that was opened for it."""
        where = press.place or await self._lobby.visitors.direct(team, press.user)
        about = forms.Purpose(str(where), press.value)
        try:
            tenant = await self._tenant(f"{team}:{press.user}")
            view = forms.form("Edit", await self._lobby.forms.inputs(tenant, card_id(press.card)), about)
        except Refused as error:
            view = forms.sorry(str(error))
        arguments = {"view_id": opened["id"], "hash": opened["hash"], "view": view}
        try:
            await self._lobby.channel.api.call(team, "views.update", arguments)
        except ApiError as error:
            log.info("slack.form_gone", error=error.error)

    async def _tenant(self, external: str) -> TenantId:
        async with self._lobby.database.as_system() as tx:
            known = await tx.people.identify(CHANNEL, external)
        if known is None:
            raise Refused("I do not know you here, so there is nothing that you may edit.")
        return known[0]
