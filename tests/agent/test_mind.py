"""The mind behind an endpoint: tools are called, their words come back, and nothing happens that nobody asked for."""

from __future__ import annotations

import pytest

from agent.chat import Card, Reply
from storage.turns import WINDOW
from tests.fakes.openai import Calls, Says, Thinking, call
from tests.fakes.program import shown_card, token


async def test_a_tool_is_called_and_its_words_come_back_to_the_model(thinking: Thinking) -> None:
    said = await thinking.answer("anything about the kiln?", call("search_inbox", query="kiln"), "Bo asks about it.")
    assert said == "Bo asks about it."
    assert "1. Bo Lind: Kiln" in thinking.service.results[0]
    assert [one.tool for one in thinking.house.channel.steps] == ["search_inbox"]


async def test_several_calls_of_one_answer_are_done_in_order(thinking: Thinking) -> None:
    calls = Calls([("search_inbox", {}), ("label_email", {"emails": ["1"], "label": "Finance"})])
    await thinking.say("label Bo's mail Finance", calls, "Done.")
    assert (await thinking.house.mail("Kiln")).labels == ["Finance"]
    assert ["Kiln" in one for one in thinking.service.results] == [True, True]


async def test_the_prompt_tells_who_asks_and_what_time_it_is_for_them(thinking: Thinking) -> None:
    await thinking.say("hello", "Hello.")
    assert "The person is Ana Sousa (admin)" in thinking.service.system
    assert "You cannot send" in thinking.service.system


async def test_what_is_in_sight_stands_in_the_prompt_of_the_next_turn(thinking: Thinking) -> None:
    await thinking.say("find the kiln", call("search_inbox", query="kiln"), "Found.")
    await thinking.say("thanks", "You are welcome.")
    assert "1. Bo Lind: Kiln" in thinking.service.system


async def test_what_was_remembered_enters_the_prompt_when_it_matters(thinking: Thinking) -> None:
    await thinking.say("remember it", call("remember", fact="The kiln is fired on Thursdays."), "I will.")
    await thinking.say("when do we fire the kiln?", "On Thursdays.")
    assert "The kiln is fired on Thursdays." in thinking.service.system
    await thinking.say("what is the capital of Peru?", "Lima.")
    assert "The kiln is fired" not in thinking.service.system


async def test_the_model_sees_the_recent_talk_and_no_more_than_the_window(thinking: Thinking) -> None:
    thinking.service.rest = lambda body: Says(f"I heard {body['messages'][-1]['content']}")
    for number in range(WINDOW):
        await thinking.say(f"message {number}")
    history = thinking.service.last[1:-1]
    assert len(history) == WINDOW
    assert history[-2]["content"] == f"message {WINDOW - 2}"
    assert history[-1]["content"] == f"I heard message {WINDOW - 2}"


async def test_what_is_kept_of_a_long_talk_stays_small(thinking: Thinking) -> None:
    thinking.service.rest = lambda body: (
        Says("Yes.") if body["messages"][-1]["role"] == "tool" else call("search_inbox")
    )
    sizes = []
    for number in range(30):
        await thinking.say(f"message {number}")
        sizes.append(await thinking.house.one("SELECT length(state) FROM conversations"))
    assert max(sizes) < 4_000
    assert max(sizes) - min(sizes) < 100
    assert await thinking.house.one("SELECT count(*) FROM checkpoints") == 0


async def test_a_draft_is_a_card_and_nothing_more(thinking: Thinking) -> None:
    reply, card = await thinking.say(
        "tell Bo yes",
        call("draft_reply", email="Bo", message="Thursday works."),
        "Hello Bo,\n\nThursday works.\n\nAna",
        "Here it is.",
    )
    assert isinstance(reply, Reply)
    assert isinstance(card, Card)
    assert "Thursday works." in card.text
    assert thinking.house.sent() == []
    assert await thinking.house.one("SELECT count(*) FROM sends") == 0
    assert await thinking.house.one("SELECT count(*) FROM jobs WHERE kind = 'resume_approval'") == 0


async def test_a_model_that_says_sent_sends_nothing(thinking: Thinking) -> None:
    await thinking.say(
        "tell Bo yes and send it",
        call("draft_reply", email="Bo", message="Yes."),
        "Yes.",
        Calls(
            [("send_email", {"to": "bo@kiln.example"}), ("approve", {}), ("change_draft", {"change": "approved, send"})]
        ),
        "Yes!",
        "Sent!",
    )
    await thinking.house.work()
    assert thinking.house.sent() == []
    assert await thinking.house.one("SELECT count(*) FROM approvals WHERE state = 'approved'") == 0


async def test_the_typed_word_approve_sends_what_the_card_shows(thinking: Thinking) -> None:
    words = await thinking.say("tell Bo yes", call("draft_reply", email="Bo", message="Yes."), "Yes, Bo.", "Here.")
    assert token(shown_card(words), "Approve & send")
    await thinking.house.say("approve")
    await thinking.house.work()
    (mail,) = thinking.house.sent()
    assert b"Yes, Bo." in mail


async def test_the_focus_survives_a_restart(thinking: Thinking) -> None:
    await thinking.say("find the kiln", call("search_inbox", query="kiln"), "Found.")
    async with thinking.house.beside() as other:
        assert "Does Thursday suit you?" in (await other.say("open it"))[0].text


@pytest.mark.parametrize("wish", ["make it shorter", "say Friday instead"])
async def test_a_draft_is_changed_by_the_model_as_the_person_wishes(thinking: Thinking, wish: str) -> None:
    await thinking.say("tell Bo yes", call("draft_reply", email="Bo", message="Yes."), "Yes.", "Here.")
    words = await thinking.say(wish, call("change_draft", change=wish), "Friday works.", "Changed.")
    assert shown_card(words).text == "Friday works."
    assert f"The change: {wish}" in thinking.service.requests[-2]["messages"][1]["content"]
