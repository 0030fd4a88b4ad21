"""What IMAP servers tell of changes: giants, folders that go, numbers and flags, and what a look at nothing new costs."""

from __future__ import annotations

import re

import pytest

from storage.values.errors import Refused
from tests.fakes.dovecot_server import PASSWORD as DOVECOT_PASSWORD
from tests.fakes.dovecot_server import DovecotServer
from tests.fakes.line import Line, line_to
from tests.fakes.pymap_server import USER, PymapServer
from tests.tools.mail.test_imap import MAIL, everything, gone, line, opened
from tools.mail.imap import ImapMailbox, open_imap
from tools.mail.mailbox import Credentials

__all__ = ["line"]


async def test_a_giant_is_told_by_its_beginning(pymap: PymapServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tools.mail.imap_sync.LARGEST", 100)
    monkeypatch.setattr("tools.mail.imap_sync._BYTES", 100)
    monkeypatch.setattr("tools.mail.imap_session.LARGEST", 100)
    for raw in (MAIL, MAIL + b"x" * 1000, MAIL):
        await pymap.deliver(raw)
    async with opened(pymap.port) as mailbox:
        arrivals = await everything(mailbox)
        assert [arrival.raw for arrival in arrivals] == [MAIL, (MAIL + b"x" * 1000)[:100], MAIL]
        assert await mailbox.fetch(arrivals[1].key) == MAIL + b"x" * 1000


async def test_a_message_that_waits_to_be_expunged_is_gone(pymap: PymapServer):
    await pymap.deliver(MAIL)
    async with opened(pymap.port) as mailbox, opened(pymap.port) as other:
        batches = [batch async for batch in mailbox.changes(None)]
        key = batches[0].arrivals[0].key
        await other._connection.run(lambda s: (s.look_at("INBOX", write=True), s.client.delete_messages([101])))
        await pymap.deliver(MAIL)
        assert await gone(mailbox, batches[-1].cursor) == [key]
        with pytest.raises(Refused):
            await mailbox.fetch(key)


async def test_a_folder_that_is_deleted_takes_its_messages_along(pymap: PymapServer):
    async with opened(pymap.port, folders="INBOX,Lists") as mailbox, opened(pymap.port) as other:
        await other._connection.run(lambda s: s.client.create_folder("Lists"))
        await pymap.deliver(MAIL, "Lists")
        (batch,) = [batch async for batch in mailbox.changes(None)]
        await other._connection.run(lambda s: s.client.delete_folder("Lists"))
        assert await gone(mailbox, batch.cursor) == [batch.arrivals[0].key]


async def test_a_folder_that_is_not_followed_any_more_loses_nothing(pymap: PymapServer):
    await pymap.deliver(MAIL)
    async with opened(pymap.port) as mailbox, opened(pymap.port, folders="Sent") as other:
        (batch,) = [batch async for batch in mailbox.changes(None)]
        assert await gone(other, batch.cursor) == []


async def test_moved_by_somebody_else_it_arrives_before_it_goes(pymap: PymapServer):
    await pymap.deliver(MAIL)
    async with opened(pymap.port, folders="INBOX,Archive") as mailbox, opened(pymap.port) as other:
        (first,) = [batch async for batch in mailbox.changes(None)]
        await other.move(first.arrivals[0].key, "Archive")
        came, went = [batch async for batch in mailbox.changes(first.cursor)]
        assert ([a.folder for a in came.arrivals], list(went.gone)) == (["Archive"], [first.arrivals[0].key])


class Trips:
    """Counts the commands that a server answers on a line."""

    def __init__(self, line: Line) -> None:
        self.made = 0
        line.rewrite = self._count

    def _count(self, answer: bytes) -> bytes:
        self.made += len(re.findall(rb"(?m)^[A-Z]{4}\d+ (?:OK|NO|BAD)", answer))
        return answer


async def told(mailbox: ImapMailbox, cursor: str | None) -> str | None:
    async for batch in mailbox.changes(cursor):
        cursor = batch.cursor
    return cursor


async def test_nothing_new_costs_two_trips_a_folder_where_flags_are_looked_at(pymap: PymapServer, line: Line):
    for _ in range(5):
        await pymap.deliver(MAIL)
    async with opened(line.port, folders="INBOX") as mailbox:
        cursor = await told(mailbox, None)
        trips = Trips(line)
        assert await told(mailbox, cursor) == cursor
        assert trips.made == 2


@pytest.mark.needs_dovecot
async def test_nothing_new_costs_one_trip_a_folder_where_changes_are_counted(dovecot: DovecotServer):
    account = dovecot.account()
    for _ in range(5):
        account.deliver(MAIL)
    settings = {"host": "127.0.0.1", "user": account.user, "folders": "INBOX,Sent"}
    async with line_to(dovecot.port) as line:
        mailbox = await open_imap(Credentials(USER, settings | {"port": str(line.port)}, DOVECOT_PASSWORD))
        first = await told(mailbox, None)
        account.files()[-1].unlink()  # the newest, so that the numbers have a gap at the end
        cursor = await told(mailbox, first)
        trips = Trips(line)
        assert await told(mailbox, cursor) == cursor != first
        assert trips.made == 2  # INBOX and Sent
        assert await mailbox.unchanged(cursor)
        assert trips.made == 4
        assert not await mailbox.unchanged(first)
        await mailbox.aclose()


async def test_flags_of_old_mail_are_looked_at_where_no_changes_are_counted(
    pymap: PymapServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tools.mail.imap_flags.NEWEST", 2)
    for _ in range(4):
        await pymap.deliver(MAIL)
    async with opened(pymap.port) as mailbox, opened(pymap.port) as other:
        batches = [batch async for batch in mailbox.changes(None)]
        keys = [arrival.key for arrival in batches[0].arrivals]
        for key in keys:
            await other.set_unread(key, False)
        changed = [one.key async for batch in mailbox.changes(batches[-1].cursor) for one in batch.changed]
        assert changed == keys[-2:]  # the rest is seen by the daily count
        assert not any([one.unread async for some in mailbox.census() for one in some])


@pytest.mark.needs_dovecot
async def test_a_server_that_lost_its_count_of_changes_tells_all_flags(dovecot: DovecotServer):
    account = dovecot.account()
    account.deliver(MAIL)
    settings = {"host": "127.0.0.1", "port": str(dovecot.port), "user": account.user}
    mailbox = await open_imap(Credentials(USER, settings, DOVECOT_PASSWORD))
    (batch,) = [batch async for batch in mailbox.changes(None)]
    ahead = re.sub(r'"1", \d+, ', '"1", 999999, ', batch.cursor)
    assert ahead != batch.cursor
    (again,) = [batch async for batch in mailbox.changes(ahead)]
    assert [one.key for one in again.changed] == [batch.arrivals[0].key]
    assert [batch async for batch in mailbox.changes(again.cursor)] == []
    await mailbox.aclose()
