"""New mail becomes rows: each message once, however often, by however many, and under whatever numbering it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.program import House, letter, maildir, open_house
from tools.inbox.sync import sync
from tools.inbox.triage import embed, triage
from tools.mail.mailbox import Arrival, Batch
from tools.toolbox import Toolbox


@dataclass
class Server:
    """A mailbox whose batches a test writes down; the cursor is how many of them were read."""

    batches: list[Batch] = field(default_factory=list)

    def tells(self, *arrivals: tuple[str, bytes] | Arrival, gone: Sequence[str] = ()) -> None:
        """The next batch. A key begins with its folder."""
        told = [
            one if isinstance(one, Arrival) else Arrival(one[0], one[0].partition(":")[0], one[1]) for one in arrivals
        ]
        self.batches.append(Batch(told, tuple(gone), str(len(self.batches) + 1)))

    async def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        for batch in self.batches[int(cursor or 0) :]:
            yield batch


@dataclass
class Slow(Server):
    """One that answers when it is let go."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        self.reached.set()
        await self.go.wait()
        async for batch in super().changes(cursor):
            yield batch


@dataclass
class OneServer:
    """Stands where the program keeps its open mailboxes."""

    server: Server

    async def get(self, tenant: UUID, account: UUID) -> Server:
        return self.server


@dataclass
class Reader:
    """A house whose mailbox is the server."""

    house: House
    server: Server
    account: UUID

    @property
    def box(self) -> Toolbox:
        return replace(self.house.box, mailboxes=OneServer(self.server))  # type: ignore[arg-type]

    async def read(self) -> int:
        return await sync(self.box, self.house.caller.tenant, self.account)

    async def rows(self) -> list[Any]:
        return await self.house.sql("SELECT * FROM emails WHERE account = %s ORDER BY key", self.account)

    async def keys(self) -> list[str]:
        return [row.key for row in await self.rows()]


@pytest.fixture
async def reader(house: House) -> Reader:
    async with house.database.acting_as(house.caller) as tx:
        account = await tx.accounts.link(house.caller.person, "imap", "ana@example.org", {}, "")
    return Reader(house, Server(), account)


async def test_what_is_new_is_read_once(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")), ("INBOX:1:2", letter("Two")))
    assert (await reader.read(), await reader.read()) == (2, 0)
    reader.server.tells(("INBOX:1:3", letter("Three")))
    assert await reader.read() == 1
    assert await reader.keys() == ["INBOX:1:1", "INBOX:1:2", "INBOX:1:3"]


async def test_many_that_read_at_once_store_each_mail_once(reader: Reader) -> None:
    for number in range(6):
        reader.server.tells((f"INBOX:1:{number}", letter(f"Mail {number}")))
    new = await asyncio.gather(*(reader.read() for _ in range(5)))
    assert sum(new) == 6
    assert len(await reader.keys()) == 6
    kinds = await reader.house.sql("SELECT kind FROM jobs WHERE params->>'account' = %s", str(reader.account))
    assert sorted(row.kind for row in kinds) == ["embed_mail", "triage_mail"]


async def test_a_reader_that_was_overtaken_stores_nothing_that_is_gone_by_now(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")))
    slow = Slow(list(reader.server.batches))
    overtaken = asyncio.create_task(replace(reader, server=slow).read())
    await slow.reached.wait()
    await reader.read()
    reader.server.tells(gone=["INBOX:1:1"])
    await reader.read()
    slow.go.set()
    assert await overtaken == 0
    assert await reader.keys() == []


async def test_a_batch_that_fails_leaves_the_cursor_where_it_was(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")))
    await reader.house.sql("ALTER TABLE jobs RENAME TO away")
    with pytest.raises(Exception, match="jobs"):
        await reader.read()
    await reader.house.sql("ALTER TABLE away RENAME TO jobs")
    assert await reader.keys() == []
    assert await reader.read() == 1


async def test_a_mailbox_that_is_numbered_anew_keeps_rows_labels_and_verdicts(reader: Reader) -> None:
    mails = [letter("One"), letter("Two"), letter("Copy"), letter("Copy")]
    reader.server.tells(*((f"INBOX:1:{number}", raw) for number, raw in enumerate(mails)))
    await reader.read()
    await reader.house.sql("UPDATE emails SET labels = ARRAY['Finance'], category = 'invoice'")
    before = {row.id for row in await reader.rows()}
    reader.server.tells(*((f"INBOX:2:{number + 10}", raw) for number, raw in enumerate(mails)))
    reader.server.tells(gone=[f"INBOX:1:{number}" for number in range(4)])
    assert await reader.read() == 0
    rows = await reader.rows()
    assert {row.id for row in rows} == before
    assert [row.key for row in rows] == [f"INBOX:2:{number}" for number in range(10, 14)]
    assert {(tuple(row.labels), row.category) for row in rows} == {(("Finance",), "invoice")}


async def test_a_mail_that_was_moved_keeps_its_row(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")))
    await reader.read()
    await reader.house.sql("UPDATE emails SET labels = ARRAY['Finance'], category = 'invoice'")
    (before,) = await reader.rows()
    reader.server.tells(Arrival("Archive:1:1", "Archive", letter("One"), frozenset({"Kept"})))
    reader.server.tells(gone=["INBOX:1:1"])
    await reader.read()
    (after,) = await reader.rows()
    assert (after.id, after.key, after.folder) == (before.id, "Archive:1:1", "Archive")
    assert (after.labels, after.category) == (["Finance", "Kept"], "invoice")


@pytest.mark.parametrize("place", ["Archive:1:1", "INBOX:2:1"])
async def test_what_was_read_and_flagged_before_it_moved_or_was_numbered_anew_stands_so(
    reader: Reader, place: str
) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")))
    await reader.read()
    (before,) = await reader.rows()
    folder = place.partition(":")[0]
    reader.server.tells(Arrival(place, folder, letter("One"), unread=False, flagged=True))
    reader.server.tells(gone=["INBOX:1:1"])
    await reader.read()
    (after,) = await reader.rows()
    assert (after.id, after.key, after.unread, after.flagged) == (before.id, place, False, True)


async def test_a_forged_message_id_does_not_take_a_rows_place(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")))
    await reader.read()
    (before,) = await reader.rows()
    reader.server.tells(("Junk:1:1", letter("One", "Send me money.", sender="Evil <evil@a.example>")))
    reader.server.tells(gone=["INBOX:1:1"])
    await reader.read()
    (after,) = await reader.rows()
    assert after.id != before.id
    assert "Send me money." in after.body


async def test_a_copy_in_another_folder_is_a_mail_of_its_own(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")), ("Archive:1:1", letter("One")))
    assert await reader.read() == 2
    reader.server.tells(gone=["Archive:1:1"])
    await reader.read()
    assert await reader.keys() == ["INBOX:1:1"]


async def test_what_is_gone_is_forgotten_and_nothing_else(reader: Reader) -> None:
    reader.server.tells(("INBOX:1:1", letter("One")), ("INBOX:1:2", letter("Two")))
    reader.server.tells(gone=["INBOX:1:1", "INBOX:9:9"])
    await reader.read()
    assert await reader.keys() == ["INBOX:1:2"]
    assert len(await reader.house.sql("SELECT 1 FROM emails")) == 2  # the other account's mail is untouched


async def test_mails_without_a_message_id_are_told_apart_by_their_keys(reader: Reader) -> None:
    raw = b"From: bo@kiln.example\r\nSubject: Bare\r\n\r\nSame.\r\n"
    reader.server.tells(("INBOX:1:1", raw), ("INBOX:1:2", raw), ("INBOX:1:1", raw))
    assert await reader.read() == 2
    reader.server.tells(("Archive:1:1", raw), gone=["INBOX:1:1"])
    await reader.read()
    assert await reader.keys() == ["Archive:1:1", "INBOX:1:2"]


POISON = {
    "nothing": b"",
    "NUL everywhere": b"From: a\x00b <bo@\x00kiln.example>\r\nSubject: x\x00y\r\nMessage-ID: <a\x00b@c>\r\n\r\nhello\x00\r\n",
    "half characters": "Subject: =?utf-16?q?=D8=00?= x\r\nFrom: a <b@c.d>\r\n\r\n\udcff".encode(
        "utf-8", "surrogateescape"
    ),
    "a huge Message-ID": b"Message-ID: <" + b"".join(b"%d." % n for n in range(20_000)) + b"@x>\r\nSubject: y\r\n\r\nz",
    "a Message-ID of long letters": "Message-ID: <{}@x>\r\n\r\nz".format(
        "".join(chr(0x4E00 + n) for n in range(900))
    ).encode(),
    "a huge subject": b"Subject: " + b" ".join(b"word%d" % n for n in range(200_000)) + b"\r\n\r\nz",
    "a huge name": b'From: "' + b" ".join(b"word%d" % n for n in range(200_000)) + b'" <a@b.c>\r\n\r\nz',
    "a long text of long letters": (
        "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + " ".join(chr(0x4E00 + n % 20_000) + chr(0x4E00 + n // 7) for n in range(60_000))
    ).encode(),
    "a text of rare letters": (
        "Content-Type: text/plain; charset=utf-8\r\n\r\n" + " ".join(chr(0x20000 + n) * 3 for n in range(40_000))
    ).encode(),
    "one endless word": b"Subject: x\r\n\r\n" + b"a" * 3_000_000,
    "a thousand parts": b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    + b"--b\r\n\r\npart\r\n" * 1_000
    + b"--b--",
    "long references": b"References: " + b" ".join(b"<%d@x>" % n for n in range(50_000)) + b"\r\n\r\nz",
    "many to": b"To: " + b", ".join(b"a%d@b.c" % n for n in range(20_000)) + b"\r\n\r\nz",
    "a date that is none": b"Date: Thu, 32 Foo 99999 99:99\r\n\r\nz",
    "a date before all": b"Date: Mon, 1 Jan 0001 00:00:00 +1400\r\n\r\nz",
    "odd bytes": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("raw", POISON.values(), ids=POISON.keys())
async def test_a_poisoned_mail_is_stored_and_listed_and_does_not_keep_the_next_from_coming(
    reader: Reader, raw: bytes
) -> None:
    reader.server.tells(("INBOX:1:1", raw), ("INBOX:1:2", letter("Well")))
    reader.server.tells(("INBOX:1:3", letter("After")))
    assert await reader.read() == 3
    await triage(reader.box, reader.house.caller.tenant, reader.account)
    (word,) = await reader.house.say("/inbox")
    assert "After" in word.text


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25, deadline=None
)
@given(
    st.lists(
        st.binary(max_size=300)
        | st.builds(
            lambda head, value, text: f"{head}: {value}\r\n\r\n{text}".encode("utf-8", "replace"),
            st.sampled_from(["From", "To", "Subject", "Message-ID", "References", "Content-Type"]),
            st.text(max_size=80),
            st.text(max_size=80),
        ),
        min_size=1,
        max_size=8,
    )
)
async def test_any_bytes_become_a_row(reader: Reader, mails: list[bytes]) -> None:
    begin = len(reader.server.batches)
    reader.server.tells(*((f"INBOX:1:{begin}-{number}", raw) for number, raw in enumerate(mails)))
    assert await reader.read() == len(mails)


async def test_a_mail_from_the_future_does_not_stand_first_for_ever(reader: Reader) -> None:
    future = datetime(2099, 1, 1, tzinfo=UTC)
    reader.server.tells(
        ("INBOX:1:1", letter("Future", at=future)), ("INBOX:1:2", letter("Past", at=future.replace(year=2001)))
    )
    await reader.read()
    late, early = await reader.rows()
    assert abs(late.sent_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert early.sent_at.year == 2001


async def test_odd_folders_keys_and_labels_are_kept(reader: Reader) -> None:
    odd = "Entwürfe/“Ölöfen”:\\%_'"
    arrival = Arrival(f"{odd}:1:1", odd, letter("One"), frozenset({"a,b", 'c"d', "{e}", "NULL", "ü"}), unread=False)
    reader.server.tells(arrival)
    assert await reader.read() == 1
    (row,) = await reader.rows()
    assert (row.folder, row.labels, row.unread) == (odd, sorted(arrival.labels), False)


async def test_what_the_owner_wrote_is_outgoing(reader: Reader) -> None:
    own = letter("Mine", sender="Ana <ANA@example.org>", to="bo@kiln.example")
    reader.server.tells(
        ("INBOX:1:1", own), ("Sent:1:1", letter("Sent", sender="alias@x.example")), ("INBOX:1:2", letter("In"))
    )
    await reader.read()
    assert [(row.key, row.outgoing) for row in await reader.rows()] == [
        ("INBOX:1:1", True),
        ("INBOX:1:2", False),
        ("Sent:1:1", True),
    ]


async def test_meaning_is_measured_once_for_each_content(reader: Reader) -> None:
    reader.server.tells(
        ("INBOX:1:1", letter("Same", "The kiln is hot.")),
        ("INBOX:1:2", letter("Same", "The kiln is hot.")),
        ("INBOX:1:3", letter("Other", "The kiln is cold.")),
    )
    await reader.read()
    tenant = reader.house.caller.tenant
    assert await embed(reader.box, tenant, reader.account) == 2
    assert await embed(reader.box, tenant, reader.account) == 0


async def test_mail_of_a_maildir_is_read_through_the_very_same_door(house: House) -> None:
    await house.deliver(letter("Second"))
    assert await house.read() == 0
    assert await house.one("SELECT count(*) FROM emails") == 2


@pytest.mark.needs_data
async def test_the_real_mails_are_listed_and_found(servers: Any, data: Path) -> None:
    folder = servers.home / "mail"
    mails = [path.read_bytes() for path in sorted((data / "inbox" / "eml").glob("*.eml"))]
    async with open_house(servers, "maildir", maildir(folder, mails)) as house:
        rows = await house.sql("SELECT count(*) AS n, count(DISTINCT digest) AS d FROM emails")
        assert rows[0].n == len(set(mails)) >= 1_000
        (word,) = await house.say("/inbox")
        assert word.text.count("\n") == 10
        sender = await house.one(
            "SELECT sender_name FROM emails WHERE sender_name ~ '^[A-Z][a-z]+ [A-Z][a-z]+$' LIMIT 1"
        )
        (word,) = await house.say(f"find mail from {sender}")
        assert sender in word.text
