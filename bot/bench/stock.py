"""The baseline of the turn bench: LangGraph's stock agent with its stock Postgres saver."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from pydantic import SecretStr

from agent.prompts import prompt
from bot.bench.endpoint import ANSWER


@tool
async def look_up(words: str) -> str:
    """Looks words up."""
    return ANSWER


class Stock:
    """Talks in one thread of the stock agent."""

    def __init__(self, agent: Any, thread: str) -> None:
        self._agent = agent
        self._config = {"configurable": {"thread_id": thread}}

    async def turn(self, text: str) -> str:
        """One turn, and what was answered."""
        end = await self._agent.ainvoke({"messages": [HumanMessage(text)]}, self._config)
        return str(end["messages"][-1].text)


class Agents:
    """The stock agent, opened once; a thread per length of history."""

    def __init__(self, name: str, agent: Any) -> None:
        self.name = name
        self._agent = agent

    async def thread(self, history: int) -> Stock:
        """A thread that holds so many messages."""
        thread = str(uuid.uuid4())
        kinds = (HumanMessage, AIMessage)
        messages = [kinds[number % 2](ANSWER) for number in range(history)]
        if messages:
            await self._agent.aupdate_state({"configurable": {"thread_id": thread}}, {"messages": messages})
        return Stock(self._agent, thread)


@asynccontextmanager
async def open_stock(database_url: str, endpoint: str) -> AsyncIterator[Agents]:
    """The agent with the same model, tool and standing words as ours, on a `postgresql://` address."""
    model = ChatOpenAI(
        model="bench",
        base_url=endpoint,
        api_key=SecretStr("none"),
        max_retries=1,
        temperature=0,
        use_responses_api=False,
    )
    async with AsyncPostgresSaver.from_conn_string(database_url) as saver:
        await saver.setup()
        yield Agents(*_agent(model, saver))


def _agent(model: ChatOpenAI, saver: AsyncPostgresSaver) -> tuple[str, Any]:
    """LangChain's `create_agent` where it is installed (with the test tools), else the prebuilt one that came before it
    (within 6 % of it, measured)."""
    try:
        from langchain.agents import create_agent
    except ImportError:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from langgraph.prebuilt import create_react_agent

            agent = create_react_agent(model, [look_up], prompt=prompt("system"), checkpointer=saver)
        return "create_react_agent + AsyncPostgresSaver", agent
    agent = create_agent(model, [look_up], system_prompt=prompt("system"), checkpointer=saver)
    return "create_agent + AsyncPostgresSaver", agent
