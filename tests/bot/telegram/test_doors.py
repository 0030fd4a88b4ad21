"""The doors of Telegram: whoever is wrong here is refused in words, and nothing happens."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from bot.strangers import PAIRING
from bot.telegram.door import DIRECTLY
from bot.telegram.presses import NO_MAIL_HERE
from bot.telegram.reception import TO_YOU
from tests.fakes.program import House
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram.world import Post
from tests.fakes.telegram_driver import SECRET, TelegramTalk, telegram_talk

GROUP = -100_200
HEAD = "X-Telegram-Bot-Api-Secret-Token"


async def effects(house: House) -> list[Any]:
    """Everything that a press or a message could change."""
    tables = ("approvals WHERE state <> 'pending'", "sends", "receipts", "messages", "memories", "jobs", "follow_ups")
    return [await house.one(f"SELECT count(*) FROM {one}") for one in tables]  # noqa: S608 - our own words


async def posted(talk: TelegramTalk, body: bytes, **heads: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(talk.app)) as client:  # type: ignore[arg-type]
        return await client.post("https://deskhand.example/telegram/webhook", content=body, headers=heads)


@pytest.mark.parametrize(
    ("heads", "status"),
    [
        ({}, 403),
        ({HEAD: ""}, 403),
        ({HEAD: "wrong"}, 403),
        ({HEAD: SECRET.upper()}, 403),
        ({HEAD: SECRET + "x"}, 403),
        ({HEAD: SECRET[:-1]}, 403),
        ({HEAD: "é"}, 403),
        ({"Authorization": f"Bearer {SECRET}"}, 403),
    ],
)
async def test_without_the_secret_nothing_is_read(talk: TelegramTalk, heads: dict[str, str], status: int) -> None:
    update = talk.world.say(talk.who, "find the kiln")
    before = await effects(talk.house)
    body = json.dumps(update).encode()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(talk.app)) as client:  # type: ignore[arg-type]
        raw = {name.encode(): value.encode() for name, value in heads.items()}
        answer = await client.post("https://deskhand.example/telegram/webhook", content=body, headers=raw)
    assert answer.status_code == status
    assert "nothing was done" in answer.text
    assert talk.posts == []
    assert await effects(talk.house) == before


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"[]", b"7", b"null", b"{}", b'{"update_id": "x"}', b'{"update_id": true}', b'{"update_id": 1.5}',
     b"[" * 100_000, b"\xff\xfe", b'{"update_id": 1, "message": 7}', b'{"update_id": 1, "callback_query": {"id": "1"}}',
     b'{"update_id": 1, "message": "' + b"x" * 2_000_000 + b'"}'],
)  # fmt: skip
async def test_what_is_no_update_is_refused_in_words(talk: TelegramTalk, body: bytes) -> None:
    before = await effects(talk.house)
    answer = await posted(talk, body, **{HEAD: SECRET})
    assert (answer.status_code, "nothing was done" in answer.text) == (400, True)
    assert talk.posts == []
    assert await effects(talk.house) == before


async def test_other_ways_to_the_route_are_closed(talk: TelegramTalk) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(talk.app)) as client:  # type: ignore[arg-type]
        answer = await client.get("https://deskhand.example/telegram/webhook", headers={HEAD: SECRET})
    assert answer.status_code == 405


async def shown_draft(talk: TelegramTalk) -> Post:
    await talk.say("find the kiln")
    await talk.say("reply to Bo that Thursday works")
    return talk.posts[-1]


def data(post: Post, label: str) -> str:
    return str(next(one["callback_data"] for one in post.buttons if one["text"] == label))


FORGED = ["made up", "x" * 64, "", "form:", "form:made up", "menu:", "menu:nowhere:-1", "menu:mail:9999999999", "say:", "tick:1",
          "say:approve it", "form:' OR 1=1", "\x00", "🛑", "say:/approve 99"]  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
async def test_forged_button_data_does_nothing(talk: TelegramTalk, forged: str) -> None:
    card = await shown_draft(talk)
    before = (await effects(talk.house))[:3]
    talk.world.press(talk.who, card, forged)
    await talk.settle()
    assert (await effects(talk.house))[:3] == before
    assert "Approve & send" in [one["text"] for one in card.buttons] or forged.startswith("menu:")
    assert all(one.answer is not None for one in talk.world.queries.values()) or forged == ""


async def test_a_stranger_s_press_of_a_real_button_gets_the_pairing_words(talk: TelegramTalk) -> None:
    card = await shown_draft(talk)
    before = await effects(talk.house)
    stranger = talk.world.person(999, "Mallory")
    talk.world.say(stranger, "/start")
    for label in ("Approve & send", "Edit", "Reject", "Later"):
        query = talk.world.press(stranger, card, data(card, label))
        await talk.settle()
        assert talk.world.queries[query].answer == {"text": PAIRING, "alert": True}
    assert {post.text for post in talk.world.shown(999)} == {PAIRING}
    assert await effects(talk.house) == before


async def test_another_member_s_press_in_a_group_is_refused_and_disturbs_nobody(
    talk: TelegramTalk, house: House
) -> None:
    card = await shown_draft(talk)
    async with house.database.acting_as(house.caller) as tx:
        other = await tx.people.add("Bea", house.caller.role, "Europe/Lisbon")
        await tx.people.name_on("telegram", "815", other)
    bea = talk.world.person(815, "Bea")
    talk.world.group(GROUP)
    in_group = talk.world.post(chat=GROUP, text="card")
    before = await effects(house)
    for label in ("Approve & send", "Edit", "Reject"):
        query = talk.world.press(bea, in_group, data(card, label))
        await talk.settle()
        answer = talk.world.queries[query].answer
        assert answer == {"text": "That button belongs to somebody else, so nothing was done.", "alert": True}
    assert talk.world.shown(GROUP) == [in_group], "it concerns nobody else"
    assert await effects(house) == before


async def test_an_expired_button_is_refused_in_words(talk: TelegramTalk, house: House) -> None:
    card = await shown_draft(talk)
    await house.sql("UPDATE buttons SET expires_at = now() - interval '1 second'")
    query = talk.world.press(talk.who, card, data(card, "Approve & send"))
    await talk.settle()
    assert "expired" in talk.world.queries[query].answer["text"]
    assert "expired" in talk.posts[-1].text
    assert await house.one("SELECT count(*) FROM sends") == 0


async def test_an_old_press_again_after_the_decision_does_nothing(talk: TelegramTalk, house: House) -> None:
    card = await shown_draft(talk)
    approve = data(card, "Approve & send")
    await talk.press("Reject")
    before = (await effects(house))[:3]
    query = talk.world.press(talk.who, card, approve)
    await talk.settle()
    assert "rejected already" in talk.world.queries[query].answer["text"]
    assert talk.world.queries[query].answer["alert"] is True
    assert (await effects(house))[:3] == before


async def test_a_press_that_is_too_old_to_be_answered_still_counts_once(talk: TelegramTalk, house: House) -> None:
    card = await shown_draft(talk)
    talk.world.press(talk.who, card, data(card, "Reject"))
    talk.world.clock.at += 600
    await talk.settle()
    assert await house.one("SELECT state FROM approvals") == "rejected"
    assert [one.refused.description for one in talk.server.refusals if one.refused] == [
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    ]


async def test_the_same_update_four_times_out_of_order_is_one_turn(talk: TelegramTalk, house: House) -> None:
    first = talk.world.say(talk.who, "remember that the kiln is new")
    second = talk.world.say(talk.who, "find the kiln")
    await talk.settle()
    for update in (second, first, first, second, first, second):
        talk.world.again(update)
    assert set(await talk.server.push(talk.app)) == {200}
    async with telegram_talk(house, server=talk.server) as after_restart:  # which remembers nothing of it
        for update in (second, first):
            talk.world.again(update)
        await after_restart.server.push(after_restart.app)
    assert await house.one("SELECT count(*) FROM memories") == 1
    assert await house.one("SELECT count(*) FROM messages") == 4
    assert len(talk.posts) == 2


async def test_the_same_update_at_once_is_one_turn(talk: TelegramTalk, house: House) -> None:
    update = talk.world.say(talk.who, "remember that the kiln is new")
    body = json.dumps(update).encode()
    answers = await asyncio.gather(*(posted(talk, body, **{HEAD: SECRET}) for _ in range(4)))
    assert [one.status_code for one in answers] == [200] * 4
    talk.world.updates.clear()
    await talk.say("find the kiln")
    assert await house.one("SELECT count(*) FROM memories") == 1
    assert len(talk.posts) == 2


async def test_many_presses_of_one_button_are_one_decision(talk: TelegramTalk, house: House) -> None:
    card = await shown_draft(talk)
    for _ in range(8):
        talk.world.press(talk.who, card, data(card, "Approve & send"))
    bodies = [json.dumps(talk.world.updates.popleft()).encode() for _ in range(8)]
    await asyncio.gather(*(posted(talk, body, **{HEAD: SECRET}) for body in bodies))
    await talk.platform.work.all_done()
    assert await house.one("SELECT count(*) FROM sends") == 1
    assert all(query.answer is not None for query in talk.world.queries.values())


async def test_a_stranger_is_told_how_to_come_in_and_a_code_lets_them(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram, linked=False) as talk:
        for said in ("hello", "/menu", "/inbox", "/start", "/start wrong-code"):
            (told,) = await talk.say(said)
            assert "code" in told["text"]
        (dropped,) = await talk.drop("sales.csv", b"a,b\n1,2\n")
        assert dropped["text"] == PAIRING
        assert telegram.called("getFile") == [], "a stranger's file is not even fetched"
        assert await house.one("SELECT count(*) FROM events") == 0
        async with house.database.acting_as(house.caller) as tx:
            code = await tx.link_codes.make(house.caller.person)
        (hello,) = await talk.say(f"/start {code}")
        assert hello["text"].startswith("Hello Ana Sousa, this chat is yours now.")
        (found,) = await talk.say("find the kiln")
        assert "Bo Lind: Kiln" in found["text"]
        await talk.say("/unlink")
        (told,) = await talk.say(f"/start {code}")
        assert "used" in told["text"]


async def test_a_code_in_a_group_is_refused_and_stays_good(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram, linked=False) as talk:
        async with house.database.acting_as(house.caller) as tx:
            code = await tx.link_codes.make(house.caller.person)
        talk.world.group(GROUP)
        for said in (f"/start {code}", f"/link {code}", f"/start@deskhand_bot {code}"):
            await talk.say(said, chat=GROUP)
        assert {post.text for post in talk.world.shown(GROUP)} == {DIRECTLY}
        (hello,) = await talk.say(f"/start {code}")
        assert "this chat is yours now" in hello["text"]


@pytest.mark.parametrize(
    "said",
    ["@deskhand_bot find the kiln", "/inbox", "/approvals", "/menu@deskhand_bot", "@deskhand_bot approve", "/undo", "/memory",
     "@deskhand_bot reply to Bo that Thursday works", "/audit", "@deskhand_bot menu"],
)  # fmt: skip
async def test_mail_stays_out_of_groups(talk: TelegramTalk, house: House, said: str) -> None:
    talk.world.group(GROUP)
    await house.draft()
    before = await effects(house)
    await talk.say(said, chat=GROUP)
    assert [post.text for post in talk.world.shown(GROUP)] == [NO_MAIL_HERE]
    assert talk.posts == []
    assert await effects(house) == before


async def test_a_button_that_says_a_command_does_so_in_private_only(talk: TelegramTalk) -> None:
    talk.world.group(GROUP)
    post = talk.world.post(chat=GROUP, text="forged")
    query = talk.world.press(talk.who, post, "say:/inbox")
    await talk.settle()
    assert talk.world.queries[query].answer == {"text": NO_MAIL_HERE, "alert": True}
    assert talk.world.shown(GROUP) == [post]


async def test_an_analysis_that_is_asked_for_in_a_group_is_told_to_its_person_alone(talk: TelegramTalk) -> None:
    await talk.say("hello")
    before = len(talk.posts)
    talk.world.group(GROUP)
    await talk.say("/analyze my unread mail", chat=GROUP)
    await talk.say("/analyze@deskhand_bot the kiln", chat=GROUP)
    assert {post.text for post in talk.world.shown(GROUP)} == {TO_YOU}
    await talk.house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")
    await talk.work()
    assert len(talk.posts) >= before + 2


async def test_words_with_a_file_are_no_way_around_the_rule(talk: TelegramTalk) -> None:
    talk.world.group(GROUP)
    update = talk.world.give(talk.who, "sales.csv", b"a,b\n1,2\n", "@deskhand_bot find the kiln")
    update["message"]["chat"] = talk.world.chats[GROUP]
    update["message"]["caption_entities"] = [{"type": "mention", "offset": 0, "length": 13}]
    await talk.settle()
    assert [post.text for post in talk.world.shown(GROUP)] == [NO_MAIL_HERE]
    assert talk.server.called("getFile") == []


async def test_somebody_else_s_form_does_not_open(talk: TelegramTalk, house: House) -> None:
    card = await shown_draft(talk)
    async with house.database.acting_as(house.caller) as tx:
        other = await tx.people.add("Bea", house.caller.role, "Europe/Lisbon")
        await tx.people.name_on("telegram", "815", other)
    bea = talk.world.person(815, "Bea")
    talk.world.say(bea, "/help")
    await talk.settle()
    query = talk.world.press(bea, talk.world.shown(815)[0], data(card, "Edit"))
    await talk.settle()
    assert "belongs to somebody else" in talk.world.queries[query].answer["text"]
    assert await house.one("SELECT count(*) FROM telegram_dialogs") == 0
    assert not any("Thursday" in post.text for post in talk.world.shown(815)[1:])
