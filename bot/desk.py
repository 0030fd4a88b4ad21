"""The front desk: seen before? who is it? then stop, command, button or talk. Here errors become words."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from agent.assistant import Answer, Assistant
from agent.chat import Click, Message, Progress, Reply, Word
from bot import commands
from bot.channel import Channel
from bot.delivery import Delivery
from bot.doorbook import Doorbook
from storage.turns import Received
from storage.values.access import Caller
from storage.values.errors import Trouble, Unavailable
from storage.values.ids import ConversationId, EventId, new_id

log = structlog.get_logger()

LONGEST = 40_000
"""Characters of one message; the largest that a supported platform lets through is 40,000 (Slack)."""

STRANGER = "I do not know you yet. Ask the person who runs this Deskhand for a link code, then send it to me."


@dataclass(frozen=True)
class Visitor:
    """Who stands at the door: the platform's name for them, and where the talk takes place."""

    channel: Channel
    external: str
    address: str


class Desk:
    """One for the process. Messages of one conversation are answered in order; `stop` waits for nobody."""

    def __init__(self, assistant: Assistant, delivery: Delivery) -> None:
        self.assistant = assistant
        self.delivery = delivery
        self._doorbook = Doorbook(assistant.box.database)
        self._turns: weakref.WeakValueDictionary[ConversationId, asyncio.Lock] = weakref.WeakValueDictionary()

    async def receive(self, visitor: Visitor, said: Message | Click, external: str = "") -> None:
        """Answers one message or press. `external` is the platform's name for this event; one that came before is
        answered no second time."""
        external = external or str(new_id())
        async with self._told(visitor, external):
            await self._received(visitor, _storable(said), external)

    async def take_up(self, channel: Channel) -> None:
        """Finishes what was received through a channel before a crash."""
        async with self.assistant.box.database.as_system() as tx:
            rows = await tx.events.open(channel.name)
        for row in rows:
            async with self.assistant.box.database.acting_as(row.tenant) as tx:
                caller = await tx.people.caller(row.person)
                where = await tx.conversations.get(row.conversation)
            if where is not None:
                visitor = Visitor(channel, "", where.address)
                received = Received(row.tenant, row.person, row.conversation, row.channel, row.external, row.body)
                async with self._told(visitor, row.external):
                    await self._again(visitor, caller, received, EventId(row.id))

    @asynccontextmanager
    async def _told(self, visitor: Visitor, external: str) -> AsyncIterator[None]:
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
        await visitor.channel.send(visitor.address, Reply(words))
        with suppress(Unavailable):
            async with self.assistant.box.database.as_system() as tx:
                await tx.events.give_up(visitor.channel.name, external)

    async def _received(self, visitor: Visitor, said: Message | Click, external: str) -> None:
        talk = isinstance(said, Message) and commands.find(said.text) is None
        known = await self._doorbook.who(visitor.channel.name, visitor.external, visitor.address, look=not talk)
        if known is None:
            await visitor.channel.send(visitor.address, Reply(STRANGER))
            return
        caller, where = known
        if isinstance(said, Message) and said.text.strip().casefold() in commands.STOP_WORDS:
            await self._stop(visitor, caller, where)
            return
        if isinstance(said, Message) and len(said.text) > LONGEST:
            words = f"That message is too long ({len(said.text):,} characters, at most {LONGEST:,}); give it to me as a file."
            await visitor.channel.send(visitor.address, Reply(words))
            return
        lock = self._turns.setdefault(where, asyncio.Lock())
        async with lock:
            await self._answer(visitor, caller, where, said, external)

    async def _answer(
        self, visitor: Visitor, caller: Caller, where: ConversationId, said: Message | Click, external: str
    ) -> None:
        body = {"text": said.text} if isinstance(said, Message) else {"click": said.token, "fields": dict(said.fields)}
        received = Received(caller.tenant, caller.person, where, visitor.channel.name, external, body)
        if isinstance(said, Message) and said.text.strip() and commands.find(said.text) is None:
            answer = await self.assistant.hear(caller, received, said.text.strip(), self._shower(visitor))
            await self._show_answer(visitor, answer)
            return
        async with self.assistant.box.database.acting_as(caller) as tx:
            event = await tx.events.receive(caller.person, where, visitor.channel.name, external, body)
        if event is not None:
            await self._act(visitor, caller, received, event, said)

    async def _again(self, visitor: Visitor, caller: Caller, received: Received, event: EventId) -> None:
        body = received.body
        if "click" in body:
            await self._act(visitor, caller, received, event, Click(body["click"], body["fields"]))
        elif commands.find(body["text"]) is not None:
            await self._act(visitor, caller, received, event, Message(body["text"]))
        else:
            shower = self._shower(visitor)
            await self._show_answer(
                visitor, await self.assistant.take_up(caller, received, event, body["text"], shower)
            )

    async def _act(
        self, visitor: Visitor, caller: Caller, received: Received, event: EventId, said: Message | Click
    ) -> None:
        """A button or a command: what it refuses is said, and either way the event is done."""
        try:
            words = await self._done(caller, received, event, said)
        except Trouble as trouble:
            words = [Reply(str(trouble))]
        for word in words:
            await visitor.channel.send(visitor.address, word)
        async with self.assistant.box.database.acting_as(caller) as tx:
            await tx.events.done(event)

    async def _done(self, caller: Caller, received: Received, event: EventId, said: Message | Click) -> Sequence[Word]:
        if isinstance(said, Click):
            return await self.assistant.press(caller, received, event, said)
        found = commands.find(said.text)
        if found is None:
            return [Reply("You said nothing; type /help to see what I can do.")]
        command, words = found
        if not caller.may(command.permission):
            return [Reply(f"/{command.name} needs the permission {command.permission}, which your role has not.")]
        origin = f"{received.channel}:{received.external}"
        given = commands.Given(self.assistant, caller, received.conversation, event, origin, words)
        return await command.run(given)

    async def _stop(self, visitor: Visitor, caller: Caller, where: ConversationId) -> None:
        words = await self.assistant.stop(caller, where)
        if words:
            await visitor.channel.send(visitor.address, Reply(words))

    def _shower(self, visitor: Visitor) -> Any:
        async def show(progress: Progress) -> None:
            await visitor.channel.progress(visitor.address, progress)

        return show

    async def _show_answer(self, visitor: Visitor, answer: Answer | None) -> None:
        if answer is None:
            return
        for word in answer.words:
            await visitor.channel.send(visitor.address, word)
        self.delivery.arrived(answer.numbers)


def _storable(said: Message | Click) -> Message | Click:
    """Without what a database cannot hold: NUL, and halves of characters."""
    if isinstance(said, Message):
        return Message(_whole(said.text))
    return Click(_whole(said.token), {_whole(name): _whole(value) for name, value in said.fields.items()})


def _whole(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
