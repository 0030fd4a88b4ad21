"""Listening: by polling and by webhook, through conflicts, failures and updates that nobody can read."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest
from starlette.applications import Starlette

from bot import commands
from bot.program import Program
from bot.settings import Settings, read_settings
from bot.telegram import open_platform, setup
from bot.telegram.inbound import UPDATES
from bot.telegram.opening import open_bot
from bot.telegram.platform import TelegramPlatform
from storage.values.errors import Refused
from tests.fakes.program import House
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram.world import TOKEN
from tests.fakes.telegram_driver import SECRET, telegram_talk


async def test_polling_hears_answers_and_confirms(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram, webhook=False) as talk:
        assert list(talk.app.routes) == [], "without a secret there is no route"
        for _ in range(3):
            (found,) = await talk.say("find the kiln")
            assert "Bo Lind: Kiln" in found["text"]
    asked = telegram.called("getUpdates")
    assert json.loads(asked[0].given["allowed_updates"]) == list(UPDATES)
    assert telegram.refusals == []


async def test_what_came_while_we_were_away_is_heard(house: House, telegram: TelegramServer) -> None:
    telegram.world.person(4711)
    telegram.world.say({"id": 4711, "is_bot": False, "first_name": "Ana"}, "find the kiln")
    async with telegram_talk(house, server=telegram, webhook=False) as talk:
        async with asyncio.timeout(30):
            await talk.settle()
        assert "Bo Lind: Kiln" in talk.shown[0]["text"]
    assert all(
        "drop_pending_updates" not in one.given or one.given["drop_pending_updates"] == "false"
        for one in telegram.calls
    )


async def test_stop_is_heard_while_an_answer_is_being_made(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram, webhook=False) as talk:
        lock = talk.desk._turn_of  # the turn of this conversation is taken by somebody who never ends
        async with house.database.acting_as(house.caller) as tx:
            where = await tx.conversations.open(house.caller.person, "telegram", "4711")
        async with asyncio.timeout(30), lock(where):
            talk.world.say(talk.who, "find the kiln")
            await talk.world.taken()
            talk.world.say(talk.who, "/stop")
            while not any("stop" in one["text"].casefold() or "running" in one["text"] for one in talk.shown):
                await house.sql("SELECT 1")


async def test_of_two_pollers_one_is_told_and_goes_on_later(
    house: House, telegram: TelegramServer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        asyncio.timeout(30),
        telegram_talk(house, server=telegram, webhook=False),
        open_bot(TOKEN, telegram.base_url, telegram.file_url) as other,
    ):
        while telegram._poll is None or telegram._poll.done():
            await house.sql("SELECT 1")
        await other.get_updates(timeout=0)
        while not any(one.refused and one.refused.code == 409 for one in telegram.calls):
            await house.sql("SELECT 1")
        await house.sql("SELECT 1")
    assert "Another program fetches this bot's updates" in caplog.text + capsys.readouterr().out


async def test_an_update_that_nobody_can_read_holds_up_no_other(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram, webhook=False) as talk:
        telegram.world.updates.append({"update_id": 1, "message": {"message_id": "poison"}})
        telegram.world.updates.append({"update_id": 2, "callback_query": 7})
        (found,) = await talk.say("find the kiln")
        assert "Bo Lind: Kiln" in found["text"]


async def test_webhook_is_set_with_its_secret_and_keeps_what_waits(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram) as talk:
        (asked,) = telegram.called("setWebhook")
        assert asked.given["url"] == "https://deskhand.example/telegram/webhook"
        assert asked.given["secret_token"] == SECRET
        assert json.loads(asked.given["allowed_updates"]) == list(UPDATES)
        assert asked.given["drop_pending_updates"] == "false"
        (found,) = await talk.say("find the kiln")
        assert "Bo Lind: Kiln" in found["text"]


async def test_a_webhook_that_fails_is_brought_again(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram) as talk:
        arrived, talk.platform._webhook.arrived = talk.platform._webhook.arrived, None  # type: ignore[union-attr]
        update = talk.world.say(talk.who, "find the kiln")
        assert await telegram.push(talk.app) == [503]

        async def failing(_: object, taken: object) -> None:
            raise ZeroDivisionError

        talk.platform._webhook.arrived = failing  # type: ignore[union-attr]
        assert await telegram.push(talk.app) == [500]
        talk.platform._webhook.arrived = arrived  # type: ignore[union-attr]
        assert update in telegram.world.updates
        await talk.settle()
        assert "Bo Lind: Kiln" in talk.shown[0]["text"]


async def test_telegram_may_be_away_at_the_start(house: House, telegram: TelegramServer) -> None:
    telegram.down = True
    came = asyncio.Event()

    async def a_while() -> None:
        telegram.down = False
        came.set()

    async with open_bot(TOKEN, telegram.base_url, telegram.file_url) as bot:
        platform = TelegramPlatform(bot, house.database, house.box.blobs, a_while=a_while)
        async with asyncio.timeout(30), platform.listening(house.desk):
            await platform.ready.wait()
    assert came.is_set()


async def test_a_wrong_token_is_told_without_the_token(
    house: House, telegram: TelegramServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    tried = asyncio.Event()

    async def a_while() -> None:
        tried.set()
        await asyncio.Event().wait()

    async with open_bot("77:wrong-token", telegram.base_url, telegram.file_url) as bot:
        platform = TelegramPlatform(bot, house.database, house.box.blobs, a_while=a_while)
        async with asyncio.timeout(30), platform.listening(house.desk):
            await tried.wait()
    written = caplog.text + "".join(capfd.readouterr())
    assert "check TELEGRAM_BOT_TOKEN" in written
    assert "wrong-token" not in written


@pytest.mark.parametrize("webhook", [True, False])
async def test_the_token_is_in_no_log(
    house: House,
    telegram: TelegramServer,
    webhook: bool,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    async with telegram_talk(house, server=telegram, webhook=webhook) as talk:
        await talk.say("hello")
        telegram.down = webhook
        await talk.say("find the kiln")
        telegram.down = False
        await talk.drop("sales.csv", b"a,b\n1,2\n")
    assert TOKEN not in caplog.text + "".join(capfd.readouterr())


def test_commands_are_registered_from_the_table_for_each_kind_of_chat(telegram: TelegramServer) -> None:
    private = {one.command: one.description for one in setup.commands(groups=False)}
    assert set(private) >= {one.name for one in commands.COMMANDS} | {"menu", "stop"}
    heard = {"stop", "help", "analyze"} & set(private)
    assert {one.command for one in setup.commands(groups=True)} == heard


async def test_telegram_knows_our_commands(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram):
        scopes = telegram.world.commands
        assert set(scopes) == {"all_private_chats", "all_group_chats", "all_chat_administrators"}
        assert len(scopes["all_private_chats"]) > len(scopes["all_group_chats"]) > 0
        assert telegram.world.settings["menu_button"] == '{"type": "commands"}'


async def test_without_a_token_there_is_no_telegram(house: House) -> None:
    async with open_platform(_program(house, Settings(telegram_bot_token=None))) as platform:
        assert platform is None


async def test_the_settings_open_it(house: House, telegram: TelegramServer) -> None:
    settings = Settings(
        telegram_bot_token=TOKEN,
        telegram_webhook_secret=SECRET,
        telegram_api_base_url=telegram.base_url,
        telegram_file_base_url=telegram.file_url,
        public_url="https://deskhand.example/",
    )
    async with open_platform(_program(house, settings)) as platform:
        assert platform is not None
        app = Starlette(routes=list(platform.routes(house.desk)))
        async with asyncio.timeout(30), platform.listening(house.desk):
            await platform.ready.wait()
            assert telegram.world.webhook["url"] == "https://deskhand.example/telegram/webhook"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:  # type: ignore[arg-type]
            answer = await client.post("https://deskhand.example/telegram/webhook")
        assert answer.status_code == 403


@pytest.mark.parametrize("secret", ["with space", "ü", "x" * 257, "a/b"])
def test_a_secret_that_telegram_would_not_take_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", secret)
    with pytest.raises(Refused, match="TELEGRAM_WEBHOOK_SECRET: use 1 to 256 letters") as refused:
        read_settings()
    assert secret not in str(refused.value)


def _program(house: House, settings: Settings) -> Program:
    return Program(settings, house.box, house.database, house.servers.redis_url, house.servers.admin_url)
