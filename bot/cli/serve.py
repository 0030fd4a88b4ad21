"""`deskhand serve`: the people's door: every platform that is set up, the web app, and the delivery."""

from __future__ import annotations

import uvicorn

from bot.front import Front, open_front
from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from bot.web.app import build
from bot.web.serving import listen


async def command() -> None:
    """Serves until it is told to end."""
    settings = read_settings()
    set_up_logs(settings)
    async with open_program(settings) as program, open_front(program) as front:
        config = uvicorn.Config(
            build(program, front.routes), log_level=settings.log_level.lower(), access_log=False, lifespan="off"
        )
        listener = listen(settings.host, settings.port)
        _invite(front, settings.host, listener.getsockname()[1])
        await uvicorn.Server(config).serve(sockets=[listener])


def _invite(front: Front, host: str, port: int) -> None:
    """Says where the page is, if this installation has one."""
    from bot.browser.channel import NAME, Browser

    page = front.platforms.get(NAME)
    if isinstance(page, Browser):
        print(f"The chat is a page too: {page.invitation(host, port)}", flush=True)
