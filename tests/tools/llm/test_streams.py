"""A streamed answer is the same answer: put together of its pieces, heard as it comes, and told when it breaks off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from storage.values.errors import Unavailable
from tests.fakes.openai import KEY, MODEL, Calls, Fails, Gate, OpenAI, Pours, Says
from tools.llm.endpoint import EndpointChat, open_endpoint
from tools.llm.meter import metered
from tools.llm.model import Endpoint
from tools.llm.streamed import whole

WORDS = "Grüße, 世界! 👩‍🚀 The kiln is on its way; the invoice follows.\n\n- one\n- two"


@pytest.fixture
async def model(openai: OpenAI) -> AsyncIterator[EndpointChat]:
    """A client for the service."""
    model = open_endpoint(Endpoint(openai.base_url, KEY, MODEL))
    yield model
    await model.aclose()


async def said(model: EndpointChat, heard: list[str]) -> AIMessage:
    return await model.ainvoke([HumanMessage("Hello")], hear=heard.append)


async def test_words_are_heard_in_pieces_and_are_the_answer(openai: OpenAI, model: EndpointChat) -> None:
    openai.says(WORDS)
    heard: list[str] = []
    answer = await said(model, heard)
    assert len(heard) > 5
    assert "".join(heard) == answer.text == WORDS


async def test_a_streamed_answer_is_the_one_that_would_have_come_whole(openai: OpenAI, model: EndpointChat) -> None:
    line = Calls([("look_up", {"words": "lämp"}), ("look_up", {})], "I look.")
    openai.says(line, line)
    streamed, plain = await said(model, []), await model.ainvoke([HumanMessage("Hello")])
    for one in (streamed, plain):
        assert [call["args"] for call in one.tool_calls] == [{"words": "lämp"}, {}]
    assert (streamed.text, streamed.usage_metadata) == (plain.text, plain.usage_metadata)


async def test_a_stream_that_breaks_off_is_no_answer(openai: OpenAI, model: EndpointChat) -> None:
    openai.says(Pours(["The first half, ", None]), Pours(["again, ", None]))
    with pytest.raises(Unavailable):
        await said(model, [])


async def test_a_server_that_knows_no_streams_answers_whole(openai: OpenAI, model: EndpointChat) -> None:
    openai.streams = False
    openai.says("Good morning.", "Good evening.")
    heard: list[str] = []
    assert [(await said(model, heard)).text for _ in range(2)] == ["Good morning.", "Good evening."]
    assert heard == []
    assert [one.get("stream", False) for one in openai.requests] == [True, False, False]


async def test_a_server_that_answers_whole_all_the_same_is_understood(openai: OpenAI, model: EndpointChat) -> None:
    openai.whole = True
    openai.says("Good morning.")
    heard: list[str] = []
    assert (await said(model, heard)).text == "Good morning."
    assert heard == []


async def test_trouble_before_the_first_word_is_told_in_words(openai: OpenAI, model: EndpointChat) -> None:
    openai.says(Fails(500), Fails(500))
    with pytest.raises(Unavailable, match="busy or in trouble"):
        await said(model, [])


async def test_who_breaks_off_leaves_the_line(openai: OpenAI, model: EndpointChat) -> None:
    gate = Gate()
    openai.says(Pours(["One sentence. ", gate, "Another."]))
    with metered("chat") as meter:
        task = asyncio.create_task(said(model, []))
        await gate.reached.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    gate.go.set()
    (call,) = meter.calls
    assert (call.tokens, call.cost) == (None, None)


async def test_what_a_call_took_is_noted(openai: OpenAI, model: EndpointChat) -> None:
    openai.usage = {
        "prompt_tokens": 1_200,
        "completion_tokens": 30,
        "total_tokens": 1_230,
        "prompt_tokens_details": {"cached_tokens": 1_024},
    }
    openai.says("One.", "Two.")
    with metered("chat") as meter:
        await said(model, [])
        await model.ainvoke([HumanMessage("Hello")])
    rows = [(one.row()["tokens_in"], one.row()["tokens_cached"], one.row()["tokens_out"]) for one in meter.calls]
    assert rows == [(1_200, 1_024, 30)] * 2


async def pieces(chunks: list[Any]) -> AsyncIterator[object]:
    for one in chunks:
        yield json.loads(json.dumps(one))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.data())
async def test_however_the_words_are_cut_they_are_the_words(text: str, data: st.DataObject) -> None:
    raw = text.encode("utf-16-le")
    units = [raw[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(raw), 2)]
    chunks: list[Any] = []
    while units:
        cut = data.draw(st.integers(1, len(units)))
        chunks.append({"choices": [{"index": 0, "delta": {"content": "".join(units[:cut])}}]})
        units = units[cut:]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    heard: list[str] = []
    answer = await whole(pieces(chunks), heard.append)
    assert "".join(heard) == (answer["choices"][0]["message"]["content"] or "") == text
    for one in heard:
        one.encode()


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "delta", "index", "tool_calls", "content", "function", "name", "usage"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSONS, max_size=4))
async def test_whatever_a_server_streams_is_an_answer_or_no_answer(chunks: list[Any]) -> None:
    try:
        answer = await whole(pieces(chunks), lambda words: None)
    except ValueError:
        return
    assert answer["choices"][0]["message"]["role"] == "assistant"


def test_a_line_says_all_that_it_pours() -> None:
    assert Pours(["a", Gate(), "b"]).text == Says("ab").text
