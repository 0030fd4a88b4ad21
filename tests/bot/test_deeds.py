"""The commands' deeds: jobs are looked at and called off, settings are kept, the audit is for those who may see it."""

from __future__ import annotations

import pytest

from agent.chat import Reply
from tests.fakes.program import House, letter, maildir, open_house
from tools.work import STEADY


async def _said(house: House, text: str) -> str:
    return "\n".join(one.text for one in await house.say(text) if isinstance(one, Reply))


async def test_a_job_is_looked_at_and_called_off(house: House) -> None:
    await _said(house, "remind me on Tuesday at 9 about kiln")
    line = (await _said(house, "/jobs")).splitlines()[0]
    short, kind = line.split()[:2]
    assert kind == "follow_up:"
    assert f"/cancel {short}" in await _said(house, f"/job {short}")
    assert await _said(house, f"/cancel {short}") == f"Called off: follow up, job {short}."
    assert "has ended already: cancelled" in await _said(house, f"/cancel {short}")
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'job_cancelled'") == 1


async def test_a_job_of_somebody_else_is_neither_looked_at_nor_called_off(house: House) -> None:
    await _said(house, "remind me on Tuesday at 9 about kiln")
    job = await house.one("SELECT id FROM jobs WHERE kind = 'follow_up'")
    place = maildir(house.servers.home / "other", [letter("Glaze")])
    async with open_house(house.servers, "maildir", place, "Cy") as other:
        for named in (str(job)[-6:], str(job)):
            assert "There is no job" in await _said(other, f"/job {named}")
            assert "There is no job" in await _said(other, f"/cancel {named}")
            assert named not in await _said(other, "/jobs")
    assert await house.one("SELECT state FROM jobs WHERE id = %s", job) == "pending"


async def test_an_approved_mail_is_not_called_off_as_a_job(house: House) -> None:
    await house.press(await house.draft(), "Approve & send")
    short = str(await house.one("SELECT id FROM jobs WHERE kind = 'resume_approval'"))[-6:]
    assert "cannot be called off" in await _said(house, f"/cancel {short}")
    await house.work()
    assert len(house.sent()) == 1


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/job", "Say which job"),
        ("/job nonsense", "There is no job nonsense of yours"),
        ("/cancel 000000", "There is no job 000000 of yours"),
        ("/settings colour red", "There is no setting “colour”"),
        ("/settings zone Atlantis", "I do not know the zone “Atlantis”"),
        ("/settings notify slack", "You are not known on “slack”"),
        ("/audit 0", "Pages begin at 1"),
        ("/link gibberish", "I do not know “gibberish”"),
        ("/analyze", "Say what to do after the word"),
        ("/help undo", "/undo [3 | since 9]: take back"),
        ("/settings zone lisbon", "Times are in Europe/Lisbon"),
    ],
)
async def test_wrong_usage_shows_the_right_one(house: House, said: str, answer: str) -> None:
    assert (await _said(house, said)).startswith(answer)


async def test_a_zone_that_is_set_is_used(house: House) -> None:
    await _said(house, "/settings zone Asia/Tokyo")
    assert "Zone: Asia/Tokyo" in await _said(house, "/settings")


async def test_process_reads_the_mailbox_now(house: House) -> None:
    assert "I am reading ana@example.org" in await _said(house, "/process")
    await house.work(STEADY)
    assert (
        await house.one("SELECT state FROM jobs WHERE kind = 'poll_mail' ORDER BY created_at DESC LIMIT 1")
        == "completed"
    )


async def test_the_audit_is_paged_and_filtered(house: House) -> None:
    for _ in range(20):
        await _said(house, "/link")
    first = await _said(house, "/audit")
    assert first.count("link_code_made") == 15
    assert "/audit 2 shows earlier ones" in first
    assert "email_account_linked" in await _said(house, "/audit email")
    assert "link_code_made" not in await _said(house, "/audit email")


async def test_the_audit_is_not_for_everybody(house: House) -> None:
    await house.sql("UPDATE people SET role = 'user'")
    assert "needs the permission view_audit_logs" in await _said(house, "/audit")


async def test_the_menu_says_everything_at_a_glance(house: House) -> None:
    await house.draft()
    said = await _said(house, "/menu")
    for words in ("ana@example.org: Read", "1 draft waits (/review)", "Follow-ups", "Jobs"):
        assert words in said


async def test_slash_words_that_are_talk_are_heard(house: House) -> None:
    assert "I will come back to" in await _said(house, "/followup on Tuesday at 9 about kiln")
