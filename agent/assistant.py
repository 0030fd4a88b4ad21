"""Assistant: the mind's whole public face. It hears what is said, decides what is pressed, and stops when told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable

from agent import approval, cards, conversation, decisions, recall
from agent import focus as plain_focus
from agent.approval import Case
from agent.chat import Card, Click, Reply, Word, to_row
from agent.checkpoints import TurnSaver
from agent.saying import Show
from agent.stops import Stop
from agent.toolset import Toolset
from storage.turns import Opened, Received, close_turn, open_turn, reopen_turn
from storage.values.access import Caller
from storage.values.ids import ConversationId, EventId
from tools import TOOLS
from tools.autoreply.undo import call_off
from tools.inbox.show import plain
from tools.llm.meter import metered
from tools.tool import Ask, Change, Draft, Focus, Proposal, Result
from tools.toolbox import Toolbox
from tools.work import RUN_ANALYSIS

AT_ONCE: AbstractAsyncContextManager[None] = nullcontext()
"""The place of who needs not wait for one."""

PATIENCE = 55.0
"""Seconds for one turn: whatever goes wrong, the person has an answer within a minute."""

CHAT = "chat"
"""What a turn asks the model for, unless somebody says otherwise."""


@dataclass(frozen=True)
class Answer:
    """What a turn came to: the words, and their numbers in the outbox, to be marked as delivered once they are shown."""

    words: Sequence[Word]
    numbers: Sequence[int]


class Assistant:
    """One for the process."""

    def __init__(self, box: Toolbox, tools: Sequence[str | Callable[..., Any]] = TOOLS) -> None:
        self.box = box
        self.toolset = Toolset(tools)
        self.surroundings = recall.Surroundings(box)
        self._saver = TurnSaver()
        self._graph = conversation.build(self._saver)
        self._model: Runnable[Any, AIMessage] = box.models.chat.bind_tools(self.toolset.schemas)
        self._running: dict[UUID, Stop] = {}

    async def hear(
        self,
        caller: Caller,
        received: Received,
        text: str,
        show: Show,
        taken: Callable[[], object] = bool,
        place: AbstractAsyncContextManager[None] = AT_ONCE,
    ) -> Answer | None:
        """One turn of talk, from the received event to the stored answer. None when this event was heard before. `taken` is
        called when it is stored; thinking begins when there is a `place`."""
        opened = await open_turn(self.box.database, received)
        taken()
        return await self._turn(caller, received, opened, text, show, place) if opened.fresh else None

    async def take_up(self, caller: Caller, received: Received, text: str, show: Show) -> Answer | None:
        """The same for an event that is stored already: it had to wait, or is taken up after a crash. None when somebody
        else has answered it meanwhile."""
        opened = await reopen_turn(self.box.database, received)
        if opened.stopped:
            return await self._closed(received, text, [Reply("Stopped: I did not go on with that.")], None)
        return await self._turn(caller, received, opened, text, show)

    async def press(self, caller: Caller, received: Received, click: Click) -> list[Word]:
        """A pressed button. Refused: nothing was done."""
        origin = f"{received.channel}:{received.external}"
        return await decisions.decide(self.box, caller, received.conversation, received.event, origin, click)

    async def focus(self, caller: Caller, where: ConversationId) -> Focus:
        """What is in sight in a conversation."""
        async with self.box.database.acting_as(caller) as tx:
            row = await tx.conversations.get(where)
        return plain_focus.from_json(self._saver.look(row.state, "focus") if row else None)

    async def use(
        self, caller: Caller, where: ConversationId, event: EventId, name: str, arguments: dict[str, Any]
    ) -> Reply:
        """Calls a tool for a command. What it brings into sight stays in sight."""
        ask = Ask(caller, where, event, await self.focus(caller, where))
        result = await self.toolset.call(self.box, ask, name, arguments)
        assert isinstance(result, Result)
        if result.focus is not None:
            async with self.box.database.acting_as(caller) as tx:
                row = await tx.conversations.get(where)
                seen = plain_focus.to_json(result.focus)
                await tx.conversations.keep(where, self._saver.changed(row.state if row else None, "focus", seen))
        return Reply(plain(result.text))

    async def stop(self, caller: Caller, received: Received) -> str:
        """Stops what runs in the conversation: a turn here at once and elsewhere before its next step, the analyses that it
        asked for, and auto-replies that have not left. Says what was stopped; a turn that runs here reports itself, and then
        there is nothing to say. A stop that was heard before stops nothing again."""
        where = received.conversation
        async with self.box.database.acting_as(caller) as tx:
            if not await tx.events.receive(
                received.event, received.person, where, received.channel, received.external, received.body
            ):
                return ""
            await tx.conversations.stop(where)
            analyses = await tx.jobs.cancel_all(where, RUN_ANALYSIS.kind)
            replies = await call_off(tx, caller.person, str(where))
            await tx.events.done(received.event)
        running = self._running.get(where)
        if running is not None:
            running.raise_()
            return ""
        stopped = ["the analysis is not made"] if analyses else []
        stopped += [f"{replies} auto-repl{'y is' if replies == 1 else 'ies are'} not sent"] if replies else []
        if stopped:
            return f"Stopped: {', '.join(stopped)}."
        return "Nothing is running here. Drafts that wait are not sent without you."

    async def _turn(
        self,
        caller: Caller,
        received: Received,
        opened: Opened,
        text: str,
        show: Show,
        place: AbstractAsyncContextManager[None] = AT_ONCE,
    ) -> Answer | None:
        thread = str(received.conversation)
        self._saver.begin(thread, opened.state)
        self._running[received.conversation] = stop = Stop()
        try:
            async with place:
                turn = await self._prepared(caller, received, opened, text, show, stop)
                with metered(CHAT) as meter:
                    said = await conversation.run(self._graph, turn, text, PATIENCE)
            state = self._saver.end(thread)
        finally:
            self._running.pop(received.conversation, None)
            self._saver.drop(thread)
        if turn.done:
            self.surroundings.changed(caller.person)
        return await self._closed(
            received, text, [Reply(said, about=str(received.event)), *turn.cards], state, meter.rows()
        )

    async def _closed(
        self,
        received: Received,
        text: str,
        words: Sequence[Word],
        state: bytes | None,
        calls: Sequence[Mapping[str, Any]] = (),
    ) -> Answer | None:
        said = next(word.text for word in words if isinstance(word, Reply))
        numbers = await close_turn(
            self.box.database,
            received,
            messages=[{"role": "user", "content": text}, {"role": "assistant", "content": said}],
            state=state,
            words=[to_row(word) for word in words],
            calls=calls,
        )
        return Answer(words, numbers) if numbers else None

    async def _prepared(
        self, caller: Caller, received: Received, opened: Opened, text: str, show: Show, stop: Stop
    ) -> conversation.Turn:
        focus = plain_focus.from_json(self._saver.value(str(received.conversation), "focus"))
        ask = Ask(caller, received.conversation, received.event, focus)
        around = await self.surroundings.of(caller) if self.box.models.offline else None
        system = await recall.system(self.box, ask, text, waiting=opened.waiting, remembers=opened.remembers)
        return conversation.Turn(
            box=self.box,
            toolset=self.toolset,
            model=self._model,
            ask=ask,
            system=system,
            surroundings=around,
            history=recall.history(opened.messages),
            show=show,
            propose=self._propose,
            stop=stop,
        )

    async def _propose(self, ask: Ask, proposal: Proposal | Change) -> tuple[Result, Card]:
        case = Case(self.box, ask.caller, ask.conversation)
        if isinstance(proposal, Change):
            async with self.box.database.acting_as(ask.caller) as tx:  # it may have been edited on its card meanwhile
                newest = await tx.approvals.newest(proposal.draft.approval)
            draft = newest.id if newest else proposal.draft.approval
            made = await approval.change(case, draft, wish=proposal.wish, request=ask.request)
        else:
            made = await approval.open_case(
                case, account=proposal.account, email=proposal.email, wish=proposal.wish, request=ask.request
            )
        async with self.box.database.acting_as(ask.caller) as tx:
            row = await tx.approvals.get(made)
            card = await decisions.card_of(tx, row, ask.caller.zone)
        to = ", ".join(row.action["recipients"])
        what = "Here is the changed draft" if isinstance(proposal, Change) else "Here is a draft"
        focus = replace(ask.focus, draft=Draft(made, to, row.action["subject"]))
        return Result(f"{what} to {to}. Nothing is sent until you press “{cards.LABELS[cards.APPROVE]}”.", focus), card
