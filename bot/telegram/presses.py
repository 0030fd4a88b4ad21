"""Presses: what a button in Telegram means: a page of the menu, a box to tick, a form to open, a command, or a card's token."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from agent.chat import Click, Message, Reply
from bot.telegram import menu, ticks
from bot.telegram.channel import Telegram
from bot.telegram.dialogs import Dialogs
from bot.telegram.inbound import Pressed
from bot.telegram.press import Answering
from bot.telegram.reception import Reception
from bot.telegram.render import FORM

TICKED = 500
"""Keyboards whose ticks are remembered; of older ones the message tells."""

PATIENCE = 0.7
"""Seconds after which a press is answered though its work goes on."""

NO_MAIL_HERE = "I keep mail out of groups; write to me directly."


class Presses:
    """One for the process."""

    def __init__(self, channel: Telegram, reception: Reception, dialogs: Dialogs, patience: float = PATIENCE) -> None:
        self._channel = channel
        self._reception = reception
        self._dialogs = dialogs
        self._patience = patience
        self._ticked: OrderedDict[tuple[int, int], ticks.Keys] = OrderedDict()

    async def pressed(self, pressed: Pressed) -> None:
        """Does what the button says, and answers the press in time."""
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
        elif data.startswith(ticks.TICK):
            await self._tick(pressed, answers)
        elif data.startswith(menu.SAY) and who.place.is_group:
            await answers.send(who.place.address, Reply(NO_MAIL_HERE))
        elif data.startswith(FORM) and await self._dialogs.open(who, data.removeprefix(FORM)):
            await answers.answered()
        elif data.startswith(FORM):
            await self._reception.receive(who, Click(data.removeprefix(FORM)), answers)
        else:
            await self._dialogs.leave(who)
            await self._reception.receive(who, self._said(pressed), answers)

    def _said(self, pressed: Pressed) -> Message | Click:
        if pressed.data.startswith(menu.SAY):
            return Message(pressed.data.removeprefix(menu.SAY))
        return Click(pressed.data, ticks.fields(self._keys(pressed)))

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
        board = await self._reception.dashboard(pressed.who)
        if board is None:
            await self._reception.receive(pressed.who, Message("/menu"), answers)
        else:
            await answers.show(menu.page(board, *menu.asked_for(pressed.data)))
