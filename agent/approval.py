"""Graph two: draft -> ask -> do. One action that waits for a person's word; the interrupt is here, and only here.

Every approval case is a thread of its own, so that a new message never buries a waiting answer. A run happens within one
transaction of the checkpoints: when a step fails, the thread is where it was, waiting, and the step can be asked for again.
Doing is guarded by the row and not by the graph, since two that resume one thread at once both run (measured).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypedDict
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt
from sqlalchemy.engine import Row

from agent import cards, writing
from agent.chat import Update
from agent.checkpoints import approval_saver
from agent.manners import as_learned
from agent.private import untraced
from agent.telling import tell
from storage.tables.approvals import State as Settled
from storage.tables.sends import SendState
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import ApprovalId, ConversationId, new_id
from tools.inbox import reply, send
from tools.mail.email import Email
from tools.style.style import Style
from tools.style.use import style_for
from tools.toolbox import Toolbox

VALID = timedelta(days=7)
"""How long a draft may be approved. Older than a week, the thread has moved on."""

Decision = Literal["approve", "change"]


@dataclass(frozen=True)
class Case:
    """For whom a run works; handed to the graph and never stored."""

    box: Toolbox
    caller: Caller
    conversation: ConversationId


class State(TypedDict, total=False):
    """Ids and the person's wish; the content lies in the approval's row."""

    account: str
    email: str
    wish: str
    body: str
    request: str
    case: str
    approval: str
    afresh: bool
    decision: Decision
    outcome: list[str]


async def open_case(case: Case, *, account: UUID, email: UUID, wish: str, request: str, body: str = "") -> ApprovalId:
    """Drafts the answer, with this text if there is one, and stops at the question. The same request finds the case that it
    opened before. A wish takes the place of a draft of the person's that waits for the same mail, since they answer a mail
    once; a text that was prepared without them never does."""
    async with case.box.database.acting_as(case.caller) as tx:
        known = await tx.approvals.by_request(request)
        waiting = None if body else await tx.approvals.waiting_for(case.caller.person, email)
    if known is not None:
        return ApprovalId(known.id)
    if waiting is not None:
        return await _advance(case, waiting.case, _changed(waiting, wish, "", request) | {"afresh": True})
    thread = new_id()
    start: State = {
        "account": str(account),
        "email": str(email),
        "wish": wish,
        "body": body,
        "request": request,
        "case": str(thread),
        "approval": "",
    }
    return await _advance(case, thread, start)


async def change(case: Case, approval: UUID, *, wish: str = "", body: str = "", request: str) -> ApprovalId:
    """The person wants it otherwise: in their words, or with a body that they wrote. Asks again about the new text."""
    async with case.box.database.acting_as(case.caller) as tx:
        row = await tx.approvals.get(approval)
        known = await tx.approvals.by_request(request)
    if known is not None:
        return ApprovalId(known.id)
    if row.state != Settled.PENDING:
        raise Refused(f"That draft is {row.state} already, so it cannot be changed. Ask me for a new one.")
    return await _advance(case, row.case, _changed(row, wish, body, request))


def history(row: Row[Any]) -> Update:
    """The card of a draft that another one replaced."""
    return Update(cards.settled(row, "Replaced by a newer draft", row.action["body"]))


async def carry_out(case: Case, approval: UUID) -> send.Outcome:
    """Goes on after the approval: does what was approved, once. Unavailable: try again later."""
    async with case.box.database.acting_as(case.caller) as tx:
        row = await tx.approvals.get(approval)
    async with _graph(case, row.case) as (graph, config):
        state = await graph.aget_state(config)
        if not state.interrupts:  # it went on before; the row knows how far
            return await send.deliver(case.box, case.caller.tenant, approval)
        end = await graph.ainvoke(
            Command(resume={"decision": "approve", "approval": str(approval)}), config, context=case, durability="exit"
        )
        return send.Outcome(SendState(end["outcome"][0]), end["outcome"][1])


async def close_case(case: Case, thread: UUID) -> None:
    """The case is decided: its checkpoints have served."""
    async with approval_saver(case.box.database, case.caller.tenant) as saver:
        await saver.adelete_thread(str(thread))


def _changed(row: Row[Any], wish: str, body: str, request: str) -> State:
    return {
        "decision": "change",
        "approval": str(row.id),
        "account": str(row.account),
        "email": str(row.email),
        "case": str(row.case),
        "wish": wish,
        "body": body,
        "request": request,
    }


async def _advance(case: Case, thread: UUID, step: State) -> ApprovalId:
    """Goes on from the question with an answer; from the beginning where no question is kept, as after a crash that came
    between the draft's row and its checkpoint."""
    async with _graph(case, thread) as (graph, config):
        waits = (await graph.aget_state(config)).interrupts
        end = await graph.ainvoke(Command(resume=step) if waits else step, config, context=case, durability="exit")
    return ApprovalId(UUID(end["approval"]))


@asynccontextmanager
async def _graph(
    case: Case, thread: UUID
) -> AsyncIterator[tuple[CompiledStateGraph[State, Case, State, State], RunnableConfig]]:
    async with approval_saver(case.box.database, case.caller.tenant) as saver:
        with untraced():
            yield _BUILDER.compile(checkpointer=saver), {"configurable": {"thread_id": str(thread)}}


async def _draft(state: State, runtime: Runtime[Case]) -> State:
    """Writes the text, freezes it as a mail, and stores it as a row that waits; an older row of the case is replaced."""
    case = runtime.context
    async with case.box.database.acting_as(case.caller) as tx:
        row = await tx.emails.get(UUID(state["email"]))
        before = await tx.approvals.get(UUID(state["approval"])) if state["approval"] else None
    email = await reply.original(case.box, case.caller, row)
    afresh = state.get("afresh", False)
    body = await _body(case, state, email, before.action["body"] if before and not afresh else "")
    composed = await reply.compose(case.box, case.caller, UUID(state["account"]), row, email, body)
    async with case.box.database.acting_as(case.caller) as tx:
        if before is not None:
            settled = await tx.approvals.settle(
                before.id, Settled.REPLACED, by=case.caller.person, on=str(case.conversation)
            )
            if settled is None:
                raise Refused("That draft was decided meanwhile, so it cannot be changed. Ask me for a new one.")
            if afresh:  # nobody pressed on the old card, so nobody else redraws it
                await tell(tx, before.conversation, history(before))
        approval = await tx.approvals.propose(
            person=case.caller.person,
            conversation=case.conversation,
            account=UUID(state["account"]),
            email=row.id,
            kind=reply.KIND,
            action=composed.action(),
            message=composed.message,
            digest=composed.digest,
            request=state["request"],
            case=UUID(state["case"]),
            replaces=before.id if before else None,
            expires_at=now() + VALID,
        )
    return {"approval": str(approval), "body": "", "afresh": False}


async def _body(case: Case, state: State, email: Email, before: str) -> str:
    if state["body"].strip():
        return state["body"].strip()
    if before:
        return await writing.redraft(case.box.models, before, state["wish"])
    body = await writing.letter(case.box.models, email, state["wish"], case.caller.name, await _style(case, email))
    reader = email.reply_to or email.sender
    async with case.box.database.acting_as(case.caller) as tx:
        manner = await tx.manners.of(case.caller.person, reader.address.casefold()) if reader else None
    return as_learned(body, manner)


async def _style(case: Case, email: Email) -> Style | None:
    reader = email.reply_to or email.sender
    return await style_for(case.box, case.caller, reader.address) if reader else None


def _ask(state: State) -> State:
    """Waits. Nothing stands before the interrupt, since whatever does is run again on resuming."""
    answer: State = interrupt(state["approval"])
    return answer


async def _do(state: State, runtime: Runtime[Case]) -> State:
    case = runtime.context
    outcome = await send.deliver(case.box, case.caller.tenant, UUID(state["approval"]))
    return {"outcome": [outcome.state.value, outcome.words]}


def _after_word(state: State) -> Literal["draft", "do", "__end__"]:
    return {"change": "draft", "approve": "do"}.get(state["decision"], END)  # type: ignore[return-value]


_BUILDER = StateGraph(State, context_schema=Case)
_BUILDER.add_node("draft", _draft)
_BUILDER.add_node("ask", _ask)
_BUILDER.add_node("do", _do)
_BUILDER.add_edge(START, "draft")
_BUILDER.add_edge("draft", "ask")
_BUILDER.add_conditional_edges("ask", _after_word)
_BUILDER.add_edge("do", END)
