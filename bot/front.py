"""The front: every chat platform that is set up, one desk behind them, and the delivery that carries what comes later."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module

from starlette.routing import BaseRoute

from agent.assistant import Assistant
from bot import CHANNELS
from bot.channel import Platform
from bot.delivery import Delivery
from bot.desk import Desk
from bot.program import Program


@dataclass(frozen=True)
class Front:
    """What is open to people."""

    desk: Desk
    delivery: Delivery
    platforms: Mapping[str, Platform]

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What the platforms add to the web app."""
        return [route for platform in self.platforms.values() for route in platform.routes(self.desk)]


@asynccontextmanager
async def open_front(program: Program, only: Sequence[str] | None = None) -> AsyncIterator[Front]:
    """Opens the platforms that are set up (or of them only these), finishes what a crash left, then listens. Refused and
    NeedsPerson say what is wrong with a platform's settings."""
    async with AsyncExitStack() as stack:
        platforms: dict[str, Platform] = {}
        for name, module in CHANNELS.items():
            if only is not None and name not in only:
                continue
            platform = await stack.enter_async_context(import_module(module).open_platform(program))
            if platform is not None:
                platforms[name] = platform
        delivery = Delivery(program.database, platforms)
        desk = Desk(Assistant(program.box), delivery)
        for platform in platforms.values():
            await desk.take_up(platform)
        await stack.enter_async_context(delivery.running())
        for platform in platforms.values():
            await stack.enter_async_context(platform.listening(desk))
        yield Front(desk, delivery, platforms)
