"""Slack: the same assistant in direct conversations, threads and on a home page. Only this folder knows Bolt.

platform    opens it: Socket Mode or signed HTTP, OAuth installs     listeners  what Slack may tell us; the manifest is made from it
reception   messages and events, taken to the desk                   presses    buttons, forms, commands, shortcuts
inbound     events and presses, understood                           lobby      what both of them need
channel     words become messages      posting  once, and in place      steps  what is being done, as a stream
render      words -> blocks            forms    inputs -> modals        home   the dashboard -> a view
api         the Web API, paced         workspaces  where we are installed, with sealed tokens
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.program import Program

if TYPE_CHECKING:
    from bot.slack.platform import Slack


@asynccontextmanager
async def open_platform(program: Program) -> AsyncIterator[Slack | None]:
    """Opens it where it is set up; None elsewhere, without loading Bolt. NeedsPerson says what is missing or wrong."""
    settings = program.settings
    if settings.slack_bot_token is None and not (settings.slack_client_id and settings.slack_client_secret):
        yield None
        return
    from bot.slack.platform import open_slack

    async with open_slack(program) as slack:
        yield slack
