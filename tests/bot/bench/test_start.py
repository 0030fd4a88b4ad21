"""The start bench runs real programs on a home of its own, and sees what they load."""

from __future__ import annotations

import asyncio

from bot.bench import start
from bot.bench.figures import table


async def test_a_second_start_loads_nothing_heavy() -> None:
    report = await asyncio.to_thread(start.bench, 1)
    assert "second `deskhand demo` to its prompt" in table(report)
    loaded = next(one for one in report.figures if one.what.startswith("loaded"))
    assert loaded.met
