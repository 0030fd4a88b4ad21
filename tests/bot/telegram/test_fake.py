"""The fake Bot API refuses what the real one refuses, in its words; otherwise the other tests would prove nothing."""

from __future__ import annotations

import httpx
import pytest

from tests.fakes.telegram.entities import live, read
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram.world import TOKEN, Plain

GROUP = -100_200
UNREAD = "Bad Request: can't parse entities: "
MARKUP = '{"inline_keyboard": [[{"text": "A", "callback_data": "%s"}]]}'


@pytest.fixture
async def ana(telegram: TelegramServer) -> Plain:
    """Somebody who wrote once."""
    who = telegram.world.person(1)
    telegram.world.say(who, "hello")
    telegram.world.group(GROUP)
    telegram.world.person(2)
    return who


async def call(server: TelegramServer, method: str, token: str = TOKEN, **given: object) -> str:
    """What is refused, or nothing."""
    async with httpx.AsyncClient() as client:
        plain = {name: str(value) for name, value in given.items()}
        answer = (await client.post(f"{server.base_url}{token}/{method}", data=plain)).json()
    server.world.clock.at += 2
    return "" if answer["ok"] else str(answer["description"])


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"text": "a" * 4_096}, ""),
        ({"text": "a" * 4_097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2_049}, "Bad Request: message is too long"),
        ({"text": f"<b>{'a' * 4_096}</b>", "parse_mode": "HTML"}, ""),
        ({"text": " \n\u200b"}, "Bad Request: message text is empty"),
        ({"text": "<b>a", "parse_mode": "HTML"}, UNREAD + 'Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "é<x>", "parse_mode": "HTML"}, UNREAD + 'Unsupported start tag "x" at byte offset 2'),
        ({"text": "a</b>", "parse_mode": "HTML"}, UNREAD + "Unexpected end tag at byte offset 1"),
        ({"text": "a", "chat_id": 99}, "Bad Request: chat not found"),
        ({"text": "a", "chat_id": 2}, "Forbidden: bot can't initiate conversation with a user"),
        ({"text": "a", "reply_markup": MARKUP % ("x" * 64)}, ""),
        ({"text": "a", "reply_markup": MARKUP % ("é" * 33)}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": MARKUP % ""}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "<b>a</b> " * 101, "parse_mode": "HTML"}, "Bad Request: ENTITIES_TOO_LONG"),
    ],
)  # fmt: skip
async def test_messages(telegram: TelegramServer, ana: Plain, given: dict[str, object], refusal: str) -> None:
    assert await call(telegram, "sendMessage", **({"chat_id": 1} | given)) == refusal


async def test_edits_presses_drafts_and_doors(telegram: TelegramServer, ana: Plain) -> None:
    assert await call(telegram, "sendMessage", chat_id=1, text="a") == ""
    number = telegram.world.shown(1)[0].id
    same = await call(telegram, "editMessageText", chat_id=1, message_id=number, text="a")
    assert same.startswith("Bad Request: message is not modified")
    assert (
        await call(telegram, "editMessageText", chat_id=1, message_id=999, text="a")
        == "Bad Request: message to edit not found"
    )
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await call(telegram, "answerCallbackQuery", callback_query_id="x") == too_old
    query = telegram.world.press(ana, telegram.world.shown(1)[0], "x")
    assert (
        await call(telegram, "answerCallbackQuery", callback_query_id=query, text="a" * 201)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert await call(telegram, "answerCallbackQuery", callback_query_id=query) == ""
    assert await call(telegram, "answerCallbackQuery", callback_query_id=query) == too_old
    assert (
        await call(telegram, "sendMessageDraft", chat_id=GROUP, draft_id=1, text="a")
        == "Bad Request: TEXTDRAFT_PEER_INVALID"
    )
    telegram.world.block(ana)
    assert await call(telegram, "sendMessage", chat_id=1, text="a") == "Forbidden: bot was blocked by the user"
    assert await call(telegram, "getMe", token="77:wrong") == "Unauthorized"
    assert await call(telegram, "getMe", token=TOKEN.replace(":", "%3A")) == ""
    assert await call(telegram, "sendTelegram") == "Not Found"
    assert "HTTPS" in await call(telegram, "setWebhook", url="http://deskhand.example/x")
    assert "only on ports" in await call(telegram, "setWebhook", url="https://deskhand.example:8000/x")


async def test_two_messages_within_a_second_are_a_flood(telegram: TelegramServer, ana: Plain) -> None:
    assert await call(telegram, "sendMessage", chat_id=1, text="a") == ""
    telegram.world.clock.at -= 2
    assert await call(telegram, "sendMessage", chat_id=1, text="b") == "Too Many Requests: retry after 1"
    telegram.world.clock.at -= 2
    assert await call(telegram, "sendMessage", chat_id=1, text="b") == "Too Many Requests: retry after 1"
    assert telegram.world.flood.disobeyed == [("sendMessage", 1)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("see https://a.example/x", ["url"]),
        ("write to ana@a.example", ["email"]),
        ("ask @somebody, say /approve, tag #clay2 and $ABC", ["mention", "bot_command", "hashtag", "cashtag"]),
        ("<code>https://a.example @b /c</code>", []),
        ("<a href='https://a.example'>here</a>", ["text_link"]),
        ("1.5 and/or #4471, 24/7", []),
    ],
)
def test_what_telegram_makes_live(text: str, kinds: list[str]) -> None:
    found = live(*read(text, "HTML"))
    assert sorted({one.kind for one in found} - ({"url"} if "email" in kinds else set())) == sorted(kinds)
