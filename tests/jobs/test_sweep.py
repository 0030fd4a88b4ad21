"""The sweep: what nobody decided in time expires to the safe side, and says so."""

from __future__ import annotations

from structlog.testing import capture_logs

from bot import household
from jobs.timetable import ask_for_sweeps
from storage.values.clock import now
from tests.fakes.program import House, shown_card


async def _swept(house: House) -> list[object]:
    await ask_for_sweeps(house.database, now())
    return list(await house.work())


async def test_an_old_draft_expires_is_told_and_cannot_be_sent(house: House) -> None:
    card = await house.draft()
    await house.sql("UPDATE approvals SET expires_at = now() - interval '1 second'")
    (update,) = await _swept(house)
    assert shown_card([update]).title == "Expired: not sent"  # type: ignore[list-item]
    (words,) = await house.press(card, "Approve & send")
    assert "expired already, by nobody in time" in words.text  # type: ignore[union-attr]
    assert house.sent() == []
    assert await house.one("SELECT count(*) FROM checkpoints") == 0


async def test_a_draft_that_still_has_time_is_left_alone(house: House) -> None:
    await house.draft()
    assert await _swept(house) == []
    assert await house.one("SELECT state FROM approvals") == "pending"


async def test_one_sweep_an_hour_is_asked_for(house: House) -> None:
    at = now()
    for _ in range(3):
        await ask_for_sweeps(house.database, at)
    assert await house.one("SELECT count(*) FROM jobs WHERE kind = 'sweep'") == 1


async def test_it_sweeps_though_the_first_person_is_suspended(house: House) -> None:
    await house.draft()
    await house.sql("UPDATE approvals SET expires_at = now() - interval '1 second'")
    await household.settle_in(house.database, "Bo", "Bo", "UTC")
    await house.sql("UPDATE people SET suspended = 'On leave.' WHERE name <> 'Bo'")
    await _swept(house)
    assert await house.one("SELECT state FROM approvals") == "expired"


async def test_the_audit_s_head_is_left_in_the_log(house: House) -> None:
    with capture_logs() as lines:
        await _swept(house)
    async with house.database.acting_as(house.caller) as tx:
        assert [line["head"] for line in lines if line["event"] == "audit.head"] == [await tx.audit.head()]
