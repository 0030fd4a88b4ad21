"""OfflineBrain: a LangChain chat model that works without key or network, by grammar and the bundled embedder.

It reads the last thing the person said and the `facts` on the first system message; it never reads mail as commands.
After a tool has run it passes the tool's words on; a request of several steps goes on with the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.base import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, Field

from tools.llm.offline.answers import completed
from tools.llm.offline.decide import Call, Decision, decide
from tools.llm.offline.facts import Facts
from tools.llm.offline.router import Router, open_router
from tools.llm.offline.talk import INTRODUCTION, NAMED

MODEL_NAME = "deskhand-offline"


class OfflineBrain(BaseChatModel):
    """Maps requests to tool calls; only tools that were bound are ever called."""

    bound: frozenset[str] = frozenset()
    router: Router = Field(default_factory=open_router, exclude=True, repr=False)

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @property
    def _llm_type(self) -> str:
        return MODEL_NAME

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The same brain, allowed to call these tools. `tool_choice` is not followed: the words decide."""
        names = frozenset(str(convert_to_openai_tool(tool)["function"]["name"]) for tool in tools)
        return self.model_copy(update={"bound": names})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._answer(messages))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await asyncio.to_thread(self._generate, messages)

    def _answer(self, messages: list[BaseMessage]) -> AIMessage:
        turn = _last_turn(messages)
        if turn is None:
            return AIMessage(INTRODUCTION)
        results = [message for message in messages[turn + 1 :] if isinstance(message, ToolMessage)]
        decision = self._decision(messages, turn)
        if len(results) < len(decision.calls) and not any(result.status == "error" for result in results):
            return _calling(decision.calls[len(results)])
        if results:
            return AIMessage("\n\n".join(text for result in results if (text := str(result.text).strip())))
        return AIMessage(_named(decision.words, messages))

    def _decision(self, messages: list[BaseMessage], turn: int) -> Decision:
        facts = _facts(messages)
        text = str(messages[turn].text)
        decision = decide(text, facts, self.router, self.bound)
        before = _last_turn(messages[:turn])
        if before is None or any(isinstance(message, ToolMessage) for message in messages[before:turn]):
            return decision
        earlier = decide(str(messages[before].text), facts, self.router, self.bound)
        return completed(earlier, text, decision, self.bound) if earlier.candidates else decision


def _last_turn(messages: Sequence[BaseMessage]) -> int | None:
    """Where the person last spoke."""
    return next((at for at in range(len(messages) - 1, -1, -1) if isinstance(messages[at], HumanMessage)), None)


def _facts(messages: Sequence[BaseMessage]) -> Facts:
    for message in messages:
        if isinstance(message, SystemMessage):
            return Facts.of(message.additional_kwargs.get("facts") or {})
    return Facts()


def _calling(call: Call) -> AIMessage:
    identity = f"call_{uuid4().hex[:16]}"
    return AIMessage("", tool_calls=[{"name": call.tool, "args": call.arguments, "id": identity, "type": "tool_call"}])


def _named(words: str, messages: Sequence[BaseMessage]) -> str:
    """Says once, in the first answer of a conversation, who is speaking."""
    if NAMED in words or any(isinstance(message, AIMessage) for message in messages):
        return words
    return f"{words} ({INTRODUCTION})"
