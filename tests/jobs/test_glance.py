"""The timetable's look at mailboxes: where nothing happened nothing is written, and everything else becomes a poll."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jobs.glance import look_around
from storage.base import metadata
from tests.fakes.program import House, letter

POLLS = "SELECT count(*) FROM jobs WHERE kind = 'poll_mail'"


@pytest.fixture
async def read(house: House) -> House:
    """A house whose mailbox was read to its end."""
    await house.deliver(letter("Kiln"))
    return house


async def written(house: House) -> dict[str, list[str]]:
    """Table -> which transactions wrote its rows."""
    return {
        name: [row.xmin for row in await house.sql(f"SELECT xmin FROM {name} ORDER BY ctid")]  # noqa: S608 - our own
        for name in metadata.tables
    }


async def test_a_mailbox_in_which_nothing_happened_costs_no_write(read: House) -> None:
    before = await written(read)
    await look_around(read.box)
    assert await written(read) == before


async def test_new_mail_is_polled_for(read: House) -> None:
    new = Path(read.credentials.settings["path"]) / "new"
    (new / "another.mail").write_bytes(letter("Clay"))
    await look_around(read.box)
    assert await read.one(POLLS) == 1


async def test_a_mailbox_that_was_never_read_is_polled(house: House) -> None:
    await house.sql("UPDATE accounts SET cursor = NULL")
    await look_around(house.box)
    assert await house.one(POLLS) == 1


async def test_a_mail_that_is_worth_another_try_is_polled_for(read: House) -> None:
    async with read.database.acting_as(read.caller) as tx:
        await tx.set_aside.note(read.account, "key", {}, "it broke the reader")
    await look_around(read.box)
    assert await read.one(POLLS) == 1


async def test_a_mailbox_in_trouble_is_polled_so_that_the_poll_says_so(read: House) -> None:
    await read.box.mailboxes.drop(read.account)
    shutil.rmtree(read.credentials.settings["path"])
    shutil.rmtree(read.credentials.settings["copy"])
    await look_around(read.box)
    assert await read.one(POLLS) == 1
