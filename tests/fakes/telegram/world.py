"""The world of a bot: people, chats and their messages, and what people do in them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from re import finditer
from typing import Any

from tests.fakes.telegram.entities import Entity, units
from tests.fakes.telegram.flood import Clock, Flood

BOT = {"id": 77, "is_bot": True, "first_name": "Deskhand", "username": "deskhand_bot"}
TOKEN = "77:AAtest-token"
QUERY_LIVES = 30.0
"""Seconds in which a press can be answered."""

Plain = dict[str, Any]


@dataclass
class Post:
    """A message in a chat."""

    id: int
    chat: int
    sender: Plain
    kind: str = "text"
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    markup: Plain = field(default_factory=dict)
    thread: int | None = None
    reply_to: int | None = None
    file: str = ""
    name: str = ""
    size: int = 0
    quiet_links: bool = False

    @property
    def buttons(self) -> list[Plain]:
        """The inline buttons, row by row."""
        return [one for row in self.markup.get("inline_keyboard", []) for one in row]


@dataclass
class Query:
    """A press that waits for its answer."""

    id: str
    at: float
    answer: Plain | None = None


@dataclass
class World:
    """Everything that the Bot API knows."""

    clock: Clock = field(default_factory=Clock)
    chats: dict[int, Plain] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    updates: deque[Plain] = field(default_factory=deque)
    queries: dict[str, Query] = field(default_factory=dict)
    query_lives: float = QUERY_LIVES
    files: dict[str, bytes] = field(default_factory=dict)
    drafts: list[tuple[int, str]] = field(default_factory=list)
    live_drafts: list[Entity] = field(default_factory=list)
    """What could be pressed in previews."""
    actions: list[tuple[int, str]] = field(default_factory=list)
    commands: dict[str, list[Plain]] = field(default_factory=dict)
    settings: Plain = field(default_factory=dict)
    """Description, menu button and the like."""
    webhook: Plain = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    started: set[int] = field(default_factory=set)
    """Private chats in which the person spoke first: a bot cannot."""
    moved: dict[int, int] = field(default_factory=dict)
    chokes: bool = False
    """While set, no markup can be read, whatever it is."""
    fetched: list[str] = field(default_factory=list)
    """Addresses that a preview was made of: data that left."""

    news: Callable[[], None] = lambda: None
    """Called when an update waits."""

    def __post_init__(self) -> None:
        self.flood = Flood(self.clock)
        self._empty = asyncio.Event()
        self._updates, self._posts, self._queries, self._files = count(501), count(11), count(1), count(1)

    def person(self, identity: int, name: str = "Ana") -> Plain:
        """Somebody, with their private chat."""
        self.chats.setdefault(identity, {"id": identity, "type": "private", "first_name": name})
        return {"id": identity, "is_bot": False, "first_name": name, "language_code": "en"}

    def group(self, identity: int, title: str = "Studio") -> int:
        """A group with the bot in it."""
        self.chats[identity] = {"id": identity, "type": "supergroup", "title": title}
        return identity

    def say(
        self, who: Plain, text: str, chat: int | None = None, *, reply_to: Post | None = None, thread: int | None = None
    ) -> Plain:
        """Somebody writes."""
        post = self._posted(who, chat, thread, text=text)
        body = self.message(post) | {"entities": _said_entities(text)}
        if reply_to is not None:
            body["reply_to_message"] = self.message(reply_to)
        return self._update(message=body)

    def give(self, who: Plain, name: str, content: bytes, caption: str = "", *, size: int | None = None) -> Plain:
        """Somebody drops a file into their private chat."""
        key = self.keep(content)
        post = self._posted(who, None, None, kind="document", text=caption, file=key, name=name)
        document = {"file_id": key, "file_unique_id": key, "file_name": name, "file_size": size or len(content)}
        body = self.message(post) | {"document": document}
        body.pop("text", None)
        return self._update(message=body | ({"caption": caption} if caption else {}))

    def send_other(self, who: Plain, **content: Any) -> Plain:
        """Somebody sends what is neither text nor a file."""
        body = self.message(self._posted(who, None, None))
        body.pop("text", None)
        return self._update(message=body | content)

    def press(self, who: Plain, post: Post, data: str) -> str:
        """Somebody presses a button; gives the name of the press. Nothing checks that the message has such a button:
        clients can be made to lie."""
        query = Query(f"q{next(self._queries)}", self.clock.now())
        self.queries[query.id] = query
        body = {"id": query.id, "from": who, "chat_instance": "1", "data": data, "message": self.message(post)}
        self._update(callback_query=body)
        return query.id

    def block(self, who: Plain, *, blocks: bool = True) -> None:
        """Somebody blocks the bot, or takes it back."""
        (self.blocked.add if blocks else self.blocked.discard)(who["id"])
        new = {"user": BOT, "status": "kicked", "until_date": 0} if blocks else {"user": BOT, "status": "member"}
        old = {"user": BOT, "status": "member"} if blocks else {"user": BOT, "status": "kicked", "until_date": 0}
        chat = self.chats[who["id"]]
        self._update(
            my_chat_member={"chat": chat, "from": who, "date": 1, "old_chat_member": old, "new_chat_member": new}
        )

    def keep(self, content: bytes) -> str:
        """A file of the service's own; gives its name."""
        key = f"file{next(self._files)}"
        self.files[key] = content
        return key

    def post(self, **values: Any) -> Post:
        """A message of the bot's."""
        made = Post(id=next(self._posts), sender=BOT, **values)
        self.posts.append(made)
        return made

    def find(self, chat: int, identity: int) -> Post | None:
        """A message by its number."""
        return next((one for one in self.posts if one.chat == chat and one.id == identity), None)

    def shown(self, chat: int) -> list[Post]:
        """What the bot says in a chat as it looks now."""
        return [one for one in self.posts if one.chat == chat and one.sender is BOT]

    def message(self, post: Post) -> Plain:
        """The JSON of a message."""
        plain: Plain = {"message_id": post.id, "date": 1, "chat": self.chats[post.chat], "from": post.sender}
        plain |= {"text": post.text} if post.kind == "text" else {"caption": post.text} if post.text else {}
        if post.thread is not None:
            plain |= {"message_thread_id": post.thread, "is_topic_message": True}
        if post.kind == "document":
            plain["document"] = {"file_id": post.file, "file_unique_id": post.file, "file_name": post.name}
        if post.kind == "photo":
            size = {"file_id": post.file, "file_unique_id": post.file, "width": 1, "height": 1}
            plain["photo"] = [size]
        return plain | ({"reply_markup": post.markup} if "inline_keyboard" in post.markup else {})

    def again(self, update: Plain) -> None:
        """The same update comes once more, as after a lost answer."""
        self.updates.append(update)
        self.news()

    def confirmed(self, offset: int) -> None:
        """What comes before this number was taken and does not come again."""
        self.updates = deque(one for one in self.updates if one["update_id"] >= offset)
        if not self.updates:
            self._empty.set()

    async def taken(self) -> None:
        """Waits until everything that waited was fetched and confirmed."""
        if self.updates:
            self._empty.clear()
            await self._empty.wait()

    def _posted(self, who: Plain, chat: int | None, thread: int | None, **values: Any) -> Post:
        where = who["id"] if chat is None else chat
        if where == who["id"]:
            self.started.add(where)
        made = Post(id=next(self._posts), chat=where, sender=who, thread=thread, **values)
        self.posts.append(made)
        return made

    def _update(self, **body: Any) -> Plain:
        update = {"update_id": next(self._updates), **body}
        self.updates.append(update)
        self.news()
        return update


def _said_entities(text: str) -> list[Plain]:
    found = []
    for kind, pattern in (("bot_command", r"(?<!\S)/[A-Za-z0-9_]+(?:@\w+)?"), ("mention", r"(?<!\w)@[A-Za-z0-9_]+")):
        for match in finditer(pattern, text):
            begin = units(text[: match.start()])
            found.append({"type": kind, "offset": begin, "length": units(match.group())})
    return found
