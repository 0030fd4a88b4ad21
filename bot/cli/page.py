"""The page beside a program's own work: the same person, the same mind, on http://127.0.0.1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.assistant import Assistant
from bot.browser.channel import open_browser
from bot.browser.door import is_here
from bot.delivery import Delivery
from bot.desk import Desk
from bot.household import Resident
from bot.program import Program
from bot.web.app import build
from bot.web.serving import serving

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def page(program: Program, who: Resident) -> AsyncIterator[str]:
    """Serves the page of this person while the block runs; gives the address that lets a browser in."""
    host = program.settings.host if is_here(program.settings.host) else LOOPBACK
    browser = await open_browser(program.database, program.box.blobs, who.caller)
    delivery = Delivery(program.database, {browser.name: browser}, browser.address)
    desk = Desk(Assistant(program.box), delivery)
    await desk.take_up(browser, browser.address)
    app = build(program, browser.routes(desk))
    async with (
        serving(app, host, program.settings.port) as port,
        delivery.running(),
        browser.listening(desk),
    ):
        yield browser.invitation(host, port)
