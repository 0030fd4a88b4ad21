"""What comes in: an update of Telegram's as something that somebody said, pressed or gave. Pure; groups have their rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import CallbackQuery, ChatMemberUpdated, InlineKeyboardButton, Message, MessageEntity, Update, User
from telegram.constants import ChatMemberStatus

from bot.commands import BY_WORDS, STOP_WORDS
from bot.telegram.keys import Key
from bot.telegram.place import Place

UPDATES = ("message", "callback_query", "my_chat_member")
"""The kinds of updates that we ask for."""

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes that a bot may fetch (Bot API, getFile)."""

OPEN = ("help", "stop")
"""Commands whose answer a group may read."""

IN_GROUPS = (*OPEN, "analyze")
"""Commands that are heard in a group. What an analysis says goes to its person alone."""

OTHER = "I can read text and files with tables (CSV or Excel). Of anything else, tell me in words what it is about."


@dataclass(frozen=True)
class Who:
    """The person, the place, and the name of the event: what everything that comes in has."""

    external: str
    place: Place
    event: str


@dataclass(frozen=True)
class Said:
    """Words. `number` is the message's own."""

    who: Who
    text: str
    number: int

    @property
    def is_stop(self) -> bool:
        """Whether it must not wait for anything."""
        return self.text.strip().casefold() in STOP_WORDS


@dataclass(frozen=True)
class Pressed:
    """A button."""

    who: Who
    query: str
    data: str
    number: int
    keys: tuple[tuple[Key, ...], ...] = ()
    """The keyboard that it is part of."""


@dataclass(frozen=True)
class Given:
    """A file, with words."""

    who: Who
    file: str
    name: str
    size: int
    text: str


@dataclass(frozen=True)
class Unreadable:
    """A picture, a voice: nothing that we can read."""

    who: Who


@dataclass(frozen=True)
class Door:
    """The bot was let in or put out."""

    chat: int
    is_open: bool


@dataclass(frozen=True)
class Moved:
    """A group goes on under another number."""

    old: int
    new: int


Arrival = Said | Pressed | Given | Unreadable | Door | Moved


def read(update: Update, me: User) -> Arrival | None:
    """What an update says to us; None when it is not meant for us."""
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if update.my_chat_member is not None:
        return _door(update.my_chat_member)
    return _message(update.message, me, f"u{update.update_id}") if update.message is not None else None


def command_of(text: str) -> str:
    """The name of the slash command that a text is; nothing, if it is none."""
    match = re.match(r"/(\w{1,32})(?:\s|$)", text)
    return match.group(1).casefold() if match else ""


def is_menu(text: str) -> bool:
    """Whether it asks for the menu, by its command or in plain words."""
    meant = BY_WORDS.get(text.strip().casefold().rstrip(".! "))
    return command_of(text) == "menu" or (meant is not None and meant.name == "menu")


def _pressed(query: CallbackQuery) -> Pressed | None:
    if query.message is None or not query.data:
        return None
    thread = getattr(query.message, "message_thread_id", None)
    place = _place(query.message.chat.id, thread if getattr(query.message, "is_topic_message", False) else None)
    who = Who(str(query.from_user.id), place, f"q{query.id}")
    markup = getattr(query.message, "reply_markup", None)
    keys = tuple(tuple(map(_key, row)) for row in markup.inline_keyboard) if markup else ()
    return Pressed(who, query.id, query.data, query.message.message_id, keys)


def _key(button: InlineKeyboardButton) -> Key:
    return Key(button.text, str(button.callback_data or ""), button.style)


def _door(change: ChatMemberUpdated) -> Door:
    status = change.new_chat_member.status
    return Door(change.chat.id, status not in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT))


def _message(message: Message, me: User, event: str) -> Arrival | None:
    if message.migrate_to_chat_id:
        return Moved(message.chat.id, message.migrate_to_chat_id)
    if message.from_user is None or message.from_user.is_bot:
        return None
    place = _place(message.chat.id, message.message_thread_id if message.is_topic_message else None)
    text = message.text or message.caption or ""
    if place.is_group and not _is_meant(message, text, me):
        return None
    who = Who(str(message.from_user.id), place, event)
    text = _without_name(text, me)
    if message.document is not None:
        name = message.document.file_name or "file"
        return Given(who, message.document.file_id, name, message.document.file_size or 0, text)
    if message.text is not None:
        return Said(who, text, message.message_id)
    return None if _is_service(message) else Unreadable(who)


def _place(chat: int, topic: int | None) -> Place:
    return Place(chat, topic)


def _is_meant(message: Message, text: str, me: User) -> bool:
    """In a group: a command to us or to nobody in particular, our name, or an answer to what we said."""
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
        return True
    own = f"@{me.username}".casefold()
    entities: Sequence[MessageEntity] = message.entities or message.caption_entities
    for one in entities:
        words = _of(text, one).casefold()
        if one.type == MessageEntity.MENTION and words == own:
            return True
        if one.type == MessageEntity.BOT_COMMAND and one.offset == 0 and words.partition("@")[2] in ("", own[1:]):
            return True
    return False


def _of(text: str, entity: MessageEntity) -> str:
    """The stretch of text of an entity, which counts in UTF-16."""
    raw = text.encode("utf-16-le")
    return raw[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", errors="ignore")


def _without_name(text: str, me: User) -> str:
    """The words without our name, which only says to whom they go."""
    return re.sub(rf"\s?@{re.escape(me.username or '')}\b[,:]?", "", text, flags=re.IGNORECASE).strip()


def _is_service(message: Message) -> bool:
    """Somebody joined, a title changed: nobody said anything."""
    spoken = (message.photo, message.voice, message.audio, message.video, message.video_note, message.sticker)
    more = (message.animation, message.location, message.contact, message.poll, message.venue, message.dice)
    return not any([*spoken, *more])
