"""Three workers, one mailbox, and everything that happens to it meanwhile: each mail is a row, once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest

from storage.values.errors import Unavailable
from tests.fakes.dovecot_server import DovecotServer
from tests.fakes.mail_benches import BENCHES, Bench
from tests.fakes.program import House, letter
from tools.inbox.count import Count, count
from tools.inbox.sync import sync
from tools.mail import open_mailbox
from tools.mail.accounts import Mailboxes
from tools.mail.mailbox import Batch, Credentials, Mailbox
from tools.toolbox import Toolbox

MAILS = 1_000


class Disturbed:
    """A mailbox to which something happens after its third batch."""

    def __init__(self, mailbox: Mailbox, disturb: Callable[[], Awaitable[None]]) -> None:
        self._mailbox, self._disturb = mailbox, disturb
        self.batches = 0

    async def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        async for batch in self._mailbox.changes(cursor):
            self.batches += 1
            if self.batches == 3:
                await self._disturb()
            yield batch


@dataclass
class Worker:
    """Another process's open mailboxes."""

    mailboxes: Mailboxes
    disturbed: Disturbed | None = None

    async def get(self, tenant: UUID, account: UUID) -> Mailbox | Disturbed:
        return self.disturbed or await self.mailboxes.get(tenant, account)


@pytest.fixture(params=["pymap", pytest.param("dovecot", marks=pytest.mark.needs_dovecot)])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot_if_here: DovecotServer | None
) -> AsyncIterator[Bench]:
    async with BENCHES[request.param][1](tmp_path, dovecot_if_here) as bench:
        settings = {**bench.credentials.settings, "folders": "INBOX,Sent,Archive"}
        bench.credentials = replace(bench.credentials, settings=settings)
        yield bench


async def linked(house: House, bench: Bench) -> UUID:
    given: Credentials = bench.credentials
    async with house.database.acting_as(house.caller) as tx:
        return await tx.accounts.link(house.caller.person, "imap", given.address, given.settings, given.secret)


async def read_all(box: Toolbox, tenant: UUID, account: UUID) -> None:
    for _ in range(6):
        try:
            await sync(box, tenant, account)
        except Unavailable:  # the line was cut by what happened
            continue


async def test_a_thousand_mails_are_a_thousand_rows(house: House, bench: Bench) -> None:
    raws = [letter(f"Mail {number}", message_id=f"m{number % 900}") for number in range(MAILS)]
    for raw in raws:
        await bench.deliver(raw)
    account = await linked(house, bench)
    tenant = house.caller.tenant
    other = await open_mailbox("imap", bench.credentials)

    async def disturb() -> None:
        first = [one.key async for some in other.census() for one in some]
        for key in (*first[:20], *first[-20:]):  # some that were read, some that were not
            await other.move(key, "Archive")
        await bench.renumber()

    workers = [Worker(Mailboxes(house.database)) for _ in range(3)]
    disturbed = await open_mailbox("imap", bench.credentials)
    workers[0].disturbed = Disturbed(disturbed, disturb)
    boxes = [replace(house.box, mailboxes=worker) for worker in workers]  # type: ignore[arg-type]
    await asyncio.gather(*(read_all(box, tenant, account) for box in boxes))
    await read_all(boxes[1], tenant, account)
    there = Counter([one.folder async for some in other.census() for one in some])
    rows = await house.sql("SELECT folder, message_id FROM emails WHERE account = %s", account)
    assert Counter(row.folder for row in rows) == there == Counter(INBOX=MAILS - 40, Archive=40)
    assert Counter(row.message_id for row in rows) == Counter(
        f"m{number % 900}@kiln.example" for number in range(MAILS)
    )
    assert await count(boxes[1], tenant, account) == Count(MAILS)
    for worker in workers:
        await worker.mailboxes.aclose()
    for mailbox in (other, disturbed):
        await mailbox.aclose()


async def test_the_daily_count_finds_and_mends_what_differs(house: House, bench: Bench) -> None:
    for number in range(6):
        await bench.deliver(letter(f"Mail {number}", message_id=f"m{number}@a.example"))
    account = await linked(house, bench)
    tenant = house.caller.tenant
    await sync(house.box, tenant, account)
    await house.sql("DELETE FROM emails WHERE account = %s AND subject IN ('Mail 1', 'Mail 4')", account)
    await house.sql("UPDATE emails SET key = 'INBOX:9:9' WHERE account = %s AND subject = 'Mail 2'", account)
    await house.sql("UPDATE emails SET unread = false WHERE account = %s AND subject = 'Mail 3'", account)
    found = await count(house.box, tenant, account)
    assert found == Count(6, missing=2, extra=1, differing=1)
    assert await count(house.box, tenant, account) == Count(6)
    assert await house.one("SELECT count(DISTINCT subject) FROM emails WHERE account = %s AND unread", account) == 6


async def test_archived_mail_is_not_counted_as_lost(house: House, bench: Bench) -> None:
    settings = {**bench.credentials.settings, "folders": "INBOX,Sent"}
    bench.credentials = replace(bench.credentials, settings=settings)
    await bench.deliver(letter("Mail"))
    account = await linked(house, bench)
    await sync(house.box, house.caller.tenant, account)
    (row,) = await house.sql("SELECT id, key FROM emails WHERE account = %s", account)
    mailbox = await house.box.mailboxes.get(house.caller.tenant, account)
    key = await mailbox.move(row.key, "Archive")
    await house.sql("UPDATE emails SET key = %s, folder = 'Archive' WHERE id = %s", key, row.id)
    assert await count(house.box, house.caller.tenant, account) == Count(0)
    assert await house.one("SELECT count(*) FROM emails WHERE account = %s", account) == 1
