"""When the model behaves badly or is not there: one clear answer, nothing done behind the person's back, and the talk goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from agent import conversation
from tests.fakes.openai import (
    KEY,
    MODEL,
    Calls,
    Cuts,
    Fails,
    Holds,
    Line,
    OpenAI,
    Says,
    Thinking,
    Writes,
    call,
    thinking_with,
)
from tests.fakes.program import House
from tools.llm.model import Endpoint

GARBAGE = {
    "no JSON": b"<html>502 Bad Gateway</html>",
    "half of it": b'{"choices": [{"message"',
    "no choices": b'{"choices": []}',
    "null choices": b'{"choices": null}',
    "a list": b"[]",
    "a number": b"7",
    "nothing": b"",
    "no message": b'{"choices": [{"index": 0}]}',
    "null message": b'{"choices": [{"index": 0, "message": null}]}',
    "a message of words": b'{"choices": [{"index": 0, "message": "hello", "finish_reason": "stop"}]}',
    "a choice of words": b'{"choices": ["hello"]}',
    "choices by name": b'{"choices": {"0": {"message": {"role": "assistant", "content": "x"}}}}',
    "content by number": b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": 5}}]}',
    "calls of nothing": b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": null, "tool_calls": [{}]}}]}',
    "calls by number": b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": null, "tool_calls": 3}}]}',
    "an error in words": b'{"error": {"message": "overloaded"}}',
    "strange bytes": b"\xff\xfe\x00",
    "a deep hole": b"[" * 100_000,
}


async def nothing_done(house: House) -> bool:
    tables = (
        "receipts",
        "approvals",
        "sends",
        "memories",
        "follow_ups",
        "jobs WHERE kind NOT IN ('triage_mail', 'embed_mail')",
    )
    return not any([await house.one(f"SELECT count(*) FROM {table}") for table in tables])  # noqa: S608


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([Fails(429), Fails(429)], "busy or in trouble"),
        ([Fails(500), Fails(503)], "busy or in trouble"),
        ([Cuts(), Cuts()], "did not answer in time"),
        ([Fails(401)], "check OPENAI_API_KEY"),
        ([Fails(403)], "check OPENAI_API_KEY"),
        ([Fails(404)], "check OPENAI_BASE_URL and OPENAI_MODEL"),
        ([Fails(400)], "say it differently"),
        ([Fails(413)], "busy or in trouble"),
    ],
)
async def test_an_error_of_the_service_is_one_sentence_and_the_next_message_works(
    thinking: Thinking, lines: list[Line], sentence: str
) -> None:
    said = await thinking.answer("hello", *lines)
    assert sentence in said
    assert said.count(".") == 1
    assert await nothing_done(thinking.house)
    assert await thinking.answer("hello again", "Hello.") == "Hello."


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE.keys())
async def test_an_unreadable_answer_is_one_sentence_and_the_next_message_works(thinking: Thinking, body: bytes) -> None:
    said = await thinking.answer("hello", Writes(body))
    assert "please" in said
    assert "reference" not in said
    assert await nothing_done(thinking.house)
    assert await thinking.answer("hello again", "Hello.") == "Hello."


async def test_a_single_hiccup_is_not_worth_a_word(thinking: Thinking) -> None:
    assert await thinking.answer("hello", Fails(503), "Hello.") == "Hello."


async def test_a_service_that_is_silent_is_given_up(house: House, openai: OpenAI) -> None:
    async with thinking_with(house, openai, Endpoint(openai.base_url, KEY, MODEL, timeout=0.05)) as thinking:
        assert "did not answer in time" in await thinking.answer("hello", Holds(), Holds())
        assert await nothing_done(house)
        assert "did not answer in time" in await thinking.answer("label 1 Finance", Holds(), Holds())


async def test_a_turn_has_its_time(thinking: Thinking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.assistant.PATIENCE", 0.2)
    assert await thinking.answer("hello", Holds()) == "That took too long, so I stopped. Nothing was changed."
    assert await thinking.answer("hello again", "Hello.") == "Hello."


async def test_trouble_after_a_deed_tells_of_the_deed(thinking: Thinking) -> None:
    label = call("label_email", emails=["Bo"], label="Finance")
    said = await thinking.answer("label Bo's mail Finance", label, Fails(500), Fails(500))
    assert "busy or in trouble" in said
    assert "Done before that:\nLabelled “Kiln” Finance." in said


async def test_trouble_after_a_draft_still_shows_the_card(thinking: Thinking) -> None:
    draft = call("draft_reply", email="Bo", message="Yes.")
    reply, card = await thinking.say("tell Bo yes", draft, "Yes, Bo.", Fails(500), Fails(500))
    assert "Here is a draft to bo@kiln.example" in reply.text
    assert card.text == "Yes, Bo."


async def test_a_tool_that_does_not_exist_is_words_for_the_model(thinking: Thinking) -> None:
    await thinking.say("send it", call("send_email", to="bo@kiln.example"), "I cannot send.")
    assert thinking.service.results == ["There is no tool called send_email."]


WRONG: dict[str, tuple[str, Mapping[str, Any] | str]] = {
    "missing": ("label_email", {"emails": ["1"]}),
    "one for many": ("label_email", {"emails": 1, "label": "Finance"}),
    "invented": ("label_email", {"emails": ["1"], "label": "Finance", "also_send": True}),
    "too long": ("remember", {"fact": "x" * 30_000}),
    "no object": ("label_email", "[1, 2]"),
    "no JSON": ("label_email", '{"emails": ["1"], "label": '),
    "nothing": ("label_email", ""),
    "a deep hole": ("label_email", "[" * 100_000),
    "a number": ("label_email", "12"),
    "not a number": ("search_inbox", '{"unread": NaN}'),
    "ours": ("label_email", {"ask": "x", "box": "y", "emails": ["1"], "label": "Finance"}),
}


@pytest.mark.parametrize(("name", "arguments"), WRONG.values(), ids=WRONG.keys())
async def test_wrong_arguments_are_words_that_the_model_can_mend(
    thinking: Thinking, name: str, arguments: Mapping[str, Any] | str
) -> None:
    mended = call("label_email", emails=["Bo"], label="Finance")
    await thinking.say("label Bo's mail Finance", Calls([(name, arguments)]), mended, "Done.")
    wrong, right = thinking.service.results
    assert name in wrong
    assert "Labelled" in right
    assert (await thinking.house.mail("Kiln")).labels == ["Finance"]
    assert await thinking.house.one("SELECT count(*) FROM receipts") == 1


async def test_arguments_that_no_database_can_hold_are_made_whole(thinking: Thinking) -> None:
    calls = Calls([("search_inbox", {"query": "ki\x00ln"}), ("remember", {"fact": "half \ud800 of \x00 it"})])
    await thinking.say("do it", calls, "Done.")
    assert "Bo Lind: Kiln" in thinking.service.results[0]
    assert await thinking.house.one("SELECT fact FROM memories") == "half ? of it"


async def test_a_wrong_call_does_not_keep_its_neighbours_from_being_done(thinking: Thinking) -> None:
    calls = Calls([("label_email", "{"), ("label_email", {"emails": ["Bo"], "label": "Finance"}), ("fly", {})])
    await thinking.say("label", calls, "Done.")
    assert sorted(one[:12] for one in thinking.service.results) == sorted(
        ["label_email ", "<mail>\nLabel", "There is no "]
    )


async def test_two_hundred_calls_at_once_end_with_a_sentence(thinking: Thinking) -> None:
    calls = Calls([("remember", {"fact": f"Fact number {number}."}) for number in range(200)])
    said = await thinking.answer("remember everything", calls, "never asked")
    assert said.startswith("I stopped here: that took too many steps.")
    assert "I will remember: Fact number 0." in said
    assert await thinking.house.one("SELECT count(*) FROM memories") == conversation.CALLS
    assert len(thinking.service.requests) == 1


async def test_a_model_that_never_ends_is_ended(thinking: Thinking) -> None:
    thinking.service.rest = lambda body: call("search_inbox", query=f"again {len(body['messages'])}")
    said = await thinking.answer("search")
    assert said.startswith("I stopped here")
    assert len(thinking.service.requests) == conversation.STEPS
    thinking.service.rest = None
    assert await thinking.answer("hello", "Hello.") == "Hello."


@pytest.mark.parametrize("text", ["", "   \n", "\u200b"])
async def test_a_model_that_says_nothing_is_asked_again_by_the_person(thinking: Thinking, text: str) -> None:
    assert await thinking.answer("hello", Says(text)) != ""


async def test_what_a_model_says_is_shown_as_plain_words(thinking: Thinking) -> None:
    said = await thinking.answer("hello", "one\x00 \x1b[31mred \u202edesrever \ud83d\ude00 \udc00")
    assert said == "one ·[31mred ·desrever 😀 ?"
    assert await thinking.answer("hello again", "Hello.") == "Hello."


async def test_a_turn_taken_up_again_finds_what_it_did_though_the_model_does_it_in_another_order(
    thinking: Thinking,
) -> None:
    label = call("label_email", emails=["Bo"], label="Finance")
    await thinking.say("label and remember", label, call("remember", fact="The kiln is new."), "Done.", external="e1")
    await thinking.house.breaks_off(text="label and remember")
    thinking.service.says(call("search_inbox"), call("remember", fact="The kiln is new."), label, "Done.")
    await thinking.house.desk.take_up(thinking.house.channel)
    assert await thinking.house.one("SELECT count(*) FROM memories") == 1
    assert await thinking.house.one("SELECT count(*) FROM receipts") == 2
