"""TelegramTalk: a person with Telegram on their phone, talking with a house through the fake Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette

from bot.delivery import Delivery
from bot.desk import Desk
from bot.telegram.opening import open_bot
from bot.telegram.pace import Pace
from bot.telegram.platform import TelegramPlatform
from tests.fakes.program import House
from tests.fakes.telegram.server import TelegramServer, telegram_server
from tests.fakes.telegram.world import TOKEN, Plain, Post

SECRET = "s3cret-of-the-webhook"
PERSON = 4711

Shown = dict[str, Any]


@dataclass
class TelegramTalk:
    """One person's private chat. What they see is a list of plain dicts: kind, text, title, fields, buttons (labels)."""

    house: House
    server: TelegramServer
    platform: TelegramPlatform
    desk: Desk
    delivery: Delivery
    app: Starlette
    who: Plain
    webhook: bool
    _seen: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def world(self) -> Any:
        """The world behind the Bot API."""
        return self.server.world

    @property
    def posts(self) -> list[Post]:
        """What the bot shows in the private chat."""
        return list(self.world.shown(self.who["id"]))

    @property
    def shown(self) -> list[Shown]:
        """What the person sees now."""
        return [plain(one) for one in self.posts]

    async def say(self, text: str, **more: Any) -> list[Shown]:
        """Writes something; gives what is new or looks different afterwards."""
        return await self._after(self.world.say(self.who, text, **more))

    async def press(self, label: str, **fields: str) -> list[Shown]:
        """Presses the newest button of this label. With fields, a dialog asks and the person answers."""
        post = next(one for one in reversed(self.posts) if label in labels(one))
        data = next(one["callback_data"] for one in post.buttons if one["text"] == label)
        self.world.press(self.who, post, data)
        new = await self._after()
        for value in fields.values():
            new = await self.say(value)
        return new

    async def drop(self, name: str, content: bytes, caption: str = "") -> list[Shown]:
        """Drops a file into the chat."""
        return await self._after(self.world.give(self.who, name, content, caption))

    async def stop(self) -> list[Shown]:
        """Says stop."""
        return await self.say("/stop")

    async def work(self) -> list[Shown]:
        """Does what is due, and carries what waits."""
        await self.house.work()
        while await self.delivery.flush():
            pass
        return self._news()

    async def _after(self, _update: Any = None) -> list[Shown]:
        await self.settle()
        return self._news()

    async def settle(self) -> None:
        """Everything that came in is done with."""
        async with asyncio.timeout(60):
            if self.webhook:
                await self.server.push(self.app)
            else:
                await self.world.taken()
            await self.platform.work.all_done()

    def _news(self) -> list[Shown]:
        new = [one for one in self.posts if self._seen.get((one.chat, one.id)) != repr((one.text, one.markup))]
        self._seen = {(one.chat, one.id): repr((one.text, one.markup)) for one in self.posts}
        return [plain(one) for one in new]


def labels(post: Post) -> list[str]:
    """The labels of a message's buttons."""
    return [one["text"] for one in post.buttons]


def plain(post: Post) -> Shown:
    """A message as a person sees it: bold lines at its head are a card's title and the names of its facts."""
    kind = post.kind if post.kind != "text" else "card" if post.buttons or _title(post) else "reply"
    title = _title(post)
    lines = post.text.split("\n")
    bold = {_cut(post, one).rstrip(":") for one in post.entities if one.kind == "bold"}
    fields = {
        name: rest.strip()
        for line in lines[1:]
        for name, mark, rest in [line.partition(":")]
        if mark and name in bold
    }  # fmt: skip
    return {"kind": kind, "text": post.text, "title": title, "fields": fields, "buttons": labels(post)}


def _title(post: Post) -> str:
    first = next((one for one in post.entities if one.kind == "bold" and one.offset == 0), None)
    return _cut(post, first) if first else ""


def _cut(post: Post, entity: Any) -> str:
    raw = post.text.encode("utf-16-le")
    return raw[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


@asynccontextmanager
async def telegram_talk(
    house: House,
    *,
    webhook: bool = True,
    linked: bool = True,
    server: TelegramServer | None = None,
    patience: float = 60.0,
) -> AsyncIterator[TelegramTalk]:
    """The house's person with Telegram, linked unless told otherwise; by webhook, or by polling."""
    async with AsyncExitStack() as stack:
        server = server or await stack.enter_async_context(telegram_server())
        who = server.world.person(PERSON)
        if linked:
            async with house.database.acting_as(house.caller) as tx:
                if await tx.people.alone_at("telegram", str(PERSON)):
                    await tx.people.name_on("telegram", str(PERSON), house.caller.person)
        clock = server.world.clock
        bot = await stack.enter_async_context(
            open_bot(TOKEN, server.base_url, server.file_url, Pace(now=clock.now, sleep=clock.sleep))
        )
        platform = TelegramPlatform(
            bot,
            house.database,
            house.box.blobs,
            secret=SECRET if webhook else "",
            url="https://deskhand.example",
            now=clock.now,
            patience=patience,
        )
        delivery = Delivery(house.database, {platform.name: platform})
        desk = Desk(house.assistant, delivery)
        app = Starlette(routes=list(platform.routes(desk)))
        await desk.take_up(platform)
        await stack.enter_async_context(platform.listening(desk))
        async with asyncio.timeout(30):
            await platform.ready.wait()
        yield TelegramTalk(house, server, platform, desk, delivery, app, who, webhook)
