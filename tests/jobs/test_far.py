"""How far a job is: in its row, on one card that is redrawn, with a way to call it off in the middle, and what it cost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat import Card, Update, Word
from jobs.job import Handler, Job
from jobs.runner import Runner
from storage.values.errors import Refused
from storage.values.ids import JobId
from tests.fakes.program import House
from tools.far import in_words
from tools.llm.meter import Tokens, note
from tools.toolbox import Toolbox
from tools.work import EMBED_MAIL, RUN_ANALYSIS, Work


@dataclass
class Clock:
    """Time that passes when a test says so."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Desk:
    """A job that is being done, and what its person sees of it."""

    house: House
    clock: Clock = field(default_factory=Clock)

    async def asked(self, work: Work = RUN_ANALYSIS) -> JobId:
        async with self.house.database.acting_as(self.house.caller) as tx:
            where = await tx.conversations.open(
                self.house.caller.person, self.house.channel.name, str(self.house.caller.person)
            )
            job = await tx.jobs.add(work.kind, work.queue.name, {}, person=self.house.caller.person, conversation=where)
        assert job
        return job

    def runner(self, handler: Handler, work: Work = RUN_ANALYSIS) -> Runner:
        return Runner(self.house.box, {work.kind: (work, handler)}, looks_every=0.01, clock=self.clock)

    async def seen(self) -> list[Word]:
        while await self.house.delivery.flush():
            pass
        return self.house.channel.words


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


def far_of(word: Word) -> str:
    card = word.card if isinstance(word, Update) else word
    assert isinstance(card, Card)
    return next(one.value for one in card.fields if one.label == "How far")


async def test_how_far_a_job_is_stands_in_its_row_and_is_told(desk: Desk) -> None:
    told: list[str] = []

    async def handler(_box: Toolbox, job: Job) -> dict[str, Any]:
        await job.far("counting", 420, 1_000)
        told.extend(word.text for word in await desk.house.say(f"/job {str(job.id)[-6:]}"))  # type: ignore[union-attr]
        told.extend(word.text for word in await desk.house.say("/jobs"))  # type: ignore[union-attr]
        told.extend(word.text for word in await desk.house.say("/menu"))  # type: ignore[union-attr]
        return {}

    await desk.runner(handler).run(await desk.asked())
    assert all("running, counting, 42 % (420 of 1,000)" in one for one in told), told
    assert len(told) == 3


async def test_a_long_job_has_one_card_which_is_redrawn_until_it_is_done(desk: Desk) -> None:
    async def handler(_box: Toolbox, job: Job) -> dict[str, Any]:
        for done in range(0, 101, 5):
            desk.clock.at += 1.5
            await job.far("counting", done, 100)
        return {}

    await desk.runner(handler).run(await desk.asked())
    first, *later = await desk.seen()
    assert isinstance(first, Card)
    assert [one.label for one in first.buttons] == ["Cancel"]
    assert {one.card.id for one in later if isinstance(one, Update)} == {first.id}
    assert 2 <= len(later) <= 5, "not a word for every step"
    assert far_of(later[-1]) == "done"
    assert not later[-1].card.buttons  # type: ignore[union-attr]


async def test_a_quick_job_says_nothing(desk: Desk) -> None:
    async def handler(_box: Toolbox, job: Job) -> dict[str, Any]:
        await job.far("counting", 1, 2)
        return {}

    await desk.runner(handler).run(await desk.asked())
    assert await desk.seen() == []


async def test_a_job_is_called_off_in_the_middle_from_its_card(desk: Desk) -> None:
    card, stuck = asyncio.Event(), asyncio.Event()

    async def handler(_box: Toolbox, job: Job) -> dict[str, Any]:
        desk.clock.at += 10.0
        await job.far("counting", 1, 100)
        card.set()
        try:
            await asyncio.Event().wait()
        finally:
            stuck.set()
        raise AssertionError

    job = await desk.asked()
    running = asyncio.create_task(desk.runner(handler).run(job))
    await card.wait()
    (shown,) = await desk.seen()
    assert isinstance(shown, Card)
    (answer,) = await desk.house.press(shown, "Cancel")
    async with asyncio.timeout(20):
        await running
    assert stuck.is_set()
    assert far_of(answer) == far_of((await desk.seen())[-1]) == "called off"
    assert await desk.house.one("SELECT state FROM jobs WHERE id = %s", job) == "cancelled"


async def test_somebody_elses_card_calls_nothing_off(desk: Desk) -> None:
    async def handler(_box: Toolbox, job: Job) -> dict[str, Any]:
        desk.clock.at += 10.0
        await job.far("counting", 1, 100)
        await desk.house.sql("UPDATE buttons SET person = gen_random_uuid()")
        card = (await desk.seen())[-1]
        assert isinstance(card, Card)
        (answer,) = await desk.house.press(card, "Cancel")
        assert "belongs to somebody else" in answer.text  # type: ignore[union-attr]
        return {}

    job = await desk.asked()
    await desk.runner(handler).run(job)
    assert await desk.house.one("SELECT state FROM jobs WHERE id = %s", job) == "completed"


async def test_an_attempt_that_lost_its_job_ends_where_it_says_how_far_it_is(desk: Desk) -> None:
    async def handler(_box: Toolbox, job: Job) -> dict[str, Any]:
        await desk.house.sql("UPDATE jobs SET attempts = attempts + 1")
        await job.far("counting")
        raise AssertionError("it went on")

    job = await desk.asked(EMBED_MAIL)
    await desk.runner(handler, EMBED_MAIL).run(job)
    assert await desk.house.one("SELECT state || ' ' || error FROM jobs WHERE id = %s", job) == "running "


async def test_a_failed_job_says_so_on_its_card_and_what_it_cost(desk: Desk) -> None:
    async def handler(_box: Toolbox, job: Job) -> dict[str, Any]:
        desk.clock.at += 10.0
        await job.far("asking", 1, 2)
        note("some-model", Tokens(1_200, 0, 30), None, "")
        raise Refused("There is nothing in that table.")

    job = await desk.asked()
    await desk.runner(handler).run(job)
    card = [one.card for one in await desk.seen() if isinstance(one, Update)][-1]
    assert [(one.label, one.value) for one in card.fields][1:] == [
        ("How far", "failed"),
        ("Cost", "price unknown (1,200 tokens in, 30 out)"),
    ]
    (told,) = await desk.house.say(f"/job {str(job)[-6:]}")
    assert "Language model: price unknown (1,200 tokens in, 30 out)" in told.text  # type: ignore[union-attr]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_no_job_is_further_than_its_end(done: int, total: int) -> None:
    words = in_words("counting", done, total)
    if total:
        assert 0 <= int(words.split()[1]) <= 100
    else:
        assert words.endswith("so far")
