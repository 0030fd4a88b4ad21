"""Work begins a little at a time; what takes long keeps nobody waiting."""

from __future__ import annotations

import asyncio

import pytest

from bot.pace import Pace


async def settled() -> None:
    """Lets everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


class Works:
    """Works that last until they are told to end, and which of them have begun."""

    def __init__(self, pace: Pace, count: int) -> None:
        self.begun: list[int] = []
        self.ends = [asyncio.Event() for _ in range(count)]
        self.tasks = [asyncio.create_task(self._work(pace, number)) for number in range(count)]

    async def _work(self, pace: Pace, number: int) -> None:
        async with pace.place():
            self.begun.append(number)
            await self.ends[number].wait()


async def test_no_more_begin_than_there_are_places() -> None:
    works = Works(Pace(2, held=60), 5)
    await settled()
    assert works.begun == [0, 1]
    works.ends[1].set()
    await settled()
    assert works.begun == [0, 1, 2]
    for end in works.ends:
        end.set()
    await asyncio.gather(*works.tasks)
    assert works.begun == [0, 1, 2, 3, 4]


async def test_long_work_gives_its_place_back_and_goes_on() -> None:
    works = Works(Pace(1, held=0), 3)
    await settled()
    assert works.begun == [0, 1, 2]
    assert not any(task.done() for task in works.tasks)
    for end in works.ends:
        end.set()
    await asyncio.gather(*works.tasks)


async def test_a_place_is_given_back_once_however_the_work_ends() -> None:
    """Twice would let more begin than there are places; never, and nothing would begin."""
    pace = Pace(1, held=60)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with pace.place():
                raise ZeroDivisionError
        cancelled = Works(pace, 1)
        await settled()
        cancelled.tasks[0].cancel()
        await asyncio.gather(*cancelled.tasks, return_exceptions=True)
    works = Works(pace, 2)
    await settled()
    assert works.begun == [0]
    for task in works.tasks:
        task.cancel()


async def test_one_who_leaves_the_line_takes_no_place() -> None:
    works = Works(Pace(1, held=60), 3)
    await settled()
    works.tasks[1].cancel()
    works.ends[0].set()
    await settled()
    assert works.begun == [0, 2]
    works.ends[2].set()
    await asyncio.gather(*works.tasks, return_exceptions=True)
