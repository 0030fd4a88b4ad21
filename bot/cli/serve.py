"""`deskhand serve`: the people's door: every platform that is set up, the web app, and the delivery."""

from __future__ import annotations

import uvicorn

from bot.front import open_front
from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from bot.web.app import build


async def command() -> None:
    """Serves until it is told to end."""
    settings = read_settings()
    set_up_logs(settings)
    async with open_program(settings) as program, open_front(program) as front:
        config = uvicorn.Config(
            build(program, front.routes),
            host=settings.host,
            port=settings.port,
            log_level=settings.log_level.lower(),
            lifespan="off",
        )
        server = uvicorn.Server(config)
        await server.serve()
