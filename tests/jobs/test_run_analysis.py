"""The job of an analysis: its outcome is posted once, by whoever still has the job, and a dead child is told as a failure."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from agent.chat import File, Reply
from bot.tables import take_table
from jobs.run_analysis import run_analysis
from storage.values.errors import Refused
from storage.values.ids import JobId
from tests.fakes.program import House
from tools.work import RUN_ANALYSIS

SALES = "day,region,revenue\n" + "".join(f"2026-01-{day:02},North,{day * 10}\n" for day in range(1, 29))


async def _asked_for(house: House) -> JobId:
    table = house.servers.home / "sales.csv"
    await asyncio.to_thread(table.write_text, SALES)
    await take_table(house.box, house.caller, Path(table))
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, house.channel.name, str(house.caller.person))
        (file,) = await tx.files.tables(house.caller.person)
        job = await tx.jobs.add(
            RUN_ANALYSIS.kind,
            RUN_ANALYSIS.queue.name,
            {"file": str(file.id), "kind": "profile", "question": ""},
            person=house.caller.person,
            conversation=where,
        )
    assert job
    return job


async def test_its_words_and_files_arrive_once(house: House) -> None:
    await _asked_for(house)
    first, *files = await house.work(RUN_ANALYSIS.queue)
    assert isinstance(first, Reply)
    assert "28" in first.text
    assert all(isinstance(one, File) for one in files)
    assert await house.work(RUN_ANALYSIS.queue) == []


async def test_an_attempt_that_lost_the_job_posts_nothing(house: House) -> None:
    job = await _asked_for(house)
    async with house.database.as_system() as tx:
        row = await tx.jobs.claim(job, RUN_ANALYSIS.queue.timeout)
    mine = await house.runner._job(row)  # type: ignore[arg-type]
    await house.sql("UPDATE jobs SET attempts = attempts + 1 WHERE id = %s", job)  # another claimed it
    await run_analysis(house.box, mine)
    await house.delivery.flush()
    assert house.channel.words == []
    await run_analysis(house.box, replace(mine, attempt=mine.attempt + 1))
    await house.delivery.flush()
    assert house.channel.words != []


async def test_a_child_that_is_killed_is_tried_once_more_and_then_told(house: House) -> None:
    job = await _asked_for(house)
    for _ in range(2):
        attempt = asyncio.create_task(house.runner.run(job))
        await _kill_the_child(attempt)
        assert await attempt
        await house.sql("UPDATE jobs SET run_at = now()")
    await house.delivery.flush()
    (words,) = house.channel.words
    assert isinstance(words, Reply)
    assert words.text.startswith("Run analysis failed: The analysis of sales.csv ended before it was done")


async def _kill_the_child(attempt: asyncio.Task[bool]) -> None:
    """The analysis in its own process, as soon as there is one."""
    while not attempt.done():
        for child in psutil.Process().children():
            if "tools.analysis.child" in " ".join(_command(child)):
                child.kill()
                return
        await asyncio.sleep(0)


def _command(child: psutil.Process) -> list[str]:
    try:
        return child.cmdline()
    except psutil.Error:
        return []


async def test_a_table_that_cannot_be_read_is_told_in_words_at_once(house: House) -> None:
    job = await _asked_for(house)
    (file,) = await house.sql("SELECT id FROM files")
    await asyncio.to_thread(house.box.blobs.path(file.id).write_bytes, b"\x00\x01\x02")  # spoilt since it was taken in
    await house.runner.run(job)
    await house.delivery.flush()
    (words,) = house.channel.words
    assert isinstance(words, Reply)
    assert "Traceback" not in words.text
    assert await house.one("SELECT state FROM jobs WHERE id = %s", job) == "failed"


async def test_a_table_that_was_deleted_meanwhile_is_told_in_words(house: House) -> None:
    job = await _asked_for(house)
    await house.sql("DELETE FROM files")
    await house.runner.run(job)
    await house.delivery.flush()
    assert len(house.channel.words) == 1
    with pytest.raises(Refused):
        async with house.database.acting_as(house.caller) as tx:
            await tx.files.get(house.account)
