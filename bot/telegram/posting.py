"""Posting: messages into a chat: as HTML, with nothing previewed; and a word of several messages is never begun twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.ext import ExtBot

from bot.telegram.keys import Key
from bot.telegram.place import Place
from bot.telegram.render import Shown
from bot.telegram.text import Run, as_html, bare, units
from bot.telegram.wire import UnreadableError, VanishedError, translated

MOST_MESSAGES = 6
"""What would take more messages comes as a file, with its beginning as a message."""

BEGUN = 500
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
UPLOAD_SECONDS = 120.0

_KINDS = {"b": MessageEntity.BOLD, "code": MessageEntity.CODE, "pre": MessageEntity.PRE}


class Posting:
    """One for the bot."""

    def __init__(self, bot: ExtBot[None]) -> None:
        self._bot = bot
        self._begun: OrderedDict[object, list[int]] = OrderedDict()

    async def post(self, place: Place, shown: Shown, *, asks: str = "") -> list[int]:
        """Shows it and gives the numbers of its messages. What was begun before a failure goes on where it stopped.
        `asks`: a hint in the field where the person writes, since an answer is awaited."""
        key = place, hash(repr(shown))
        numbers = self._begun.setdefault(key, [])
        files = 0
        while len(self._begun) > BEGUN:
            self._begun.popitem(last=False)
        if len(shown.messages) > MOST_MESSAGES:
            if not numbers:
                numbers.append(await self._whole(place, shown))
            shown, files = shown.within(1, "the whole text is in the file above"), 1
        for at in range(len(numbers) - files, len(shown.messages)):
            last = at == len(shown.messages) - 1
            numbers.append(await self._send(place, shown.messages[at], _markup(shown.keys, asks) if last else None))
        self._begun.pop(key, None)
        return numbers[files:]

    async def preview(self, place: Place, number: int, runs: Sequence[Run]) -> None:
        """Shows words for half a minute where the person will see the answer. What has the same number grows
        before their eyes."""

        async def show(**text: Any) -> None:
            with translated():
                await self._bot.send_message_draft(place.chat, number, message_thread_id=place.topic, **text)

        try:
            await show(text=as_html(runs), parse_mode=ParseMode.HTML)
        except UnreadableError:
            await show(text=bare(runs), entities=_entities(runs))

    async def redraw(self, chat: int, numbers: Sequence[int], shown: Shown) -> None:
        """The messages of these numbers look like this now. VanishedError when they are not there."""
        shown = shown.within(len(numbers), "the rest is too long to be shown in this place")
        used = numbers[: len(shown.messages)]
        for extra in numbers[len(used) :]:
            await self.delete(chat, extra)
        for at, number in enumerate(used):
            markup = _markup(shown.keys) if number == used[-1] else None
            await self._edit(chat, number, shown.messages[at], markup)

    async def rekey(self, chat: int, number: int, keys: Sequence[Sequence[Key]]) -> None:
        """The message has this keyboard now."""
        with translated():
            await self._bot.edit_message_reply_markup(chat_id=chat, message_id=number, reply_markup=_keyboard(keys))

    async def delete(self, chat: int, number: int) -> None:
        """Takes a message away, if it can be."""
        try:
            with translated():
                await self._bot.delete_message(chat, number)
        except VanishedError:
            return

    async def document(
        self, place: Place, name: str, content: bytes, caption: str = "", *, answers: int | None = None
    ) -> int:
        """Sends a file and gives the message's number."""
        with translated():
            sent = await self._bot.send_document(
                place.chat,
                InputFile(BytesIO(content), filename=name),
                caption=caption or None,
                parse_mode=ParseMode.HTML,
                disable_content_type_detection=True,
                **_beside(place, answers),
            )
        return sent.message_id

    async def photo(self, place: Place, name: str, content: bytes, caption: str) -> int:
        """Sends a picture and gives the message's number."""
        with translated():
            sent = await self._bot.send_photo(
                place.chat,
                InputFile(BytesIO(content), filename=name),
                caption=caption or None,
                parse_mode=ParseMode.HTML,
                **_beside(place),
            )
        return sent.message_id

    async def _whole(self, place: Place, shown: Shown) -> int:
        text = "\n\n".join(map(bare, shown.messages))
        return await self.document(place, "whole-text.txt", text.encode(), "The whole text, too long for messages.")

    async def _send(self, place: Place, runs: Sequence[Run], markup: InlineKeyboardMarkup | ForceReply | None) -> int:
        async def send(**text: Any) -> int:
            with translated():
                sent = await self._bot.send_message(
                    place.chat,
                    message_thread_id=place.topic,
                    link_preview_options=NO_PREVIEW,
                    reply_markup=markup,
                    **text,
                )
            return sent.message_id

        try:
            return await send(text=as_html(runs), parse_mode=ParseMode.HTML)
        except UnreadableError:
            return await send(text=bare(runs), entities=_entities(runs))

    async def _edit(self, chat: int, number: int, runs: Sequence[Run], markup: Any) -> None:
        async def edit(**text: Any) -> None:
            with translated():
                await self._bot.edit_message_text(
                    chat_id=chat, message_id=number, link_preview_options=NO_PREVIEW, reply_markup=markup, **text
                )

        try:
            await edit(text=as_html(runs), parse_mode=ParseMode.HTML)
        except UnreadableError:
            await edit(text=bare(runs), entities=_entities(runs))


def _beside(place: Place, answers: int | None = None) -> dict[str, Any]:
    reply = ReplyParameters(answers, allow_sending_without_reply=True) if answers is not None else None
    times = {"read_timeout": UPLOAD_SECONDS, "write_timeout": UPLOAD_SECONDS}
    return {"message_thread_id": place.topic, "reply_parameters": reply, **times}


def _markup(keys: Sequence[Sequence[Key]], asks: str = "") -> InlineKeyboardMarkup | ForceReply | None:
    if asks:
        return ForceReply(input_field_placeholder=asks[:64])
    if not keys:
        return None
    return _keyboard(keys)


def _keyboard(keys: Sequence[Sequence[Key]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(one.label, callback_data=one.data, style=one.style) for one in row] for row in keys]
    )


def _entities(runs: Sequence[Run]) -> list[MessageEntity]:
    """The styles by place and length, where the HTML was not understood: nothing in it may become live."""
    found, at = [], 0
    for one in runs:
        if one.style:
            found.append(MessageEntity(_KINDS[one.style], at, units(one.text)))
        at += units(one.text)
    return found
