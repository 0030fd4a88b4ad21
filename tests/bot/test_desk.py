"""The front desk: who comes in, what is answered once, in which order, and what is said when something goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from agent.assistant import Assistant
from agent.chat import Click, Message, Reply, Word
from bot.desk import LONGEST, Desk, Visitor
from bot.strangers import PAIRING
from storage.tables.events import TRIES
from storage.values.access import Permission
from storage.values.errors import Unavailable
from tests.fakes.openai import Holds, OpenAI, Thinking, call, thinking_with
from tests.fakes.program import House, Recorder
from tools.tool import Ask, Result, tool
from tools.toolbox import Toolbox


def texts(house: House) -> list[str]:
    return [word.text for word in house.channel.words if isinstance(word, Reply)]


async def test_a_stranger_is_told_how_to_come_in_and_leaves_no_trace(house: House) -> None:
    before = await house.one("SELECT count(*) FROM conversations")
    for said in (Message("find the kiln"), Message("/inbox"), Message("/nonsense"), Message("stop"), Click("x")):
        await house.desk.receive(Visitor(house.channel, "nobody", "there"), said, "event-1")
    assert texts(house) == [PAIRING] * 5
    assert await house.one("SELECT count(*) FROM events") == 0
    assert await house.one("SELECT count(*) FROM conversations") == before


async def test_a_suspended_person_is_told_so_and_nothing_is_done(house: House) -> None:
    await house.sql("UPDATE people SET suspended = 'Left the company.'")
    await house.say("/inbox")
    await house.say("find the kiln")
    assert len(texts(house)) == 2
    assert all("Left the company." in text for text in texts(house))
    assert await house.one("SELECT count(*) FROM events") == 0


async def test_the_same_event_four_times_is_one_turn(house: House) -> None:
    await asyncio.gather(*(house.say("find the kiln", "event-1") for _ in range(3)))
    await house.say("find the kiln", "event-1")
    async with house.beside() as other:
        assert await other.say("find the kiln", "event-1") == []
    assert len(texts(house)) == 1
    assert await house.one("SELECT count(*) FROM messages") == 2


async def test_the_same_event_while_it_is_being_answered_does_nothing(house: House, openai: OpenAI) -> None:
    async with thinking_with(house, openai) as thinking:
        held = Holds(call("remember", fact="The kiln is new."))
        openai.says(held, "I will.", call("remember", fact="The kiln is new."), "Again.")
        first = asyncio.create_task(thinking.house.say("remember it", "event-1"))
        await held.reached.wait()
        again = asyncio.create_task(thinking.house.say("remember it", "event-1"))
        await asyncio.sleep(0)
        held.go.set()
        await asyncio.gather(first, again)
    assert texts(house) == ["I will."]
    assert await house.one("SELECT count(*) FROM memories") == 1
    assert len(openai.requests) == 2


@pytest.mark.parametrize("said", ["/help", "/nonsense", "help", "", "x" * (LONGEST + 1)])
async def test_a_command_that_is_delivered_again_is_answered_once(house: House, said: str) -> None:
    for _ in range(4):
        await house.say(said, "event-1")
    assert len(texts(house)) == 1
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


async def test_messages_of_one_conversation_are_answered_in_order(house: House, openai: OpenAI) -> None:
    async with thinking_with(house, openai) as thinking:
        held = Holds()
        openai.says(held, *map(str, range(5)))
        first = asyncio.create_task(thinking.house.say("first"))
        await held.reached.wait()
        later = [asyncio.create_task(thinking.house.say(f"message {number}")) for number in range(5)]
        await asyncio.sleep(0)
        held.go.set()
        await asyncio.gather(first, *later)
        asked = [one["messages"][-1]["content"] for one in openai.requests]
    assert asked == ["first", *(f"message {number}" for number in range(5))]
    assert texts(house) == ["At last.", "0", "1", "2", "3", "4"]


async def test_different_conversations_do_not_wait_for_each_other(house: House, openai: OpenAI) -> None:
    async with thinking_with(house, openai) as thinking:
        held = Holds()
        openai.says(held, "Hello.")
        first = asyncio.create_task(thinking.house.say("first"))
        await held.reached.wait()
        await thinking.house.desk.receive(replace(house.visitor, address="elsewhere"), Message("hello"))
        assert texts(house) == ["Hello."]
        held.go.set()
        await first


async def test_what_waits_its_turn_survives_a_crash(house: House, openai: OpenAI) -> None:
    async with thinking_with(house, openai) as thinking:
        held = Holds()
        openai.says(held)
        crowd = [asyncio.create_task(thinking.house.say(text)) for text in ("first", "find the kiln", "/help")]
        await held.reached.wait()
        async with asyncio.timeout(5):
            while await house.one("SELECT count(*) FROM events") < 3:
                continue
        for task in crowd:
            task.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
    await house.desk.take_up(house.channel)
    assert len(texts(house)) == 3
    assert "Bo Lind: Kiln" in texts(house)[1]
    assert texts(house)[2].startswith("Say in your own words")
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


async def test_a_turn_that_two_take_up_is_answered_once(house: House) -> None:
    await house.say("remember that the kiln is new", "event-1")
    await house.breaks_off(text="remember that the kiln is new")
    async with house.beside() as other:
        await asyncio.gather(house.desk.take_up(house.channel), other.desk.take_up(other.channel))
        assert len(house.channel.words) + len(other.channel.words) == 2
    assert await house.one("SELECT count(*) FROM messages") == 4
    assert await house.one("SELECT count(*) FROM memories") == 1


async def test_a_terminal_takes_up_its_own_events_only(house: House) -> None:
    await house.desk.receive(replace(house.visitor, address="elsewhere"), Message("/help"))
    await house.breaks_off(text="/help")
    before = len(house.channel.words)
    await house.desk.take_up(house.channel, house.visitor.address)
    assert len(house.channel.words) == before


async def test_taking_up_goes_on_after_somebody_who_is_suspended(house: House) -> None:
    await house.say("/help", "event-1")
    await house.breaks_off(text="/help")
    await house.sql("UPDATE people SET suspended = 'Left.'")
    await house.desk.take_up(house.channel)
    assert "suspended" in texts(house)[-1]
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


async def test_what_ends_the_program_each_time_is_told_and_let_be(house: House) -> None:
    await house.say("/help", "event-1")
    await house.breaks_off(text="/help")
    await house.sql("UPDATE events SET tries = %s, tried_at = now() - interval '1 minute'", TRIES)
    before = len(texts(house))
    for _ in range(2):
        await house.desk.take_up(house.channel)
    (told,) = texts(house)[before:]
    assert "say it again in other words" in told
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


@pytest.mark.parametrize("text", ["one\x00two", "half \ud800 of a character", "\x00", "/help\x00", "a" * LONGEST])
async def test_any_text_gets_an_answer(house: House, text: str) -> None:
    (word,) = await house.say(text)
    assert "reference" not in word.text


async def test_too_long_a_message_is_refused_in_words(house: House) -> None:
    await house.overhears()
    (word,) = await house.say("x" * 1_000_000)
    assert "too long (1,000,000 characters, at most 40,000)" in word.text
    assert await house.one("SELECT max(length(body::text)) FROM heard") < LONGEST + 100


async def test_an_unknown_button_is_refused_in_words(house: House) -> None:
    await house.desk.receive(house.visitor, Click("made up", {"body": "x"}))
    assert texts(house) == ["I do not know that button. Ask me to show the card again."]


@tool(Permission.VIEW_OWN_EMAILS)
async def search_inbox(box: Toolbox, ask: Ask, query: str = "") -> Result:
    """Has a bug."""
    raise ZeroDivisionError(query)


async def test_a_bug_is_told_with_a_reference_and_the_event_is_done(house: House) -> None:
    desk = Desk(Assistant(house.box, [search_inbox]), house.delivery)
    await desk.receive(house.visitor, Message("find the kiln"), "event-1")
    await desk.receive(house.visitor, Message("hello"))
    assert "Something went wrong in Deskhand (ZeroDivisionError, reference " in texts(house)[0]
    assert len(texts(house)) == 2
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


async def test_what_the_channel_cannot_take_now_comes_later(house: House) -> None:
    house.channel.trouble = Unavailable("The line is down.")
    for text in ("find the kiln", "/help", "/nonsense"):
        await house.say(text)
    house.channel.trouble = None
    await house.sql("UPDATE outbox SET due_at = now()")
    await house.work()
    assert ["Kiln" in texts(house)[0], "/help" in texts(house)[1], "/nonsense" in texts(house)[2]] == [True] * 3
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0
    assert await house.one("SELECT count(*) FROM outbox WHERE delivered_at IS NULL") == 0


@dataclass
class Hiccup(Recorder):
    """A channel that fails once."""

    failed: bool = False

    async def send(self, address: str, word: Word) -> None:
        if not self.failed:
            self.failed = True
            raise Unavailable("The line is down.")
        await super().send(address, word)


async def test_a_hiccup_of_the_channel_is_not_worth_a_word(house: House) -> None:
    channel = Hiccup()
    await house.desk.receive(replace(house.visitor, channel=channel), Message("find the kiln"))
    assert channel.words == []
    await house.sql("UPDATE outbox SET due_at = now()")
    (word,) = await house.work()
    assert "Bo Lind: Kiln" in word.text


async def test_what_was_shown_is_not_delivered_again(house: House) -> None:
    await house.say("find the kiln")
    await house.sql("UPDATE outbox SET due_at = now()")
    assert await house.work() == []


async def test_an_answer_that_cannot_be_stored_leaves_nothing_behind(house: House) -> None:
    await house.sql("ALTER TABLE outbox RENAME TO away")
    await house.say("find the kiln", "event-1")
    await house.sql("ALTER TABLE away RENAME TO outbox")
    assert "reference" in texts(house)[0]
    assert await house.one("SELECT count(*) FROM messages") == 0


async def test_an_unheard_mind_does_not_keep_a_thinking_house_from_commands(thinking: Thinking) -> None:
    """The language model is away: what needs none works."""
    thinking.service.rest = None
    assert "Bo Lind: Kiln" in (await thinking.house.say("/inbox"))[0].text
