"""`deskhand chat`: the terminal as one person of this installation. `deskhand work` beside it does the jobs."""

from __future__ import annotations

from bot.cli.talk import talking
from bot.household import resident
from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs


async def command(as_: str | None, once: str | None, *, json: bool) -> None:
    """Talks until the input ends, or answers one message."""
    settings = read_settings()
    set_up_logs(settings, talking=True)
    async with open_program(settings) as program:
        who = await resident(program.database, as_)
        async with talking(program, who, json=json, works=False) as talk:
            if once is None:
                await talk.run()
            elif json:
                await talk.answer(_as_request(once))
            else:
                await talk.answer(once)


def _as_request(text: str) -> str:
    import json

    return json.dumps({"text": text})
