"""A press is answered soon, whatever its work takes, and once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from agent.chat import Reply
from bot.telegram.inbound import Pressed, Who
from bot.telegram.place import Place
from bot.telegram.press import Answering
from tests.fakes.program import House
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram_driver import PERSON, TelegramTalk, telegram_talk


async def test_a_press_whose_work_takes_long_is_answered_before_it(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram, webhook=False, patience=0.0) as talk:
        await talk.say("hello")
        async with house.database.acting_as(house.caller) as tx:
            where = await tx.conversations.open(house.caller.person, "telegram", str(PERSON))
        async with asyncio.timeout(30):
            while not talk.posts:
                await house.sql("SELECT 1")
            async with talk.desk._turn_of(where):  # somebody else's turn, which does not end
                query = talk.world.press(talk.who, talk.posts[0], "made up")
                while talk.world.queries[query].answer is None:
                    await house.sql("SELECT 1")
                assert talk.world.queries[query].answer == {"text": "", "alert": False}
            while len(talk.posts) < 2:
                await house.sql("SELECT 1")
        assert "do not know that button" in talk.posts[1].text


def pressed(talk: TelegramTalk, chat: int = PERSON) -> Pressed:
    post = talk.world.post(chat=chat, text="card")
    query = talk.world.press(talk.who, post, "token")
    talk.world.updates.clear()
    return Pressed(Who(str(PERSON), Place(chat), "q1"), query, "token", post.id)


async def test_the_first_words_come_up_over_the_chat_and_the_others_do_not(talk: TelegramTalk) -> None:
    talk.world.started.add(PERSON)
    one = pressed(talk)
    answers = Answering(talk.platform, one)
    await answers.send(str(PERSON), Reply("No."))
    await answers.send(str(PERSON), Reply("And no."))
    assert talk.world.queries[one.query].answer == {"text": "No.", "alert": True}
    assert [post.text for post in talk.posts] == ["card", "No.", "And no."]
    assert talk.server.refusals == []


async def test_long_words_say_by_their_dots_that_there_is_more(talk: TelegramTalk) -> None:
    talk.world.started.add(PERSON)
    one = pressed(talk)
    await Answering(talk.platform, one).send(str(PERSON), Reply("word " * 100))
    answer = talk.world.queries[one.query].answer
    assert len(answer["text"]) == 200
    assert answer["text"].endswith("…")


async def test_a_press_that_is_not_there_any_more_is_let_be(talk: TelegramTalk) -> None:
    await Answering(talk.platform, replace(pressed(talk), query="long ago")).answered("No.")
    assert len(talk.server.refusals) == 1
