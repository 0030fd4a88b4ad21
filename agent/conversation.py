"""Graph one: think <-> act. It never waits for a person; what needs a person's word becomes an approval of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable
from langgraph.channels import UntrackedValue
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent import focus as plain_focus
from agent.chat import Card, Progress
from agent.checkpoints import TurnSaver
from agent.recall import facts
from agent.stops import Stop, StoppedError
from agent.toolset import Toolset
from storage.values.errors import Refused
from tools.tool import Ask, Change, Focus, Proposal, Result
from tools.toolbox import Toolbox

STEPS = 8
"""How often the model may think in one turn, and so how long it may chase its own tail."""

CALLS = 12
"""How many tools may be called in one turn."""


@dataclass
class Turn:
    """What one turn works with; handed to the graph as its context and never stored."""

    box: Toolbox
    toolset: Toolset
    model: Runnable[Any, AIMessage]
    ask: Ask
    system: SystemMessage
    surroundings: dict[str, list[str]] | None
    """What the offline brain reads sentences with; a language model needs none of it, and nobody reads it for one."""
    history: Sequence[AnyMessage]
    show: Callable[[Progress], Awaitable[None]]
    propose: Callable[[Ask, Proposal | Change], Awaitable[tuple[Result, Card]]]
    stop: Stop
    cards: list[Card] = field(default_factory=list)
    calls: int = 0
    thoughts: int = 0
    done: list[str] = field(default_factory=list)
    """What tools with effects said, for the report after a stop."""


class State(TypedDict, total=False):
    """What flows through the graph. Only the focus outlives the turn; messages are rows of their own."""

    messages: Annotated[list[AnyMessage], UntrackedValue]
    focus: dict[str, Any]


def build(saver: TurnSaver) -> CompiledStateGraph[State, Turn, State, State]:
    """The compiled graph, one for the whole process."""
    graph = StateGraph(State, context_schema=Turn)
    graph.add_node("think", _think)
    graph.add_node("act", _act)
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", _next)
    graph.add_edge("act", "think")
    return graph.compile(checkpointer=saver)


async def _think(state: State, runtime: Runtime[Turn]) -> State:
    turn = runtime.context
    turn.thoughts += 1
    messages = state["messages"]
    if turn.thoughts > STEPS or turn.calls > CALLS:
        return {
            "messages": [*messages, AIMessage("I stopped here: that took too many steps. Please ask for less at once.")]
        }
    focus = plain_focus.from_json(state.get("focus"))
    system = turn.system
    if turn.surroundings is not None:
        known = facts(turn.ask.caller, focus, turn.surroundings)
        system = system.model_copy(update={"additional_kwargs": {"facts": known}})
    answer = await turn.stop.race(turn.model.ainvoke([system, *turn.history, *messages]))
    return {"messages": [*messages, answer]}


async def _act(state: State, runtime: Runtime[Turn]) -> State:
    turn, messages = runtime.context, state["messages"]
    answer = messages[-1]
    assert isinstance(answer, AIMessage)
    focus = plain_focus.from_json(state.get("focus"))
    results: list[AnyMessage] = []
    for call in answer.tool_calls:
        turn.calls += 1
        if turn.calls > CALLS:
            words = "Not done: too many calls in one turn."
        else:
            words, focus = await _call(turn, call["name"], call["args"], focus)
        results.append(ToolMessage(words, tool_call_id=call["id"] or str(turn.calls)))
    return {"messages": [*messages, *results], "focus": plain_focus.to_json(focus)}


async def _call(turn: Turn, name: str, arguments: dict[str, Any], focus: Focus) -> tuple[str, Focus]:
    turn.stop.check()
    await turn.show(Progress(name, arguments))
    ask = replace(turn.ask, focus=focus, call=turn.calls)
    result = await turn.toolset.call(turn.box, ask, name, arguments)
    if isinstance(result, Proposal | Change):
        result = await _proposed(turn, ask, result)
    if name in turn.toolset.offered and turn.toolset.offered[name].tool.changes:
        turn.done.append(result.text)
    words = result.text if turn.box.models.offline or not result.outside else _quoted(result.text)
    return words, result.focus or focus


async def _proposed(turn: Turn, ask: Ask, proposal: Proposal | Change) -> Result:
    try:
        result, card = await turn.propose(ask, proposal)
    except Refused as refusal:
        return Result(str(refusal))
    turn.cards.append(card)
    return result


def _quoted(text: str) -> str:
    return f"<mail>\n{text.replace('</mail', '< /mail')}\n</mail>"


async def _next(state: State, runtime: Runtime[Turn]) -> Literal["act", "__end__"]:
    """Async, or LangGraph would ask it in a thread."""
    answer = state["messages"][-1]
    return "act" if isinstance(answer, AIMessage) and answer.tool_calls else "__end__"


async def run(graph: CompiledStateGraph[State, Turn, State, State], turn: Turn, said: str, seconds: float) -> str:
    """Runs one turn and gives the answer's words. After a stop it tells what was done before."""
    thread = str(turn.ask.conversation)
    start: State = {"messages": [HumanMessage(said)], "focus": plain_focus.to_json(turn.ask.focus)}
    try:
        async with asyncio.timeout(seconds):
            end = await graph.ainvoke(
                start,
                {"configurable": {"thread_id": thread}, "recursion_limit": 4 * STEPS},
                context=turn,
                durability="exit",
            )
    except StoppedError:
        before = "\n".join(turn.done)
        return f"Stopped. Done before that:\n{before}" if before else "Stopped; nothing was changed."
    except TimeoutError:
        before = "\n".join(turn.done)
        return "That took too long, so I stopped." + (
            f" Done before that:\n{before}" if before else " Nothing was changed."
        )
    return str(end["messages"][-1].text).strip() or "I have nothing to say to that; please put it in other words."
