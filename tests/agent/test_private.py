"""Nothing is traced: an environment that asks LangChain to send its runs somewhere is not listened to."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from langchain_core.tracers import context
from langsmith import utils

from tests.fakes.openai import Thinking, call
from tests.fakes.program import shown_card


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A tracing service that the environment names, and that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("LANGSMITH_API_KEY", "key")
        utils.get_env_var.cache_clear()
        yield server
    utils.get_env_var.cache_clear()


async def test_a_turn_and_a_draft_are_traced_nowhere(
    tracer: socket.socket, thinking: Thinking, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[bool] = []
    enabled = context._tracing_v2_is_enabled

    def watched() -> bool:
        answers.append(bool(enabled()))
        return answers[-1]

    assert enabled(), "the environment asks for it"
    monkeypatch.setattr(context, "_tracing_v2_is_enabled", watched)
    words = await thinking.say("answer Bo", call("draft_reply", email="Bo", message="Yes."), "A draft.")
    await thinking.house.press(shown_card(words), "Edit", {"body": "No."})
    assert answers
    assert not any(answers)
    with pytest.raises(BlockingIOError):
        tracer.accept()
