"""docs/telegram.md, tried: what it tells people to set and to type is there, and its steps work."""

from __future__ import annotations

import re
from pathlib import Path

import bot.telegram
from bot.settings import Settings
from bot.telegram import setup
from tests.fakes.program import House
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram_driver import telegram_talk

CHECKOUT = Path(bot.telegram.__file__).parent.parent.parent
GUIDE = (CHECKOUT / "docs" / "telegram.md").read_text("utf-8")


def test_every_setting_in_the_guide_is_one() -> None:
    named = set(re.findall(r"\b(?:TELEGRAM_[A-Z_]+|PUBLIC_URL)\b", GUIDE))
    assert named >= {"TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "PUBLIC_URL"}
    assert {one.lower() for one in named} <= set(Settings.model_fields)


def test_every_file_and_command_in_the_guide_is_there() -> None:
    linked = re.findall(r"\]\(([a-z./-]+\.md)\)", GUIDE)
    assert linked
    assert all((CHECKOUT / "docs" / one).resolve().is_file() for one in linked)
    known = {one.command for one in setup.commands(groups=False)} | {"newbot", "setprivacy", "cancel"}
    assert set(re.findall(r"`/([a-z]+)[` ]", GUIDE)) <= known


async def test_its_steps_work(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram, webhook=False, linked=False) as talk:
        (told,) = await talk.say("/start")
        assert "link code" in told["text"]
        async with house.database.acting_as(house.caller) as tx:
            code = await tx.link_codes.make(house.caller.person)
        (hello,) = await talk.say(code)
        assert "this chat is yours now" in hello["text"]
        (answer,) = await talk.say("what needs me today?")
        assert answer["text"]
    assert telegram.refusals == []
