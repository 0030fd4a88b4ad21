"""A model behind an endpoint: the short way to the wire gives what LangChain's own way gives, and hides nothing from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import LLMResult

from tests.fakes.openai import KEY, MODEL, OpenAI, call
from tools.llm.endpoint import open_endpoint
from tools.llm.model import Endpoint


class Listener(AsyncCallbackHandler):
    """Somebody who listens."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        self.heard.append(response.generations[0][0].text)


async def said(openai: OpenAI, *callbacks: AsyncCallbackHandler) -> AIMessage:
    model = open_endpoint(Endpoint(openai.base_url, KEY, MODEL))
    try:
        return await model.ainvoke([HumanMessage("Hello")], {"callbacks": list(callbacks)} if callbacks else None)
    finally:
        await model.aclose()


async def test_whoever_listens_hears_the_answer(openai: OpenAI) -> None:
    openai.says("Good morning.")
    listener = Listener()
    assert (await said(openai, listener)).text == "Good morning."
    assert listener.heard == ["Good morning."]


async def test_both_ways_give_the_same_answer(openai: OpenAI) -> None:
    openai.says(call("look_up", words="lamp"), call("look_up", words="lamp"))
    short, long = await said(openai), await said(openai, Listener())
    assert [one["args"] for one in short.tool_calls] == [{"words": "lamp"}]
    assert short.tool_calls[0]["args"] == long.tool_calls[0]["args"]
    assert short.usage_metadata == long.usage_metadata
    assert openai.requests[0] == openai.requests[1]
