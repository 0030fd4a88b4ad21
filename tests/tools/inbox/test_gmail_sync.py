"""Gmail into rows, exactly once: three workers at a time, with moves, deletions and an expired history in the middle."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from storage.tables.email_search import Filter
from tests.fakes.google import ADDRESS, Google
from tests.fakes.google_house import GoogleHouse
from tests.fakes.program import House, letter
from tools.inbox.count import Count, count
from tools.inbox.sync import sync


def _deliver(google: Google, first: int, last: int) -> None:
    """Mails, every tenth of them twice: as somebody who is on two lists gets them."""
    for number in range(first, last):
        raw = letter(f"Mail {number}", to=ADDRESS)
        for _ in range(2 if number % 10 == 0 else 1):
            google.account.deliver(raw)


async def _read(house: House) -> int:
    return await sync(house.box, house.caller.tenant, house.account)


async def _rows(house: House) -> dict[str, tuple[str, bool, tuple[str, ...]]]:
    rows = await house.sql("SELECT key, folder, unread, labels FROM emails")
    assert len({row.key for row in rows}) == len(rows)
    return {row.key: (row.folder, row.unread, tuple(row.labels)) for row in rows}


def _truth(google: Google) -> dict[str, tuple[str, bool, tuple[str, ...]]]:
    names = google.account.labels
    return {
        mail.id: (
            "INBOX" if "INBOX" in mail.labels else "Sent" if "SENT" in mail.labels else "Archive",
            "UNREAD" in mail.labels,
            tuple(sorted(names[one] for one in mail.labels if one in names)),
        )
        for mail in google.account.mails.values()
        if not mail.labels & {"TRASH", "SPAM"}
    }


async def test_three_workers_read_a_thousand_mails_once_whatever_happens(google_house: GoogleHouse) -> None:
    house, google = google_house.house, google_house.google
    account = google.account
    _deliver(google, 0, 450)
    async with AsyncExitStack() as stack:
        workers = [house, *[await stack.enter_async_context(house.beside()) for _ in range(2)]]
        await asyncio.gather(*map(_read, workers))
        assert await _rows(house) == _truth(google)
        mails = list(account.mails.values())
        account.labels["Label_1"] = "Finance"
        account.relabel(mails[3], {"Label_1"}, {"UNREAD"})
        account.relabel(mails[4], remove={"INBOX"})
        account.relabel(mails[5], {"TRASH"}, {"INBOX"})
        account.delete(mails[6])
        _deliver(google, 450, 909)
        google.gmail.before["GET /history"] = account.forget_history  # while the three are at it
        await asyncio.gather(*map(_read, workers))
        assert google.gmail.before == {}
        account.relabel(mails[5], {"INBOX"}, {"TRASH"})
        account.relabel(mails[7], {"SPAM"}, {"INBOX"})
        await asyncio.gather(*map(_read, workers))
        await _read(house)
    assert await _rows(house) == _truth(google)
    assert len(_truth(google)) == 999
    assert await count(house.box, house.caller.tenant, house.account) == Count(999)


async def test_a_worker_that_dies_after_any_batch_is_gone_on_from(google_house: GoogleHouse) -> None:
    house, google = google_house.house, google_house.google
    _deliver(google, 0, 230)
    await house.sql("UPDATE accounts SET cursor = NULL")
    mailbox = await house.box.mailboxes.get(house.caller.tenant, house.account)
    seen = 0
    for _ in range(10):
        steps = mailbox.changes(await house.one("SELECT cursor FROM accounts"))
        batch = await anext(steps)
        await steps.aclose()  # type: ignore[attr-defined]
        seen += len(batch.arrivals)
        if not batch.arrivals:
            break
        google.gmail.calls.clear()
        await _read(house)
    assert await _rows(house) == _truth(google)
    assert await _read(house) == 0


async def test_a_reset_acts_on_nothing_again(google_house: GoogleHouse) -> None:
    house, google = google_house.house, google_house.google
    _deliver(google, 0, 30)
    await _read(house)
    await house.sql("UPDATE jobs SET state = 'done'")
    before = await house.sql("SELECT id, stored_at FROM emails ORDER BY id")
    google.account.forget_history()
    google.gmail.calls.clear()
    assert await _read(house) == 0
    assert google.gmail.calls["GET /messages/{id}"] == 0
    assert await house.sql("SELECT id, stored_at FROM emails ORDER BY id") == before
    assert await house.sql("SELECT 1 FROM jobs WHERE state = 'pending'") == []


async def test_what_was_archived_elsewhere_waits_for_nobody(google_house: GoogleHouse) -> None:
    house, google = google_house.house, google_house.google
    await house.sql("UPDATE emails SET needs_me = true")
    asked = Filter(needs_me=True)
    async with house.database.acting_as(house.caller) as tx:
        assert await tx.emails.count([house.account], asked) == 1
    google.account.relabel(next(iter(google.account.mails.values())), remove={"INBOX"})
    await _read(house)
    async with house.database.acting_as(house.caller) as tx:
        assert await tx.emails.count([house.account], asked) == 0
        assert await tx.emails.count([house.account], Filter()) == 1
