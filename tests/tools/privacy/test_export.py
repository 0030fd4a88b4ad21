"""An export holds everything about the person, nothing about others, and no secret."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary

from agent.chat import File, Reply
from jobs.export_data import export_data
from jobs.job import Job
from storage.base import metadata
from tests.fakes.program import House, letter, maildir, open_house
from tools.privacy.export import LEFT_OUT, _about
from tools.work import STEADY

PASSWORD = "correct-horse-battery"
TABLES = frozenset(metadata.tables)


async def _exported(house: House) -> dict[str, Any]:
    (word,) = await house.say("/export")
    assert isinstance(word, Reply)
    await house.work(STEADY)
    file = next(one for one in reversed(house.channel.words) if isinstance(one, File))
    assert file.media_type == "application/json"
    return dict(json.loads(await house.box.blobs.get(UUID(file.blob))))


async def test_it_holds_what_was_read_said_decided_and_signed(house: House) -> None:
    await house.say("remember that Bo likes Thursdays")
    await house.say("remind me on Tuesday at 9 about kiln")
    await house.press(await house.draft("Thursday works."), "Approve & send")
    await house.work()
    found = await _exported(house)
    assert found["person"] == "Ana Sousa"
    assert any(one["subject"] == "Kiln" and "Thursday" in one["body"] for one in found["emails"])
    assert found["memories"]
    assert found["follow_ups"]
    assert [one["state"] for one in found["approvals"]] == ["approved"]
    assert [one["state"] for one in found["sends"]] == ["sent"]
    assert any("remember that Bo" in str(one["body"]) for one in found["messages"])
    signed = next(one for one in found["audit"] if one["action"] == "reply_approved")
    assert signed["details"]["recipients"] == ["bo@kiln.example"]


async def test_it_holds_no_secret_and_no_key_to_a_door(house: House) -> None:
    async with house.database.acting_as(house.caller) as tx:
        await tx.accounts.link(house.caller.person, "imap", "ana@example.net", {"host": "imap.example.net"}, PASSWORD)
        code = await tx.link_codes.make(house.caller.person)
    card = await house.draft()
    written = json.dumps(await _exported(house))
    assert "imap.example.net" in written
    for secret in (PASSWORD, code, code.replace("-", ""), *(one.token for one in card.buttons)):
        assert secret not in written


async def test_no_sealed_bytes_leave_with_it(house: House) -> None:
    """A copy of a seal is a copy of what whoever has the key can open."""
    found = await _exported(house)
    sealed = {
        name: {one.name for one in metadata.tables[name].c if isinstance(one.type, LargeBinary)} for name in TABLES
    }
    assert "secret" in sealed["accounts"]
    opened = {"details"}
    assert not any((sealed[name] - opened) & row.keys() for name in TABLES & found.keys() for row in found[name])


async def test_an_attempt_that_lost_its_job_hands_out_no_file(house: House) -> None:
    await house.say("/export")
    job = await house.one("SELECT id FROM jobs WHERE kind = 'export_data'")
    async with house.database.as_system() as tx:
        row = await tx.jobs.claim(job, STEADY.timeout)
    assert row is not None
    mine = Job(row.id, house.caller, row.conversation, row.params, row.attempts)
    await house.sql("UPDATE jobs SET attempts = attempts + 1 WHERE id = %s", job)  # another claimed it
    await export_data(house.box, mine)
    await house.delivery.flush()
    assert not any(isinstance(one, File) for one in house.channel.words)
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'data_exported'") == 0


async def test_who_was_handed_an_export_stands_in_the_audit(house: House) -> None:
    await _exported(house)
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'data_exported'") == 1


async def test_it_holds_nothing_of_anybody_else(house: House) -> None:
    place = house.servers.home / "bo"
    async with open_house(house.servers, "maildir", maildir(place, [letter("Secret glaze")]), name="Bo Lind") as other:
        await other.say("remember that the vault is behind the kiln")
        await other.press(await other.draft("It is open.", subject="Secret glaze"), "Approve & send")
        await other.work()
        found = await _exported(house)
        written = json.dumps(found)
        assert (found["approvals"], found["sends"]) == ([], [])
        assert "Secret glaze" not in written
        assert "vault" not in written
        assert "Secret glaze" in json.dumps(await _exported(other))


def test_every_table_is_exported_or_left_out_on_purpose() -> None:
    known = {table.name for table, _ in _about(UUID(int=0))} | LEFT_OUT
    assert set(metadata.tables) - known <= NOT_ABOUT_A_PERSON
    assert not known & NOT_ABOUT_A_PERSON


NOT_ABOUT_A_PERSON = {"commitment_reads", "email_vectors", "installations", "rule_runs"}
"""Meaning by the digest of a content, workspaces, and which mails were looked through for promises and by the rules."""
