"""A mail that breaks, stops or kills its reader is set aside with the reason, and everything around it is stored."""

from __future__ import annotations

from typing import Any

import pytest

from storage.tables.set_aside import TRIES
from tests.fakes.program import House, letter
from tests.tools.inbox.test_sync import Reader, Server
from tools.inbox import careful, mail_rows
from tools.inbox.again import try_again
from tools.inbox.careful import rows_apart
from tools.inbox.mail_rows import Owner
from tools.inbox.sync import sync
from tools.mail.email import Email
from tools.mail.mailbox import Arrival
from tools.work import STEADY

POISON = letter("Poison")


class Shelf(Server):
    """A server whose mails can be fetched again."""

    async def fetch(self, key: str) -> bytes:
        return next(one.raw for batch in self.batches for one in batch.arrivals if one.key == key)


@pytest.fixture
async def reader(house: House) -> Reader:
    async with house.database.acting_as(house.caller) as tx:
        account = await tx.accounts.link(house.caller.person, "imap", "ana@example.org", {}, "")
    server = Shelf()
    server.tells(("INBOX:1:1", letter("Before")), ("INBOX:1:2", POISON), ("INBOX:1:3", letter("After")))
    return Reader(house, server, account)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser does not survive a mail about poison."""

    def parse(raw: bytes) -> Email:
        if b"Subject: Poison" in raw:
            raise ValueError("a part\x1b[31m too many")
        return parsed(raw)

    parsed = mail_rows.parse
    monkeypatch.setattr(mail_rows, "parse", parse)


async def aside(reader: Reader) -> list[Any]:
    return await reader.house.sql("SELECT key, tries, reason FROM set_aside ORDER BY key")


@pytest.mark.usefixtures("breaking")
async def test_a_mail_that_breaks_its_reader_is_set_aside_and_the_rest_is_stored(reader: Reader) -> None:
    assert await reader.read() == 2
    assert await reader.keys() == ["INBOX:1:1", "INBOX:1:3"]
    assert [tuple(row) for row in await aside(reader)] == [("INBOX:1:2", 1, "ValueError: a part [31m too many")]
    assert await reader.read() == 0


@pytest.mark.usefixtures("breaking")
async def test_it_is_stored_when_a_later_try_succeeds(reader: Reader) -> None:
    await reader.read()
    assert await try_again(reader.box, reader.house.caller.tenant, reader.account) == []  # its reader breaks at nothing
    assert await reader.keys() == ["INBOX:1:1", "INBOX:1:2", "INBOX:1:3"]
    assert await aside(reader) == []


@pytest.mark.usefixtures("breaking")
async def test_one_that_left_the_mailbox_is_not_tried_again(reader: Reader) -> None:
    await reader.read()
    reader.server.tells(gone=["INBOX:1:2"])
    await reader.read()
    assert await aside(reader) == []


async def test_it_is_left_alone_after_three_tries_and_told_once(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(owner: Owner, arrivals: list[Arrival]) -> Any:
        return [], [mail_rows.Unreadable(one, "reading it ended the reader (SIGKILL)") for one in arrivals]

    await reader.house.say("hello")
    monkeypatch.setattr("tools.inbox.again.rows_apart", killed)
    await reader.house.sql("UPDATE jobs SET state = 'cancelled'")
    async with reader.house.database.acting_as(reader.house.caller) as tx:
        stands = {"folder": "INBOX", "labels": [], "unread": True, "flagged": False}
        await tx.set_aside.note(reader.account, "INBOX:1:2", stands, "ValueError")
    told = [await try_again(reader.box, reader.house.caller.tenant, reader.account) for _ in range(4)]
    assert [len(one) for one in told] == [0, 1, 0, 0]
    ((_, tries, _),) = [tuple(row) for row in await aside(reader)]
    assert tries == TRIES


async def test_the_person_hears_of_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def given_up(*_: Any) -> list[str]:
        return ["ValueError: no"]

    await house.say("hello")
    monkeypatch.setattr("jobs.poll_mail.try_again", given_up)
    async with house.database.acting_as(house.caller) as tx:
        await tx.jobs.add("poll_mail", STEADY.name, {"account": str(house.account)}, person=house.caller.person)
    words = " ".join(word.text for word in await house.work(STEADY))
    assert "I cannot read one mail of" in words
    assert "ValueError: no" in words


# The reading process


def mails(*raws: bytes) -> list[Arrival]:
    return [Arrival(f"INBOX:1:{number}", "INBOX", raw) for number, raw in enumerate(raws)]


@pytest.fixture
def owner(reader: Reader) -> Owner:
    return Owner(reader.house.caller.tenant, reader.account, frozenset({"ana@example.org"}))


async def test_a_reader_of_its_own_reads_the_same(reader: Reader, owner: Owner) -> None:
    raws = (letter("One", "Grüße\0"), b"", bytes(range(256)) * 20)
    (apart, _), (here, _) = await rows_apart(owner, mails(*raws)), mail_rows.rows_of(owner, mails(*raws))
    assert [row["digest"] for row in apart] == [f"\\x{row['digest'].hex()}" for row in here]
    async with reader.house.database.acting_as(reader.house.caller) as tx:
        assert len(await tx.emails.add(apart)) == 3
    assert [row.subject for row in await reader.rows()] == [row["subject"] for row in here]


KILLER = """
import os, signal
import tools.inbox.mail_rows as rows
parsed = rows.parse
def parse(raw):
    if b"Subject: Kill" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"Subject: Hang" in raw:
        signal.pause()
    return parsed(raw)
rows.parse = parse
from tools.inbox.reader import main
main()
"""


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers that some mails end."""
    monkeypatch.setattr(careful, "READER", ("-c", KILLER))


@pytest.mark.usefixtures("deadly")
async def test_mails_that_end_or_stop_their_reader_are_found_out(owner: Owner) -> None:
    given = mails(letter("One"), letter("Kill"), letter("Two"), letter("Hang"), letter("Three"))
    rows, unreadable = await rows_apart(owner, given, patience=5)
    assert [row["subject"] for row in rows] == ["One", "Two", "Three"]
    assert [(one.arrival.key, one.reason) for one in unreadable] == [
        ("INBOX:1:1", "reading it ended the reader (SIGKILL)"),
        ("INBOX:1:3", "reading it took longer than 5 seconds"),
    ]


@pytest.mark.usefixtures("deadly")
async def test_after_a_death_the_mails_are_read_carefully(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:4", letter("Kill")), ("INBOX:1:5", letter("Next")))
    assert await sync(reader.box, reader.house.caller.tenant, reader.account, careful=True) == 4
    assert [row.key for row in await aside(reader)] == ["INBOX:1:4"]


async def test_a_second_attempt_at_a_poll_is_a_careful_one(
    reader: Reader, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    async def noting(*_: Any, careful: bool, far: Any) -> int:
        seen.append(careful)
        return 0

    monkeypatch.setattr("jobs.poll_mail.sync", noting)
    async with house.database.acting_as(house.caller) as tx:
        await tx.jobs.add("poll_mail", STEADY.name, {"account": str(house.account)}, person=house.caller.person)
    await house.sql("UPDATE jobs SET attempts = 1 WHERE kind = 'poll_mail'")
    await house.work(STEADY)
    assert seen == [True]


async def test_a_mail_that_the_database_takes_for_impossible_is_set_aside(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = mail_rows.row_of

    def row_of(owner: Owner, arrival: Arrival) -> dict[str, Any]:
        row = made(owner, arrival)
        return row | {"body": "\0"} if b"Subject: Poison" in arrival.raw else row

    monkeypatch.setattr(mail_rows, "row_of", row_of)
    assert await reader.read() == 2
    assert await reader.keys() == ["INBOX:1:1", "INBOX:1:3"]
    ((key, tries, reason),) = [tuple(row) for row in await aside(reader)]
    assert (key, tries) == ("INBOX:1:2", 1)
    assert "Untranslatable" in reason
