"""Follow-ups: what the person wants to come back to is kept with its time, listed, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.values.errors import Refused
from storage.values.ids import EventId, new_id
from tests.fakes.program import House, letter, maildir, open_house
from tools.followups.tool import list_follow_ups, schedule_follow_up
from tools.inbox import show
from tools.tool import Ask, Focus, Result
from tools.undo.tool import undo


async def ask(house: House, *, in_sight: bool = False, call: str = "") -> Ask:
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, "console", "x")
    focus = Focus(mail=show.shown(await house.mail("Kiln"))) if in_sight else Focus()
    return Ask(house.caller, where, EventId(new_id()), focus, call=call)


async def schedule(house: House, when: str = "tomorrow 9am", **arguments: Any) -> Result:
    return await schedule_follow_up(house.box, await ask(house), when, **arguments)


async def listed(house: House) -> str:
    return (await list_follow_ups(house.box, await ask(house))).text


async def test_a_follow_up_about_a_mail_is_kept_with_its_job_and_receipt(house: House) -> None:
    result = await schedule(house, "in 3 days", email="Bo")
    assert result.text.startswith("I will come back to “Kiln” on ")
    assert result.text.endswith(", unless an answer arrives before.")
    (row,) = await house.sql("SELECT * FROM follow_ups")
    assert (row.email, row.unless_answered, row.state) == ((await house.mail("Kiln")).id, True, "waiting")
    assert abs(row.due_at - datetime.now(UTC) - timedelta(days=3)) < timedelta(hours=24)
    (job,) = await house.sql("SELECT * FROM jobs WHERE kind = 'follow_up'")
    assert (job.run_at, job.params["follow_up"]) == (row.due_at, str(row.id))
    assert await house.one("SELECT words FROM receipts") == result.text


async def test_a_note_needs_no_mail_and_waits_for_no_answer(house: House) -> None:
    assert (await schedule(house, note="call the bank")).text.startswith("I will come back to call the bank on ")
    assert await house.one("SELECT unless_answered FROM follow_ups") is False


async def test_without_words_it_is_about_the_mail_in_sight(house: House) -> None:
    result = await schedule_follow_up(house.box, await ask(house, in_sight=True), "tomorrow", unless_answered=False)
    assert result.text.startswith("I will come back to “Kiln” on ")
    assert "unless" not in result.text
    with pytest.raises(Refused, match="What should I come back to"):
        await schedule(house)


@pytest.mark.parametrize("when", ["", "soon", "yesterday", "banana", "32 March", "25:99", "x" * 5_000])
async def test_a_time_that_is_none_is_refused_and_nothing_is_kept(house: House, when: str) -> None:
    with pytest.raises(Refused):
        await schedule(house, when, note="x")
    for table in ("follow_ups", "receipts", "jobs WHERE kind = 'follow_up'"):
        assert await house.one(f"SELECT count(*) FROM {table}") == 0  # noqa: S608


async def test_a_mail_that_is_not_there_is_refused(house: House) -> None:
    with pytest.raises(Refused, match="found no mail"):
        await schedule(house, email="xylophone quasar")


async def test_they_are_listed_soonest_first(house: House) -> None:
    await schedule(house, "in 5 days", note="later")
    await schedule(house, "in 2 days", email="Bo")
    first, second, third = (await listed(house)).split("\n")
    assert first == "2 follow-ups waiting:"
    assert second.startswith("1. ")
    assert second.endswith("Bo Lind: Kiln (unless answered)")
    assert third.endswith("later")


async def test_a_mail_that_is_gone_is_told(house: House) -> None:
    await schedule(house, email="Bo")
    await house.sql("DELETE FROM emails")
    assert "a mail that is gone" in await listed(house)


async def test_a_follow_up_is_taken_back(house: House) -> None:
    await schedule(house, email="Bo")
    assert (await undo(house.box, await ask(house), "last")).text == "The follow-up is cancelled."
    assert (await listed(house)).startswith("No follow-ups are waiting.")


async def test_a_turn_that_is_taken_up_again_keeps_one(house: House) -> None:
    asking = await ask(house, call="1")
    for _ in range(3):
        await schedule_follow_up(house.box, asking, "in 3 days", email="Bo")
    assert await house.one("SELECT count(*) FROM follow_ups") == 1
    assert await house.one("SELECT count(*) FROM receipts") == 1


async def test_one_persons_follow_ups_are_not_anothers(house: House) -> None:
    await schedule(house, email="Bo")
    async with open_house(house.servers, "maildir", maildir(house.servers.home / "other", [letter()]), "Cy") as other:
        assert (await listed(other)).startswith("No follow-ups are waiting.")
