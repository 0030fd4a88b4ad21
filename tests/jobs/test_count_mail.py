"""The daily count: asked for once, told when a mail was lost, silent when nothing was."""

from __future__ import annotations

from jobs.count_mail import ask_for_counts
from tests.fakes.program import House
from tools.work import LONG


async def counted(house: House) -> list[object]:
    await ask_for_counts(house.database)
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'count_mail'")
    return list(await house.work(LONG))


async def test_a_count_is_asked_for_once_and_for_tomorrow(house: House) -> None:
    for _ in range(3):
        await ask_for_counts(house.database)
    assert await house.one("SELECT count(*) FROM jobs WHERE kind = 'count_mail' AND run_at > now() + '23 hours'") == 1


async def test_what_agrees_is_not_told(house: House) -> None:
    await house.say("hello")
    assert await counted(house) == []
    found = await house.one("SELECT result FROM jobs WHERE kind = 'count_mail'")
    assert (found["there"], found["missing"], found["extra"]) == (1, 0, 0)


async def test_a_lost_mail_is_fetched_and_told(house: House) -> None:
    await house.say("hello")
    await house.sql("DELETE FROM emails")
    words = " ".join(getattr(word, "text", "") for word in await counted(house))
    assert "1 mail had not reached me and is here now" in words
    assert await house.one("SELECT count(*) FROM emails") == 1
