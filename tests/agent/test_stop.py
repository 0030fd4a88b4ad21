"""“Stop”: heard while the mind works, here at once, elsewhere before the next thing is changed."""

from __future__ import annotations

import asyncio

import pytest

from agent.chat import Card, Message, Word
from agent.stops import Stop, StoppedError
from storage.turns import Received
from tests.fakes.openai import Calls, Holds, OpenAI, Thinking, call, thinking_with
from tests.fakes.program import House


async def _told(running: asyncio.Task[list[Word]]) -> list[Word]:
    """What is said to a stop, at once: long before any time-out."""
    async with asyncio.timeout(5):
        return await running


async def _while_thinking(thinking: Thinking, text: str, held: Holds) -> asyncio.Task[list[Word]]:
    running = asyncio.create_task(thinking.say(text))
    await held.reached.wait()
    return running


async def test_stop_breaks_off_a_thought_at_once(thinking: Thinking) -> None:
    held = Holds()
    thinking.service.says(held)
    running = await _while_thinking(thinking, "hello", held)
    await thinking.house.say("stop")
    (word,) = await _told(running)
    assert word.text == "Stopped; nothing was changed."
    assert await thinking.answer("hello again", "Hello.") == "Hello."


async def test_stop_tells_what_was_done_before_it(thinking: Thinking) -> None:
    held = Holds()
    thinking.service.says(call("label_email", emails=["Bo"], label="Finance"), held)
    running = await _while_thinking(thinking, "label Bo's mail", held)
    await thinking.house.say("/stop")
    assert (await _told(running))[0].text.startswith("Stopped. Done before that:\nLabelled “Kiln” Finance.")
    await thinking.answer("and it?", call("read_email", email="it"), "It is about the kiln.")
    assert "Does Thursday suit you?" in thinking.service.results[0]  # the focus of the broken turn is kept


async def test_stop_breaks_off_a_letter_that_is_being_written(thinking: Thinking) -> None:
    held = Holds()
    thinking.service.says(call("draft_reply", email="Bo", message="Yes."), held)
    running = await _while_thinking(thinking, "tell Bo yes", held)
    await thinking.house.say("stop")
    (word,) = await _told(running)
    assert word.text == "Stopped; nothing was changed."
    assert await thinking.house.one("SELECT count(*) FROM approvals") == 0


async def test_a_card_that_was_made_before_a_stop_is_still_shown(thinking: Thinking) -> None:
    held = Holds()
    thinking.service.says(call("draft_reply", email="Bo", message="Yes."), "Yes.", held)
    running = await _while_thinking(thinking, "tell Bo yes", held)
    await thinking.house.say("stop")
    reply, card = await _told(running)
    assert "Here is a draft" in reply.text
    assert isinstance(card, Card)


async def test_stop_elsewhere_stops_before_the_next_thing_is_changed(thinking: Thinking) -> None:
    calls = Calls(
        [("label_email", {"emails": ["Bo"], "label": "Finance"}), ("draft_reply", {"email": "Bo", "message": "Hi"})]
    )
    held = Holds(calls)
    thinking.service.says(held, "As you wish.")
    running = await _while_thinking(thinking, "label it and answer", held)
    async with thinking.house.beside() as other:
        await other.say("stop")
    held.go.set()
    await _told(running)
    assert thinking.service.results == ["Stopped before this was done; nothing was changed."] * 2
    assert (await thinking.house.mail("Kiln")).labels == []


async def test_what_waited_its_turn_when_stop_was_said_is_not_done(thinking: Thinking) -> None:
    held = Holds()
    thinking.service.says(held)
    running = await _while_thinking(thinking, "hello", held)
    queued = asyncio.create_task(
        thinking.house.desk.receive(thinking.house.visitor, Message("label Bo's mail Finance"))
    )
    await _stored(thinking.house, 2)
    await thinking.house.say("stop")
    await asyncio.gather(running, queued)
    assert thinking.house.channel.words[-1].text == "Stopped: I did not go on with that."
    assert len(thinking.service.requests) == 1
    assert await thinking.answer("hello again", "Hello.") == "Hello."


async def test_stop_while_a_turn_is_being_prepared_stops_it(thinking: Thinking) -> None:
    """Looking into the memories takes a moment, in which nothing is being thought yet."""
    await thinking.say("remember", call("remember", fact="The kiln is new."), "I will.")
    async with thinking.house.box.models.meaning._single:  # the embedder is busy
        running = asyncio.create_task(thinking.say("hello"))
        await _stored(thinking.house, 2)
        await thinking.house.say("stop")
    assert (await _told(running))[-1].text == "Stopped; nothing was changed."
    assert len(thinking.service.requests) == 2


async def test_an_old_stop_that_is_delivered_again_stops_nothing(thinking: Thinking) -> None:
    await thinking.house.say("stop", "event-1")
    held = Holds()
    thinking.service.says(held)
    running = await _while_thinking(thinking, "hello", held)
    await thinking.house.say("stop", "event-1")
    held.go.set()
    assert (await _told(running))[0].text == "At last."


async def test_what_is_asked_for_after_a_stop_is_done(thinking: Thinking) -> None:
    await thinking.house.say("stop")
    await thinking.say("label it", call("label_email", emails=["Bo"], label="Finance"), "Done.")
    assert (await thinking.house.mail("Kiln")).labels == ["Finance"]


async def test_a_stop_that_is_raised_lets_no_thought_begin() -> None:
    stop, begun = Stop(), []

    async def thought() -> None:
        begun.append("thinking")

    stop.check()
    await stop.race(thought())
    stop.raise_()
    with pytest.raises(StoppedError):
        stop.check()
    with pytest.raises(StoppedError):
        await stop.race(thought())
    assert begun == ["thinking"]


async def test_stop_with_nothing_to_stop_says_so(house: House) -> None:
    (word,) = await house.say("stop")
    assert word.text.startswith("Nothing is running here.")


async def test_a_stop_does_not_reach_another_conversation(house: House, openai: OpenAI) -> None:
    async with thinking_with(house, openai) as thinking:
        held = Holds()
        openai.says(held)
        running = await _while_thinking(thinking, "hello", held)
        async with house.database.acting_as(house.caller) as tx:
            other = await tx.conversations.open(house.caller.person, "console", "elsewhere")
        stop = Received(house.caller.tenant, house.caller.person, other, "console", "e", {"text": "stop"})
        await thinking.house.assistant.stop(house.caller, stop)
        held.go.set()
        assert (await _told(running))[0].text == "At last."


async def _stored(house: House, events: int) -> None:
    async with asyncio.timeout(30):
        while await house.one("SELECT count(*) FROM events") < events:
            continue
