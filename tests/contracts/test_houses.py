"""What a person can do with their mail is the same on every provider: found, labelled, filed, answered, and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from agent.chat import Card
from bot import household
from storage.database import Database
from storage.values.ids import EventId, new_id
from tests.contracts.conftest import on_bench
from tests.fakes.dovecot_server import DovecotServer
from tests.fakes.mail_benches import BENCHES, Bench
from tests.fakes.program import House, Servers, _house, _opened, letter, shown_card
from tools.inbox.owner import learn
from tools.inbox.sync import sync
from tools.inbox.tidy_tool import archive_email, mark_email, move_email
from tools.inbox.tool import label_email, search_inbox
from tools.mail import open_mailbox
from tools.mail.accounts import Mailboxes
from tools.mail.mailbox import Arrival, Mailbox
from tools.mail.parse import attachment_bytes, parse
from tools.tool import Ask, Focus, Shown
from tools.undo.tool import undo

EXEMPT = {
    ("files", "test_another_mail_in_sent_is_told"): "files have no server that could show another mail",
    **{
        (bench, "test_an_address_that_the_provider_knows_is_the_owners"): (
            "files and IMAP servers tell no other addresses: the owner types them"
        )
        for bench in ("files", "pymap", "dovecot")
    },
}
"""Bench and case -> why it cannot be tested there."""


class Handed(Mailboxes):
    """Opens the bench's account as it is: a token that nobody stored is handed over."""

    def __init__(self, database: Database, bench: Bench) -> None:
        super().__init__(database)
        self._bench = bench

    async def get(self, tenant: UUID, account: UUID) -> Mailbox:
        if account not in self._open:
            self._open[account] = await open_mailbox(self._bench.provider, self._bench.credentials)
        return self._open[account]


@dataclass
class Room:
    """A house on a bench. Bo's mail about the kiln is there, read once."""

    house: House
    bench: Bench

    async def read(self) -> int:
        return await self.house.read()

    async def ask(self, *subjects: str) -> Ask:
        """A request of its own, with these mails in sight."""
        house = self.house
        shown = tuple([Shown((await house.mail(one)).id, "Bo Lind", one) for one in subjects or ("Kiln",)])
        async with house.database.acting_as(house.caller) as tx:
            where = await tx.conversations.open(house.caller.person, house.channel.name, str(house.caller.person))
        return Ask(house.caller, where, EventId(new_id()), Focus(shown=shown, mail=shown[0]))

    async def undone(self) -> str:
        await self.read()  # so that the row has followed whatever the provider made of it
        words = (await undo(self.house.box, await self.ask())).text
        await self.read()
        return words

    async def there(self) -> Arrival:
        """Bo's mail, as one who knows nothing is told of it."""
        mailbox = await self.house.box.mailboxes.get(self.house.caller.tenant, self.house.account)
        told = [one async for batch in mailbox.changes(None) for one in batch.arrivals]
        (arrival,) = (one for one in told if b"Subject: Kiln" in one.raw)
        return arrival

    async def agrees(self) -> None:
        """The row says what the provider says."""
        row, there = await self.house.mail("Kiln"), await self.there()
        assert (row.key, row.folder, row.unread, row.flagged) == (there.key, there.folder, there.unread, there.flagged)


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.needs_dovecot] if name == "dovecot" else []) for name in BENCHES]
)
async def room(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot_if_here: DovecotServer | None, servers: Servers
) -> AsyncIterator[Room]:
    on_bench(request)
    async with BENCHES[request.param][1](tmp_path / "bench", dovecot_if_here) as bench, _opened(servers) as box:
        await bench.deliver(letter())
        box = replace(box, mailboxes=Handed(box.database, bench))
        who = await household.settle_in(box.database, "Ana Sousa", "Ana Sousa", "Europe/Lisbon")
        account = await household.link(box.database, who, bench.provider, bench.credentials)
        await sync(box, who.caller.tenant, account)
        yield Room(_house(servers, box, who, account, bench.credentials), bench)
        await box.mailboxes.aclose()


def test_every_exemption_is_of_a_case_that_exists() -> None:
    assert all(name in BENCHES and case in globals() for name, case in EXEMPT)


async def test_each_mail_is_one_row_and_found_by_what_is_stored(room: Room) -> None:
    for number in range(3):
        await room.bench.deliver(letter(f"Glaze {number}", "The celadon is ready."))
    assert (await room.read(), await room.read()) == (3, 0)
    found = (await search_inbox(room.house.box, await room.ask(), query="celadon")).text
    assert found.count("Glaze") == 3


@pytest.mark.parametrize("remove", [False, True])
async def test_a_label_and_its_undo(room: Room, remove: bool) -> None:
    async def label(*, off: bool) -> str:
        words = await label_email(room.house.box, await room.ask(), emails=["it"], label="Finance", remove=off)
        await room.read()
        return words.text

    assert await label(off=False) == "Labelled “Kiln” Finance. Say “undo” to take it back."
    if remove:
        assert "Took the label Finance off" in await label(off=True)
    assert (await room.house.mail("Kiln")).labels == ([] if remove else ["Finance"])
    assert await room.undone() == f"The label Finance is {'back on' if remove else 'off'} “Kiln”."
    assert (await room.house.mail("Kiln")).labels == (["Finance"] if remove else [])


@pytest.mark.parametrize(
    ("name", "undone"), [("flagged", "The flag is off “Kiln”."), ("read", "“Kiln” is unread again.")]
)
async def test_a_mark_and_its_undo(room: Room, name: Any, undone: str) -> None:
    before = await room.there()
    words = (await mark_email(room.house.box, await room.ask(), emails=["it"], mark_as=name)).text
    assert "“Kiln”" in words
    after = await room.there()
    assert (after.flagged, after.unread) == (name == "flagged", name != "read")
    await room.agrees()
    assert await room.undone() == undone
    assert await room.there() == before
    await room.agrees()


async def test_an_archived_mail_keeps_its_row_and_comes_back(room: Room) -> None:
    row = await room.house.mail("Kiln")
    words = (await archive_email(room.house.box, await room.ask(), emails=["it"])).text
    assert words == "Archived “Kiln”. Say “undo” to take it back."
    await room.read()
    archived = await room.house.mail("Kiln")
    assert (archived.id, archived.folder) == (row.id, "Archive")
    assert await room.undone() == "“Kiln” is back in the inbox."
    back = await room.house.mail("Kiln")
    assert (back.id, back.folder) == (row.id, "INBOX")
    await room.agrees()


async def test_a_mail_that_was_filed_comes_back_days_later(room: Room) -> None:
    await move_email(room.house.box, await room.ask(), emails=["it"], folder="Projects")
    await room.house.sql("UPDATE receipts SET done_at = now() - interval '9 days'")
    assert (await room.house.mail("Kiln")).folder == "Projects"
    assert await room.undone() == "“Kiln” is back in the inbox."
    await room.agrees()


async def test_an_answer_leaves_in_its_thread_and_is_read_back(room: Room) -> None:
    card = await room.house.draft("Thursday works.")
    await room.house.press(card, "Approve & send")
    sent: Card = shown_card(await room.house.work())
    assert (sent.title, "I read it back from Sent." in sent.text) == ("Sent", True)
    (raw,) = room.bench.sent()
    left = parse(raw)
    assert (left.in_reply_to, left.references) == ("kiln@kiln.example", ("kiln@kiln.example",))
    assert (left.subject, [one.address for one in left.to]) == ("Re: Kiln", ["bo@kiln.example"])
    await room.read()
    rows = await room.house.sql("SELECT thread, outgoing FROM emails ORDER BY outgoing")
    assert [(row.thread, row.outgoing) for row in rows] == [("kiln@kiln.example", one) for one in (False, True)]


async def test_what_is_attached_can_be_read(room: Room) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bo@kiln.example", "ana@example.org", "Prices"
    message["Message-ID"] = "<prices@kiln.example>"
    message.set_content("Here they are.")
    message.add_attachment(b"a;b\n1;2\n", maintype="text", subtype="csv", filename="Größe.csv")
    await room.bench.deliver(message.as_bytes().replace(b"\n", b"\r\n"))
    await room.read()
    row = await room.house.mail("Prices")
    (one,) = row.attachments
    assert (row.has_attachment, one["name"], one["media_type"]) == (True, "Größe.csv", "text/csv")
    mailbox = await room.house.box.mailboxes.get(room.house.caller.tenant, room.house.account)
    assert attachment_bytes(await mailbox.fetch(row.key), one["part"]).split() == [b"a;b", b"1;2"]


LIES = {
    "the sender is": (b"Sousa <ana@", b"Sousa <eva@"),
    "the recipients are": (b"To: Bo Lind <bo@", b"To: Bo Lind <no@"),
    "the subject is": (b"Subject: Re: Kiln", b"Subject: Re: Coal"),
    "the text is": (b"Thursday works.", b" " * 15),
    "the thread is": (b"In-Reply-To: <kiln", b"In-Reply-To: <coal"),
}
"""What is not as it was approved -> what was written, and what Sent shows."""


@pytest.mark.parametrize("off", LIES)
async def test_another_mail_in_sent_is_told(room: Room, off: str) -> None:
    card = await room.house.draft("Thursday works.")
    await room.house.press(card, "Approve & send")
    true, false = LIES[off]
    assert true in await room.house.one("SELECT message FROM sends")
    room.bench.lie(true, false)
    sent: Card = shown_card(await room.house.work())
    assert sent.title == "Sent"
    assert f"But in Sent {off} not what you approved; please look at it." in sent.text
    assert len(room.bench.sent()) == 1


async def test_an_address_that_the_provider_knows_is_the_owners(room: Room) -> None:
    house, other = room.house, "info@fernhill.example"
    await room.bench.deliver(letter("Before", to=other))
    await room.bench.deliver(letter("Mine before", sender=f"Ana <{other}>", to="bo@kiln.example"))
    await room.read()
    room.bench.other_address(other)  # type: ignore[attr-defined]
    await learn(house.box, house.caller.tenant, house.account)
    await room.bench.deliver(letter("After", to="team@kiln.example", cc=other))
    await room.bench.deliver(letter("Mine after", sender=f"Ana <{other}>", to="bo@kiln.example"))
    await room.read()
    rows = await house.sql(
        "SELECT subject, outgoing, signals ->> 'addressed' AS addressed FROM emails ORDER BY subject"
    )
    assert [(row.subject, row.outgoing, row.addressed) for row in rows if row.subject != "Kiln"] == [
        ("After", False, "copied"),
        ("Before", False, "direct"),
        ("Mine after", True, "hidden"),
        ("Mine before", True, "hidden"),
    ]
    async with house.database.acting_as(house.caller) as tx:
        assert await tx.aliases.own(house.account) == {other}
        assert (await tx.accounts.get(house.account)).addresses_told_at is not None


async def test_a_reset_of_the_provider_loses_and_doubles_nothing(room: Room) -> None:
    await room.bench.deliver(letter("Glaze"))
    await room.read()
    await room.house.sql("UPDATE emails SET category = 'invoice'")
    before = {row.id for row in await room.house.sql("SELECT id FROM emails")}
    await room.bench.renumber()
    await room.house.box.mailboxes.drop(room.house.account)
    await room.bench.deliver(letter("Plates"))
    await room.read()
    await room.read()
    rows = await room.house.sql("SELECT id, subject, category FROM emails ORDER BY subject")
    assert [(row.subject, row.category) for row in rows] == [
        ("Glaze", "invoice"),
        ("Kiln", "invoice"),
        ("Plates", None),
    ]
    assert before < {row.id for row in rows}
