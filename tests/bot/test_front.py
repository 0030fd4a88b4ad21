"""The front: a platform is a folder and a line. A toy one is added here the way a third party would."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import ModuleType

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

import bot
from agent.chat import Card, File, Message, Progress, Reply
from bot.desk import Desk, Visitor
from bot.front import open_front
from bot.program import Program
from bot.settings import Settings
from bot.web.app import build
from tests.fakes.program import House


class Postcards:
    """A platform on which one writes by HTTP and reads what was put on the wall."""

    name = "postcards"

    def __init__(self) -> None:
        self.wall: list[str] = []
        self.open = False

    async def send(self, address: str, word: Reply | Card | File) -> str:
        self.wall.append(word.text)
        return str(len(self.wall))

    async def edit(self, address: str, shown: str, card: Card) -> None:
        self.wall[int(shown) - 1] = card.text

    async def progress(self, address: str, progress: Progress) -> None:
        return None

    def routes(self, desk: Desk) -> Sequence[BaseRoute]:
        async def written(request: Request) -> PlainTextResponse:
            await desk.receive(Visitor(self, "me", "the wall"), Message((await request.body()).decode()))
            return PlainTextResponse("posted")

        return [Route("/postcards", written, methods=["POST"])]

    @asynccontextmanager
    async def listening(self, desk: Desk) -> AsyncIterator[None]:
        self.open = True
        yield
        self.open = False


@pytest.fixture
def program(house: House) -> Program:
    """The house, as a program that is opened."""
    settings = Settings(_env_file=None, deskhand_home=house.servers.home)  # type: ignore[call-arg]
    return Program(settings, house.box, house.database, house.servers.redis_url, house.servers.admin_url)


@pytest.fixture
def postcards(monkeypatch: pytest.MonkeyPatch) -> Postcards:
    """A third party's folder with its `open_platform`, and its line."""
    platform = Postcards()

    @asynccontextmanager
    async def open_platform(program: Program) -> AsyncIterator[Postcards | None]:
        yield platform

    package = ModuleType("their_postcards")
    package.open_platform = open_platform  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "their_postcards", package)
    monkeypatch.setitem(bot.CHANNELS, "postcards", "their_postcards")
    return platform


async def test_a_folder_and_a_line_make_a_channel(house: House, program: Program, postcards: Postcards) -> None:
    async with house.database.acting_as(house.caller) as tx:
        await tx.people.name_on("postcards", "me", house.caller.person)
    async with open_front(program, only=["postcards"]) as front:
        assert postcards.open
        door = httpx.ASGITransport(build(program, front.routes))
        async with httpx.AsyncClient(transport=door, base_url="http://127.0.0.1") as client:
            for words in ("find kiln", "reply to Bo that Thursday works", "reject"):
                assert (await client.post("/postcards", content=words)).text == "posted"
    assert not postcards.open
    assert "Kiln" in postcards.wall[0]
    assert any("Thursday works" in one for one in postcards.wall)
    assert await house.one("SELECT state FROM approvals") == "rejected"


async def test_only_what_is_set_up_is_opened(program: Program) -> None:
    async with open_front(program) as front:
        assert "slack" not in front.platforms
        assert "telegram" not in front.platforms
