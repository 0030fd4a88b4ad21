"""A press and its answer: Telegram wants one within seconds, and the person wants to know why nothing happened."""

from __future__ import annotations

import structlog
from telegram.ext import ExtBot

from agent.chat import Card, File, Progress, Reply
from bot.telegram.channel import Telegram
from bot.telegram.inbound import Pressed
from bot.telegram.render import Shown
from bot.telegram.wire import ClosedError, MovedError, VanishedError, translated
from storage.values.errors import Trouble

log = structlog.get_logger()

LONGEST = 200
"""Characters of the answer to a press (Bot API, answerCallbackQuery)."""


async def answer(bot: ExtBot[None], pressed: Pressed, words: str = "") -> None:
    """Answers a press; with words, as a notice that must be closed. One that is too old for that is let be."""
    text = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    try:
        with translated():
            await bot.answer_callback_query(pressed.query, text=text or None, show_alert=bool(text))
    except (Trouble, ClosedError, MovedError, VanishedError) as error:
        log.info("telegram.press_unanswered", error=str(error))


class Answering:
    """The channel while a press is being done: the first word decides how the press is answered. Words alone are a refusal
    or a notice and come up over the chat; in a group only there, since they concern nobody else."""

    def __init__(self, channel: Telegram, pressed: Pressed) -> None:
        self.name = channel.name
        self._channel = channel
        self._pressed = pressed
        self._answered = False

    async def send(self, address: str, word: Reply | Card | File) -> str:
        """Shows a word, and answers the press if it is the first."""
        notice = word.text if isinstance(word, Reply) and not self._answered else ""
        await self.answered(notice)
        if notice and self._pressed.who.place.is_group:
            return ""
        return await self._channel.send(address, word)

    async def edit(self, address: str, shown: str, card: Card) -> None:
        """Redraws a card: the press did something."""
        await self.answered()
        await self._channel.edit(address, shown, card)

    async def progress(self, address: str, progress: Progress) -> None:
        """Work goes on."""
        await self._channel.progress(address, progress)

    async def answered(self, words: str = "") -> None:
        """Answers the press, once."""
        if not self._answered:
            self._answered = True
            await answer(self._channel.bot, self._pressed, words)

    async def show(self, shown: Shown) -> None:
        """Turns the pressed message into this."""
        await self.answered()
        await self._channel.posting.redraw(self._pressed.who.place.chat, [self._pressed.number], shown)
