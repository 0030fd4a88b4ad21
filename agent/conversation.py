"""Graph one: think <-> act. It never waits for a person; what needs a person's word becomes an approval of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
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
from agent.private import untraced
from agent.quoting import quoted
from agent.recall import facts
from agent.saying import Show, clean, telling
from agent.stops import Stop, StoppedError
from agent.toolset import Toolset
from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable
from tools.inbox.show import plain
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
    show: Show
    propose: Callable[[Ask, Proposal | Change], Coroutine[Any, Any, tuple[Result, Card]]]
    stop: Stop
    cards: list[Card] = field(default_factory=list)
    calls: int = 0
    thoughts: int = 0
    done: list[str] = field(default_factory=list)
    """What tools with effects said, for the report of a turn that is broken off."""
    asked: Counter[str] = field(default_factory=Counter)
    """How often each call was made, to tell a second one from the first."""


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
        words = "I stopped here: that took too many steps. Please ask for less at once."
        return {"messages": [*messages, AIMessage(_ended(turn, words))]}
    focus = plain_focus.from_json(state.get("focus"))
    system = turn.system
    if turn.surroundings is not None:
        known = facts(turn.ask.caller, focus, turn.surroundings)
        system = system.model_copy(update={"additional_kwargs": {"facts": known}})
    async with telling(turn.show) as hear:
        heard: dict[str, Any] = {"hear": hear} if hear and not turn.box.models.offline else {}
        answer = await turn.stop.race(turn.model.ainvoke([system, *turn.history, *messages], **heard))
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
    for broken in answer.invalid_tool_calls:
        turn.calls += 1
        words = f"{broken['name']} was not called: its arguments are no JSON object. Call it again with a valid one."
        results.append(ToolMessage(words, tool_call_id=broken["id"] or str(turn.calls)))
    return {"messages": [*messages, *results], "focus": plain_focus.to_json(focus)}


async def _call(turn: Turn, name: str, arguments: dict[str, Any], focus: Focus) -> tuple[str, Focus]:
    turn.stop.check()
    await turn.show(Progress(name, arguments))
    ask = replace(turn.ask, focus=focus, call=_name_of(turn, name, arguments))
    offered = turn.toolset.offered.get(name)
    changes = offered is not None and offered.tool.changes
    calling = turn.toolset.call(turn.box, ask, name, arguments)
    result = await (calling if changes else turn.stop.race(calling))
    if isinstance(result, Proposal | Change):
        result = await _proposed(turn, ask, result)
    if changes and not result.nothing:
        turn.done.append(result.text)
    words = result.text if turn.box.models.offline or not result.outside else quoted(result.text)
    return words, result.focus or focus


def _name_of(turn: Turn, name: str, arguments: dict[str, Any]) -> str:
    """What a call is called. In a turn that is taken up again after a crash the same call has the same name, whatever else
    the model does otherwise this time, so that it finds what it did already."""
    digest = hashlib.sha256(json.dumps([name, arguments], sort_keys=True, default=str).encode()).hexdigest()[:16]
    turn.asked[digest] += 1
    return f"{digest}.{turn.asked[digest]}"


async def _proposed(turn: Turn, ask: Ask, proposal: Proposal | Change) -> Result:
    """The draft as a card. Writing it takes a thought, which a stop breaks off."""
    try:
        result, card = await turn.stop.race(turn.propose(ask, proposal))
    except (Refused, Unavailable, NeedsPerson) as trouble:
        return Result(str(trouble), nothing=True)
    turn.cards.append(card)
    return result


async def _next(state: State, runtime: Runtime[Turn]) -> Literal["act", "__end__"]:
    """Async, or LangGraph would ask it in a thread."""
    answer = state["messages"][-1]
    calls = isinstance(answer, AIMessage) and (answer.tool_calls or answer.invalid_tool_calls)
    return "act" if calls else "__end__"


async def run(graph: CompiledStateGraph[State, Turn, State, State], turn: Turn, said: str, seconds: float) -> str:
    """Runs one turn and gives the answer's words. When it is broken off, by a stop or by trouble, they tell what was done
    before."""
    thread = str(turn.ask.conversation)
    start: State = {"messages": [HumanMessage(said)], "focus": plain_focus.to_json(turn.ask.focus)}
    try:
        with untraced():
            async with asyncio.timeout(seconds):
                end = await graph.ainvoke(
                    start,
                    {"configurable": {"thread_id": thread}, "recursion_limit": 4 * STEPS},
                    context=turn,
                    durability="exit",
                )
    except StoppedError:
        return plain(_ended(turn, "Stopped.")) if turn.done else "Stopped; nothing was changed."
    except TimeoutError:
        return plain(_ended(turn, "That took too long, so I stopped."))
    except Trouble as trouble:
        return plain(_ended(turn, str(trouble)) if turn.done else str(trouble))
    said = clean(str(end["messages"][-1].text))
    return said or "I have nothing to say to that; please put it in other words."


def _ended(turn: Turn, words: str) -> str:
    before = "\n".join(turn.done)
    return f"{words} Done before that:\n{before}" if before else f"{words} Nothing was changed."
