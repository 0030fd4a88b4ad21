"""The next thing is fetched while the last is worked on, in order, and nothing is left open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tools.inbox.ahead import ahead


async def counting(up_to: int, seen: list[str]) -> AsyncGenerator[int]:
    try:
        for number in range(up_to):
            seen.append(f"fetched {number}")
            yield number
    finally:
        seen.append("closed")


async def test_everything_comes_in_order() -> None:
    assert [number async for number in ahead(counting(5, []))] == [0, 1, 2, 3, 4]


async def test_the_next_is_fetched_during_the_work_on_the_last() -> None:
    seen: list[str] = []
    async for number in ahead(counting(2, seen)):
        await asyncio.sleep(0)
        seen.append(f"worked on {number}")
    assert seen.index("fetched 1") < seen.index("worked on 0")


async def test_three_are_under_way_when_one_goes_into_another() -> None:
    seen: list[str] = []
    halfway = asyncio.Event()

    async def doubled(numbers: AsyncGenerator[int]) -> AsyncGenerator[int]:
        async for number in numbers:
            if number == 1:
                halfway.set()
            await asyncio.sleep(0)
            yield number * 2

    stored = ahead(doubled(ahead(counting(4, seen))))
    assert await anext(stored) == 0
    await halfway.wait()  # the second is worked on, while the first is stored
    await asyncio.sleep(0)
    assert "fetched 2" in seen
    assert [number async for number in stored] == [2, 4, 6]


async def test_whoever_stops_early_leaves_nothing_open() -> None:
    seen: list[str] = []
    numbers = ahead(counting(9, seen))
    assert await anext(numbers) == 0
    await numbers.aclose()
    assert seen[-1] == "closed"


async def test_an_error_comes_after_what_came_before_it() -> None:
    async def breaking() -> AsyncGenerator[int]:
        yield 1
        raise LookupError

    got = []
    with pytest.raises(LookupError):
        async for number in ahead(breaking()):
            got.append(number)
    assert got == [1]
