"""Listeners: what Slack may tell us, and who takes it from there. The manifest names the same, and a test compares them."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack import forms, tasks
from bot.slack.home import MORE, SAY
from bot.slack.presses import Presses
from bot.slack.reception import Reception
from bot.slack.render import OPEN_FORM, PRESS, TICKS

Body = dict[str, Any]

SHORTCUTS = tuple(tasks.TASKS)
EVENTS = (
    "message",
    "app_mention",
    "app_home_opened",
    "agent_session_stopped",
    "file_shared",
    "tokens_revoked",
    "app_uninstalled",
)


def register(app: AsyncApp, reception: Reception, presses: Presses) -> None:
    """Registers everything with Bolt."""
    _register_events(app, reception)
    _register_presses(app, presses)
    _register_forms(app, presses)


def _register_events(app: AsyncApp, reception: Reception) -> None:
    async def message(event: Body, body: Body) -> None:
        await reception.message(event, str(body["team_id"]))

    async def stopped(event: Body, body: Body) -> None:
        await reception.stopped(event, str(body["team_id"]), str(body["event_id"]))

    async def file_shared(event: Body, body: Body) -> None:
        await reception.file_shared(event, str(body["team_id"]))

    async def home(event: Body, body: Body) -> None:
        await reception.home_opened(event, str(body["team_id"]))

    async def removed(event: Body, body: Body) -> None:
        await reception.removed(event, str(body["team_id"]))

    app.event("message")(message)
    app.event("app_mention")(message)
    app.event("agent_session_stopped")(stopped)
    app.event("file_shared")(file_shared)
    app.event("app_home_opened")(home)
    app.event("tokens_revoked")(removed)
    app.event("app_uninstalled")(removed)


def _register_presses(app: AsyncApp, presses: Presses) -> None:
    async def press(ack: AsyncAck, body: Body) -> None:
        await presses.pressed(body)
        await ack()

    async def edit(ack: AsyncAck, body: Body) -> None:
        await presses.edit(body)
        await ack()

    async def say(ack: AsyncAck, body: Body) -> None:
        await presses.say(body)
        await ack()

    async def more(ack: AsyncAck, body: Body) -> None:
        await presses.more(body)
        await ack()

    async def ticked(ack: AsyncAck) -> None:
        await ack()  # what is ticked comes along when a button is pressed

    async def command(ack: AsyncAck, body: Body) -> None:
        await ack(await presses.command(body))

    async def shortcut(ack: AsyncAck, body: Body) -> None:
        await presses.shortcut(body)
        await ack()

    app.action(re.compile(rf"^{PRESS}:\d+$"))(press)
    app.action(re.compile(rf"^{OPEN_FORM}:\d+$"))(edit)
    app.action(re.compile(rf"^{SAY}:"))(say)
    app.action(MORE)(more)
    app.action(TICKS)(ticked)
    app.command(re.compile(r"^/"))(command)
    for name in SHORTCUTS:
        app.shortcut(name)(shortcut)


def _register_forms(app: AsyncApp, presses: Presses) -> None:
    async def submitted(ack: AsyncAck, body: Body) -> None:
        wrong = await presses.submitted(body)
        if wrong:
            await ack(response_action="errors", errors=wrong)
        else:
            await ack()

    app.view(forms.FORM)(submitted)
    app.view(forms.TASK)(submitted)
