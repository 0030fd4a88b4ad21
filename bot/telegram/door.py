"""The door of Telegram: what comes in is taken in order, once, and brought to the desk; `stop` waits for nobody."""

from __future__ import annotations

import asyncio
import weakref
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from telegram import Update

from agent.chat import Click, Message, Reply
from bot.desk import Desk, Visitor
from bot.telegram import inbound, menu, ticks
from bot.telegram.channel import Telegram, answering
from bot.telegram.dialogs import CANCEL, LEFT, Complete, Dialogs
from bot.telegram.inbound import Door, Given, Moved, Pressed, Said, Unreadable, Who
from bot.telegram.press import Answering
from bot.telegram.render import FORM
from bot.telegram.uploads import fetched
from bot.telegram.wire import ClosedError, MovedError, VanishedError
from storage.values.errors import Refused, Trouble, Unavailable

log = structlog.get_logger()

SEEN = 5_000
"""Updates that are remembered, since Telegram brings one again when its answer was lost. The desk remembers all."""

TICKED = 500
"""Keyboards whose ticks are remembered; of older ones the message tells."""

PATIENCE = 0.7
"""Seconds after which a press is answered though its work goes on."""

TYPING_EVERY = 4.5
"""Seconds; Telegram shows it for five."""

NO_MAIL_HERE = "I keep mail out of groups; write to me directly."
TO_YOU = "I answer you directly, since a group reads along here."
DIRECTLY = "A code is for you alone; send it to me directly, not in a group."


async def _a_while() -> None:
    await asyncio.sleep(TYPING_EVERY)


class Entrance:
    """One for the process."""

    def __init__(
        self,
        channel: Telegram,
        desk: Desk,
        dialogs: Dialogs,
        patience: float = PATIENCE,
        a_while: Callable[[], Awaitable[None]] = _a_while,
    ) -> None:
        self._channel = channel
        self._desk = desk
        self._dialogs = dialogs
        self._patience = patience
        self._a_while = a_while
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._ticked: OrderedDict[tuple[int, int], ticks.Keys] = OrderedDict()
        self._lines: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def arrived(self, update: Update) -> None:
        """Takes one update, to the end of what it leads to."""
        if update.update_id in self._seen:
            return
        self._seen[update.update_id] = None
        while len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        try:
            await self._taken(inbound.read(update, self._channel.bot.bot))
        except (Trouble, ClosedError, MovedError, VanishedError) as error:
            log.warning("telegram.unheard", update=update.update_id, error=str(error))
        except BaseException:
            self._seen.pop(update.update_id, None)  # nobody took it: it may come again
            raise

    async def _taken(self, arrival: inbound.Arrival | None) -> None:
        if isinstance(arrival, Door):
            await self._channel.opened(arrival.chat, is_open=arrival.is_open)
        elif isinstance(arrival, Moved):
            await self._channel.moved(arrival.old, arrival.new)
        elif isinstance(arrival, Pressed):
            await self._pressed(arrival)
        elif arrival is not None:
            await self._channel.opened(arrival.who.place.chat)
            async with self._at_work(arrival.who):
                await self._spoken(arrival)

    async def _spoken(self, arrival: Said | Given | Unreadable) -> None:
        """In line behind what the chat said before, until it is at the desk; there it has a place in line of its own."""
        if isinstance(arrival, Said) and arrival.is_stop:
            await self._dialogs.leave(arrival.who)
            await self._receive(arrival.who, Message("/stop"))
            return
        line = self._lines.setdefault(arrival.who.place.address, asyncio.Lock())
        async with line:
            todo = await self._meant(arrival)
            task = asyncio.create_task(todo()) if todo else None
        if task:
            await task

    async def _meant(self, arrival: Said | Given | Unreadable) -> Callable[[], Any] | None:
        """What is to be done about it, where something is."""
        who = arrival.who
        if isinstance(arrival, Unreadable):
            return partial(self._reply, who, inbound.OTHER)
        refused = _refused_in_group(arrival)
        if refused:
            return partial(self._reply, who, refused)
        if isinstance(arrival, Given):
            if await self._dialogs.known(who) is None:  # a stranger's file is not even fetched
                return partial(self._receive, who, Message(arrival.text))
            name = await self._taken_in(arrival)
            return partial(self._receive, who, Message(arrival.text or f"analyze {name}")) if name else None
        if arrival.text.strip().casefold() == CANCEL and await self._dialogs.leave(who):
            return partial(self._reply, who, LEFT)
        if inbound.is_menu(arrival.text):
            return partial(self._menu, who)
        command = inbound.command_of(arrival.text)
        answer = False if command and command != "keep" else await self._dialogs.heard(arrival)
        if isinstance(answer, Complete):
            return partial(self._completed, who, answer.click)
        return None if answer else partial(self._receive, who, Message(_plain_start(arrival.text)))

    async def _pressed(self, pressed: Pressed) -> None:
        answers = Answering(self._channel, pressed)
        task = asyncio.create_task(self._done(pressed, answers))
        try:
            await asyncio.wait([task], timeout=self._patience)
            await answers.answered()
        finally:
            await task

    async def _done(self, pressed: Pressed, answers: Answering) -> None:
        who, data = pressed.who, pressed.data
        if data.startswith(menu.MENU):
            await self._turn(pressed, answers)
            return
        if data.startswith(ticks.TICK):
            await self._tick(pressed, answers)
            return
        if data.startswith(FORM):
            if await self._dialogs.open(who, data.removeprefix(FORM)):
                await answers.answered()
                return
            data = data.removeprefix(FORM)
        else:
            await self._dialogs.leave(who)
        said = (
            Message(data.removeprefix(menu.SAY))
            if data.startswith(menu.SAY)
            else Click(data, ticks.fields(self._keys(pressed)))
        )
        if isinstance(said, Message) and who.place.is_group:
            await answers.send(who.place.address, Reply(NO_MAIL_HERE))
            return
        await self._receive(who, said, answers)

    async def _tick(self, pressed: Pressed, answers: Answering) -> None:
        """Of two quick presses the second must not undo the first, so the keyboard is remembered as it was left."""
        await answers.answered()
        where = pressed.who.place.chat, pressed.number
        self._ticked[where] = keys = ticks.flipped(self._keys(pressed), pressed.data)
        while len(self._ticked) > TICKED:
            self._ticked.popitem(last=False)
        await self._channel.posting.rekey(*where, keys)

    def _keys(self, pressed: Pressed) -> ticks.Keys:
        kept = self._ticked.get((pressed.who.place.chat, pressed.number), ())
        return kept if ticks.same(kept, pressed.keys) else pressed.keys

    async def _turn(self, pressed: Pressed, answers: Answering) -> None:
        who = pressed.who
        board = None if who.place.is_group else await self._desk.dashboard(self._visitor(who))
        if board is None:
            await self._receive(who, Message("/menu"), answers)
            return
        section, number = menu.asked_for(pressed.data)
        await answers.show(menu.page(board, section, number))

    async def _menu(self, who: Who) -> None:
        board = await self._desk.dashboard(self._visitor(who))
        if board is None:
            await self._receive(who, Message("/menu"))
        else:
            await self._channel.posting.post(who.place, menu.home(board))

    async def _completed(self, who: Who, click: Click) -> None:
        await self._receive(who, click)
        await self._dialogs.leave(who)

    async def _taken_in(self, given: Given) -> str | None:
        """The name of a file that was taken in; else why it was not is said."""
        try:
            content = await fetched(self._channel.bot, given)
            return await self._desk.give(self._visitor(given.who), given.name, content)
        except (Refused, Unavailable) as error:
            await self._reply(given.who, str(error))
            return None

    async def _receive(self, who: Who, said: Message | Click, channel: Answering | None = None) -> None:
        if who.place.is_group and isinstance(said, Message) and inbound.command_of(said.text) == "analyze":
            await self._reply(who, TO_YOU)
        answering.set(who.place.address if _is_for_all(said) else "")
        await self._desk.receive(self._visitor(who, channel), said, who.event)

    async def _reply(self, who: Who, text: str) -> None:
        answering.set(who.place.address)
        await self._channel.send(who.place.address, Reply(text))

    def _visitor(self, who: Who, channel: Answering | None = None) -> Visitor:
        return Visitor(channel or self._channel, who.external, who.place.address)

    @asynccontextmanager
    async def _at_work(self, who: Who) -> AsyncIterator[None]:
        """The chat sees that somebody is at work, from now until it is done."""

        async def typing() -> None:
            while True:
                await self._channel.typing(who.place.address)
                await self._a_while()

        task = asyncio.create_task(typing())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _is_for_all(said: Message | Click) -> bool:
    """Whether the answer may be read by a group: it holds nothing of anybody's."""
    return isinstance(said, Message) and inbound.command_of(said.text) in inbound.OPEN


def _refused_in_group(said: Said | Given) -> str:
    """Why it is not answered in a group; nothing where it is. A file that comes without words is to be analysed."""
    if not said.who.place.is_group or (isinstance(said, Given) and not said.text):
        return ""
    command = inbound.command_of(said.text)
    if command in ("start", "link"):
        return DIRECTLY
    return "" if command in inbound.IN_GROUPS else NO_MAIL_HERE


def _plain_start(text: str) -> str:
    """`/start` is how Telegram begins a chat: alone it asks who we are, with a payload it brings a link code."""
    if inbound.command_of(text) != "start":
        return text
    payload = text.strip()[len("/start") :].strip()
    return f"/link {payload}" if payload else "/help"
