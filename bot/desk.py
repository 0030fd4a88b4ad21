"""The front desk: who is it, and seen before? Then stop, command, button or talk. Here errors become words.

What comes in is taken first, which is one look at the memory, and worked on after that, a little at a time: whoever waits
to hear that we have it waits for the first only.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from agent.assistant import Answer, Assistant
from agent.chat import Click, Message, Reply, Update, Word, to_row
from agent.saying import Show
from bot import commands
from bot.arrival import LONGEST as LONGEST
from bot.arrival import Arrival, as_said, kept, talk
from bot.arrival import Visitor as Visitor
from bot.channel import Channel
from bot.command import Given
from bot.dashboard import Dashboard, dashboard
from bot.delivery import Delivery
from bot.doorbook import Doorbook, Known
from bot.pace import Pace
from bot.showing import Showing, shower
from bot.strangers import PAIRING, let_in
from bot.tables import take_content
from bot.work import Taken
from storage.turns import Received
from storage.values.access import Caller
from storage.values.errors import Refused, Trouble, Unavailable
from storage.values.ids import ConversationId, EventId, new_id

log = structlog.get_logger()

THOUGHT = 0.1
"""Seconds for which a thought holds its place: after that it mostly waits for the model."""


class Desk:
    """One for the process. Messages of one conversation are answered in order; `stop` waits for nobody."""

    def __init__(
        self, assistant: Assistant, delivery: Delivery, pace: Pace | None = None, thinking: Pace | None = None
    ) -> None:
        self.assistant = assistant
        self.delivery = delivery
        self._doorbook = Doorbook(assistant.box.database)
        self._pace = pace or Pace()
        self._thinking = thinking or Pace(held=THOUGHT)
        self._showing = Showing(assistant.box.database)
        self._turns: weakref.WeakValueDictionary[ConversationId, asyncio.Lock] = weakref.WeakValueDictionary()

    async def receive(self, visitor: Visitor, said: Message | Click, external: str = "", taken: Taken = bool) -> None:
        """Answers one message or press. `external` is the platform's name for this event; one that came before is
        answered no second time. `taken` is called when no crash can lose it any more: it is stored, or nothing is to be."""
        event = EventId(new_id())
        try:
            async with self._told(visitor, event):
                await self._received(Arrival(visitor, kept(said), external or str(event), event, taken))
        finally:
            taken()

    async def stop(self, visitor: Visitor, external: str = "") -> None:
        """What a platform's own Stop button calls."""
        await self.receive(visitor, Message("/stop"), external)

    async def give(self, visitor: Visitor, name: str, content: bytes) -> str:
        """Takes in a file that somebody gave and says what it is called here. Refused, in words, for what cannot be read and
        for strangers."""
        caller, _ = await self._known(visitor)
        given = await take_content(self.assistant.box, caller, name, content)
        self.assistant.surroundings.changed(caller.person)
        return given

    async def dashboard(self, visitor: Visitor) -> Dashboard | None:
        """What the person's page of overview shows; None for a stranger."""
        known = await self._doorbook.who(visitor.door, look=True)
        return await dashboard(self.assistant.box, known[0]) if known else None

    async def take_up(self, channel: Channel, address: str | None = None) -> None:
        """Finishes what was received through a channel, or at one address of it, before a crash."""
        async with self.assistant.box.database.as_system() as tx:
            rows = await tx.events.open(channel.name, address)
        for row in rows:
            visitor = Visitor(channel, "", row.address)
            async with self._told(visitor, row.id):
                async with self.assistant.box.database.acting_as(row.tenant) as tx:
                    await tx.events.take_up(row.id)
                async with self.assistant.box.database.acting_as(row.tenant) as tx:
                    caller = await tx.people.caller(row.person)
                body, event = row.body, EventId(row.id)
                received = Received(row.tenant, row.person, row.conversation, row.channel, row.external, body, event)
                async with self._turn_of(row.conversation):
                    await self._again(visitor, caller, received)

    @asynccontextmanager
    async def _told(self, visitor: Visitor, event: EventId) -> AsyncIterator[None]:
        """Whatever goes wrong with an event is said, once, and then the event is done with."""
        try:
            yield
            return
        except Trouble as trouble:
            words = str(trouble)
        except Exception as error:
            reference = str(new_id())[-8:]
            log.exception("desk.bug", reference=reference)
            words = (
                f"Something went wrong in Deskhand ({type(error).__name__}, reference {reference}); please try again."
            )
        try:
            await visitor.channel.send(visitor.address, Reply(words))
        except Unavailable as error:
            log.warning("desk.unheard", channel=visitor.channel.name, error=str(error))
        with suppress(Unavailable):
            async with self.assistant.box.database.as_system() as tx:
                await tx.events.done(event)

    async def _received(self, came: Arrival) -> None:
        if came.is_stop:
            await self._stop(came)
        elif words := talk(came.said):
            await self._talk(came, words)
        else:
            await self._do(came)

    async def _stop(self, came: Arrival) -> None:
        """Waits for nobody."""
        known = await self._doorbook.who(came.visitor.door, look=True)
        if known is None and await self._welcomed(came):
            known = await self._known(came.visitor)
        if known is not None:
            received = came.by(*known)
            words = await self.assistant.stop(known[0], received)
            await self._say(came.visitor, received, [Reply(words)] if words else [])

    async def _talk(self, came: Arrival, words: str) -> None:
        """Something for the mind, which stores it when it begins."""
        known = await self._doorbook.who(came.visitor.door)
        if known is None and await self._welcomed(came):
            known = await self._known(came.visitor)
        if known is None:
            return
        caller, received = known[0], came.by(*known)
        lock = self._turn_of(received.conversation)
        if not lock.locked():
            async with lock:
                show, place = self._shower(came.visitor), self._thinking.place()
                answer = await self.assistant.hear(caller, received, words, show, came.taken, place)
                await self._show_answer(came.visitor, received, answer)
            return
        storing = asyncio.create_task(self._store(received))  # a row first: what waits its turn survives a crash
        storing.add_done_callback(lambda _: came.taken())
        async with lock:
            if await storing:
                await self._again(came.visitor, caller, received)

    async def _do(self, came: Arrival) -> None:
        """A button or a command: a row first, and when its turn has come, the deed."""
        taken = await self._doorbook.take(came.visitor.door, came.event, came.name, came.body)
        if taken is None and await self._welcomed(came):
            taken = await self._doorbook.take(came.visitor.door, came.event, came.name, came.body)
        came.taken()
        if taken is not None and taken.fresh:
            async with self._turn_of(taken.conversation), self._pace.place():
                await self._act(came.visitor, taken.caller, came.by(taken.caller, taken.conversation), came.said)

    async def _welcomed(self, came: Arrival) -> bool:
        """Lets a stranger in who has a right to it. True when what they said is to be heard now, False when they were greeted;
        Refused for everybody else."""
        visitor, door = came.visitor, came.visitor.door
        database = self.assistant.box.database
        greeting = await let_in(database, door.channel, door.external, door.address, came.said, visitor.newcomer)
        if greeting is not None:
            await visitor.channel.send(visitor.address, Reply(greeting))
        return greeting is None

    async def _known(self, visitor: Visitor) -> Known:
        known = await self._doorbook.who(visitor.door, look=True)
        if known is None:
            raise Refused(PAIRING)
        return known

    def _turn_of(self, where: ConversationId) -> asyncio.Lock:
        return self._turns.setdefault(where, asyncio.Lock())

    async def _store(self, received: Received) -> bool:
        async with self.assistant.box.database.acting_as(received.tenant) as tx:
            return await tx.events.receive(
                received.event,
                received.person,
                received.conversation,
                received.channel,
                received.external,
                received.body,
            )

    async def _again(self, visitor: Visitor, caller: Caller, received: Received) -> None:
        """Answers what is stored already."""
        said = as_said(received.body)
        if words := talk(said):
            answer = await self.assistant.take_up(caller, received, words, self._shower(visitor))
            await self._show_answer(visitor, received, answer)
        else:
            await self._act(visitor, caller, received, said)

    async def _act(self, visitor: Visitor, caller: Caller, received: Received, said: Message | Click) -> None:
        """A button or a command: what it refuses is said, and either way the event is done."""
        try:
            words = await self._done(visitor, caller, received, said)
        except Trouble as trouble:
            words = [Reply(str(trouble))]
        await self._say(visitor, received, words)
        async with self.assistant.box.database.acting_as(caller) as tx:
            await tx.events.done(received.event)

    async def _say(self, visitor: Visitor, received: Received, words: Sequence[Word]) -> None:
        """Shows words; those that the channel cannot take now come through the outbox."""
        left = list(words)
        for word in words:
            if isinstance(word, Update):
                await self._showing.elsewhere(received.tenant, received.conversation, word)
        try:
            while left:
                await self._shown(visitor, received, left[0])
                del left[0]
        except Unavailable:
            async with self.assistant.box.database.acting_as(received.tenant) as tx:
                for word in left:
                    await tx.outbox.post(received.conversation, **to_row(word))

    async def _done(
        self, visitor: Visitor, caller: Caller, received: Received, said: Message | Click
    ) -> Sequence[Word]:
        if isinstance(said, Click):
            return await self.assistant.press(caller, received, said)
        if len(said.text) > LONGEST:
            raise Refused(
                f"That message is too long ({len(said.text):,} characters, at most {LONGEST:,}); give it to me as a file."
            )
        found = commands.find(said.text)
        if found is None:
            return [Reply("You said nothing; type /help to see what I can do.")]
        command, words = found
        if not caller.may(command.permission):
            return [Reply(f"/{command.name} needs the permission {command.permission}, which your role has not.")]
        origin = f"{received.channel}:{received.external}"
        given = Given(
            self.assistant,
            caller,
            received.conversation,
            received.event,
            origin,
            words,
            visitor.channel.name,
            visitor.external,
        )
        return await command.run(given)

    def _shower(self, visitor: Visitor) -> Show:
        return shower(visitor.channel, visitor.address)

    async def _shown(self, visitor: Visitor, received: Received, word: Word) -> None:
        await self._showing.show(visitor.channel, visitor.address, received.tenant, received.conversation, word)

    async def _show_answer(self, visitor: Visitor, received: Received, answer: Answer | None) -> None:
        """Shows what the outbox holds too: what the channel cannot take now comes from there."""
        if answer is None:
            return
        with suppress(Unavailable):
            for word, number in zip(answer.words, answer.numbers, strict=True):
                await self._shown(visitor, received, word)
                self.delivery.arrived([number])
