"""The program: what is opened for all of it, in one place."""

from __future__ import annotations

import asyncio
from threading import Barrier

import pytest

from bot.program import open_program
from bot.settings import read_settings
from tests.fakes.program import House


async def test_twenty_mailboxes_that_hang_do_not_hold_up_the_next_call(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits in a thread until all do: with fewer threads than that, none would come back."""
    for name, value in (house.environment | {"DATABASE_URL": house.servers.admin_url}).items():
        monkeypatch.setenv(name, value)
    all_wait = Barrier(20)

    async def mailboxes() -> list[int]:
        async with open_program(read_settings()):
            return await asyncio.gather(*[asyncio.to_thread(all_wait.wait, 20) for _ in range(20)])

    assert sorted(await asyncio.to_thread(asyncio.run, mailboxes())) == list(range(20))
