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

from agent.chat import Click, Message
from bot.desk import Desk
from bot.telegram import inbound, menu
from bot.telegram.channel import Telegram
from bot.telegram.dialogs import CANCEL, LEFT, Complete, Dialogs
from bot.telegram.inbound import Door, Given, Moved, Pressed, Said, Unreadable, Who
from bot.telegram.presses import NO_MAIL_HERE, PATIENCE, Presses
from bot.telegram.reception import Reception, safe
from bot.telegram.uploads import fetched
from bot.telegram.wire import ClosedError, MovedError, VanishedError
from bot.work import Taken
from storage.values.errors import Refused, Trouble, Unavailable

log = structlog.get_logger()

SEEN = 5_000
"""Updates that are remembered, since Telegram brings one again when its answer was lost. The desk remembers all."""

TYPING_EVERY = 4.5
"""Seconds; Telegram shows it for five."""

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
        self._dialogs = dialogs
        self._reception = Reception(channel, desk)
        self._presses = Presses(channel, self._reception, dialogs, patience)
        self._a_while = a_while
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._lines: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def arrived(self, update: Update, taken: Taken = bool) -> None:
        """Takes one update, to the end of what it leads to; says when no crash can lose it."""
        safe.set(taken)
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
            await self._presses.pressed(arrival)
        elif arrival is not None:
            await self._channel.opened(arrival.who.place.chat)
            async with self._at_work(arrival.who):
                await self._spoken(arrival)

    async def _spoken(self, arrival: Said | Given | Unreadable) -> None:
        """In line behind what the chat said before, until it is at the desk; there it has a place in line of its own."""
        if isinstance(arrival, Said) and arrival.is_stop:
            await self._dialogs.leave(arrival.who)
            await self._reception.receive(arrival.who, Message("/stop"))
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
            return partial(self._reception.reply, who, inbound.OTHER)
        refused = _refused_in_group(arrival)
        if refused:
            return partial(self._reception.reply, who, refused)
        if isinstance(arrival, Given):
            if await self._dialogs.known(who) is None:  # a stranger's file is not even fetched
                return partial(self._reception.receive, who, Message(arrival.text))
            name = await self._taken_in(arrival)
            return partial(self._reception.receive, who, Message(arrival.text or f"analyze {name}")) if name else None
        if arrival.text.strip().casefold() == CANCEL and await self._dialogs.leave(who):
            return partial(self._reception.reply, who, LEFT)
        if inbound.is_menu(arrival.text):
            return partial(self._menu, who)
        command = inbound.command_of(arrival.text)
        answer = False if command and command != "keep" else await self._dialogs.heard(arrival)
        if isinstance(answer, Complete):
            return partial(self._completed, who, answer.click)
        return None if answer else partial(self._reception.receive, who, Message(_plain_start(arrival.text)))

    async def _menu(self, who: Who) -> None:
        board = await self._reception.dashboard(who)
        if board is None:
            await self._reception.receive(who, Message("/menu"))
        else:
            await self._channel.posting.post(who.place, menu.home(board))

    async def _completed(self, who: Who, click: Click) -> None:
        await self._reception.receive(who, click)
        await self._dialogs.leave(who)

    async def _taken_in(self, given: Given) -> str | None:
        """The name of a file that was taken in; else why it was not is said."""
        try:
            content = await fetched(self._channel.bot, given)
            return await self._reception.give(given.who, given.name, content)
        except (Refused, Unavailable) as error:
            await self._reception.reply(given.who, str(error))
            return None

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
