"""Outlook into rows, exactly once: three workers at a time, with moves, deletions and a forgotten place in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.fakes.graph import Account
from tests.fakes.graph_house import OutlookHouse, open_outlook_house
from tests.fakes.program import House, Servers, letter
from tools.inbox.sync import sync

NAMES = {"inbox": "INBOX", "sentitems": "Sent", "archive": "Archive"}


@pytest.fixture
async def outlook(servers: Servers) -> AsyncIterator[OutlookHouse]:
    async with open_outlook_house(servers) as outlook:
        yield outlook


def deliver(account: Account, first: int, last: int) -> None:
    """Mails, every tenth of them twice: as somebody who is on two lists gets them."""
    for number in range(first, last):
        for _ in range(2 if number % 10 == 0 else 1):
            account.add(letter(f"Mail {number}"), "inbox")


async def read(house: House) -> int:
    return await sync(house.box, house.caller.tenant, house.account)


async def rows(house: House) -> dict[str, tuple[str, bool, bool, tuple[str, ...]]]:
    found = await house.sql("SELECT key, folder, unread, flagged, labels FROM emails")
    stand = {row.key.partition(":")[2]: (row.folder, row.unread, row.flagged, tuple(row.labels)) for row in found}
    assert len(stand) == len(found)
    return stand


def truth(account: Account) -> dict[str, tuple[str, bool, bool, tuple[str, ...]]]:
    return {
        one.id: (NAMES[place], not one.is_read, one.flag == "flagged", tuple(one.categories))
        for one in account.messages.values()
        if (place := account.folders[one.folder].well_known) in NAMES
    }


async def test_three_workers_read_a_thousand_mails_once_whatever_happens(outlook: OutlookHouse):
    house, account = outlook.house, outlook.graph.account
    deliver(account, 0, 450)
    async with AsyncExitStack() as stack:
        workers = [house, *[await stack.enter_async_context(house.beside()) for _ in range(2)]]
        await asyncio.gather(*map(read, workers))
        assert await rows(house) == truth(account)
        mails = list(account.messages.values())
        mails[3].is_read, mails[3].flag, mails[3].categories = True, "flagged", ["Finance"]
        account.touch(mails[3], ["isRead", "flag", "categories"])
        account.move(mails[4], account.place("archive"))
        account.move(mails[5], account.place("deleteditems"))
        account.remove(mails[6])
        account.forget()
        deliver(account, 450, 909)
        await asyncio.gather(*map(read, workers))
        account.move(mails[5], account.place("inbox"))
        account.move(mails[7], account.place("junkemail"))
        await asyncio.gather(*map(read, workers))
        await read(house)
    assert await rows(house) == truth(account)
    assert len(truth(account)) == 999
    counted = [one async for some in (await outlook_mailbox(house)).census() for one in some]
    assert {one.key.partition(":")[2] for one in counted} == truth(account).keys()


async def outlook_mailbox(house: House):
    return await house.box.mailboxes.get(house.caller.tenant, house.account)


async def test_a_reset_acts_on_nothing_again(outlook: OutlookHouse):
    house = outlook.house
    deliver(outlook.graph.account, 0, 30)
    await read(house)
    await house.sql("UPDATE jobs SET state = 'done'")
    before = await house.sql("SELECT id, stored_at FROM emails ORDER BY id")
    outlook.graph.account.forget()
    outlook.graph.seen.clear()
    assert await read(house) == 0
    assert not any("/$value" in one for one in outlook.graph.seen)
    assert await house.sql("SELECT id, stored_at FROM emails ORDER BY id") == before
    assert await house.sql("SELECT 1 FROM jobs WHERE state = 'pending'") == []
