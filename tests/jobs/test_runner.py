"""The runner: one attempt at a time under a lease, tried again with growing waits, and given up in words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat import Reply
from jobs.job import Handler, Job
from jobs.runner import LONGEST_WAIT, Runner, backoff
from storage.values.errors import NeedsPerson, Refused, Unavailable
from storage.values.ids import JobId
from tests.fakes.program import House
from tools.toolbox import Toolbox
from tools.work import QUICK, Work


async def _fine(_box: Toolbox, _job: Job) -> dict[str, Any]:
    return {"done": True}


def _raises(error: Exception) -> Handler:
    async def handler(_box: Toolbox, _job: Job) -> dict[str, Any]:
        raise error

    return handler


def _runner(house: House, handler: Handler, attempts: int = 3, timeout: timedelta = QUICK.timeout) -> Runner:
    return Runner(house.box, {"chore": (Work("chore", replace(QUICK, timeout=timeout), attempts), handler)})


async def _chore(house: House) -> JobId:
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, house.channel.name, str(house.caller.person))
        job = await tx.jobs.add("chore", QUICK.name, {}, person=house.caller.person, conversation=where)
    assert job
    return job


async def _row(house: House, job: JobId) -> Any:
    return (
        await house.sql("SELECT *, run_at > now() AS waits, lease_until > now() AS held FROM jobs WHERE id = %s", job)
    )[0]


async def _told(house: House) -> list[str]:
    await house.delivery.flush()
    return [word.text for word in house.channel.words if isinstance(word, Reply)]


async def test_a_job_is_done_once_and_keeps_its_result(house: House) -> None:
    job, runner = await _chore(house), _runner(house, _fine)
    assert [await runner.run(job), await runner.run(job)] == [True, False]
    row = await _row(house, job)
    assert (row.state, row.result, row.attempts) == ("completed", {"done": True}, 1)


async def test_what_is_not_due_held_by_another_or_unknown_is_not_to_be_had(house: House) -> None:
    job, runner = await _chore(house), _runner(house, _fine)
    await house.sql("UPDATE jobs SET run_at = now() + interval '1 minute'")
    assert not await runner.run(job)
    await house.sql("UPDATE jobs SET state = 'running', lease_until = now() + interval '1 minute'")
    assert not await runner.run(job)
    assert not await Runner(house.box, {}).run(job)
    assert not await runner.run(house.account)


async def test_a_service_that_is_down_is_tried_again_later_and_then_works(house: House) -> None:
    job = await _chore(house)
    await _runner(house, _raises(Unavailable("The server sleeps."))).run(job)
    row = await _row(house, job)
    assert (row.state, row.waits, row.error, row.lease_until) == ("pending", True, "The server sleeps.", None)
    await house.sql("UPDATE jobs SET run_at = now()")
    await _runner(house, _fine).run(job)
    assert (await _row(house, job)).state == "completed"
    assert await _told(house) == []


async def test_a_service_that_says_when_is_asked_then(house: House) -> None:
    job = await _chore(house)
    await _runner(house, _raises(Unavailable("Busy.", retry_after=timedelta(hours=2)))).run(job)
    assert await house.one("SELECT run_at > now() + interval '119 minutes' FROM jobs WHERE id = %s", job)


@pytest.mark.parametrize("error", [Unavailable("The server sleeps."), ValueError("a bug")])
async def test_after_the_last_attempt_the_person_is_told_once(house: House, error: Exception) -> None:
    job, runner = await _chore(house), _runner(house, _raises(error), attempts=3)
    for _ in range(5):
        await house.sql("UPDATE jobs SET run_at = now()")
        await runner.run(job)
    row = await _row(house, job)
    assert (row.state, row.attempts) == ("failed", 3)
    (words,) = await _told(house)
    assert words.startswith("Chore failed: ")
    assert "a bug" not in words


@pytest.mark.parametrize("error", [Refused("There is no such file."), NeedsPerson("Sign in again.")])
async def test_what_cannot_work_is_not_tried_again(house: House, error: Exception) -> None:
    job = await _chore(house)
    await _runner(house, _raises(error)).run(job)
    assert (await _row(house, job)).state == "failed"
    assert await _told(house) == [str(error)]


async def test_a_job_that_takes_too_long_is_ended_and_tried_again(house: House) -> None:
    async def endless(_box: Toolbox, _job: Job) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    job = await _chore(house)
    await _runner(house, endless, timeout=timedelta(seconds=0.05)).run(job)
    row = await _row(house, job)
    assert (row.state, row.error) == ("pending", "It took too long.")


async def test_a_job_that_kills_its_worker_every_time_is_given_up(house: House) -> None:
    job, runner = await _chore(house), _runner(house, _fine, attempts=3)
    await house.sql("UPDATE jobs SET state = 'running', attempts = 3, lease_until = now() - interval '1 second'")
    assert await runner.run(job)
    assert (await _row(house, job)).state == "failed"
    assert await _told(house) == ["Chore failed: The program ended in the middle of it, 3 times."]


async def test_the_job_of_a_dead_worker_is_taken_over_when_its_lease_is_over(house: House) -> None:
    job, runner = await _chore(house), _runner(house, _fine)
    await house.sql("UPDATE jobs SET state = 'running', attempts = 1, lease_until = now() + interval '1 second'")
    assert not await runner.run(job)
    await house.sql("UPDATE jobs SET lease_until = now() - interval '1 second'")
    assert await runner.run(job)
    assert (await _row(house, job)).state == "completed"


@pytest.mark.parametrize("ending", [{"done": True}, Refused("No."), Unavailable("Later."), ValueError("a bug")])
async def test_an_attempt_that_lost_its_lease_records_nothing_and_says_nothing(house: House, ending: Any) -> None:
    job, held = await _chore(house), []

    async def overtaken(_box: Toolbox, mine: Job) -> dict[str, Any]:
        await house.sql("UPDATE jobs SET attempts = attempts + 1 WHERE id = %s", job)  # another claimed it
        async with house.database.acting_as(house.caller) as tx:
            held.append(await tx.jobs.hold(mine.id, mine.attempt))
        if isinstance(ending, Exception):
            raise ending
        return dict(ending)

    await _runner(house, overtaken, attempts=1).run(job)
    assert held == [False]
    row = await _row(house, job)
    assert (row.state, row.attempts, row.result, row.error, row.held) == ("running", 2, None, "", True)
    assert await _told(house) == []


async def test_a_cancelled_job_is_not_done_and_stays_cancelled_when_it_ran_meanwhile(house: House) -> None:
    job, told = await _chore(house), []

    async def cancelled(_box: Toolbox, mine: Job) -> dict[str, Any]:
        async with house.database.acting_as(house.caller) as tx:
            told.append(await tx.jobs.cancel(job))
            told.append(await tx.jobs.hold(mine.id, mine.attempt))
        return {}

    await _runner(house, cancelled).run(job)
    assert told == [True, False]
    assert (await _row(house, job)).state == "cancelled"
    assert not await _runner(house, _fine).run(job)
    async with house.database.acting_as(house.caller) as tx:
        assert not await tx.jobs.cancel(job)


async def test_one_job_of_a_name_is_open_at_a_time(house: House) -> None:
    async with house.database.acting_as(house.caller) as tx:
        made = [await tx.jobs.add("chore", QUICK.name, {}, person=house.caller.person, once="x") for _ in range(2)]
    assert made[0]
    assert made[1] is None
    await _runner(house, _fine).run(made[0])
    async with house.database.acting_as(house.caller) as tx:
        assert await tx.jobs.add("chore", QUICK.name, {}, person=house.caller.person, once="x")


async def test_no_bell_rings_for_a_job_that_was_rolled_back(house: House) -> None:
    rung: list[Any] = []

    class Bell:
        async def ring(self, queue: str, job: Any) -> None:
            rung.append(job)

    database = type(house.database)(house.database.engine, house.database.keyring, Bell())

    async def broken_off() -> None:
        async with database.acting_as(house.caller) as tx:
            await tx.jobs.add("chore", QUICK.name, {}, person=house.caller.person)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await broken_off()
    assert rung == []


async def test_the_leases_of_two_tenants_do_not_mix(house: House) -> None:
    job = await _chore(house)
    async with house.database.acting_as(house.account) as tx:  # some other tenant
        assert await tx.jobs.get(job) is None
        assert not await tx.jobs.cancel(job)


@given(st.integers(1, 60))
def test_waits_double_up_to_ten_minutes_with_a_quarter_by_chance(attempt: int) -> None:
    wait = backoff(attempt).total_seconds()
    plain = min(LONGEST_WAIT, 2.0**attempt)
    assert plain <= wait <= plain * 1.25
