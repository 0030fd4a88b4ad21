"""Working an Outlook mailbox: what is done there can be taken back days later, and reading on in between changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from storage.values.ids import EventId, new_id
from tests.fakes.graph import Message
from tests.fakes.graph_house import OutlookHouse, open_outlook_house
from tests.fakes.program import Servers, letter
from tools.inbox import relabel, tidy
from tools.mail.folder_names import ARCHIVE
from tools.tool import Ask
from tools.undo.tool import undo

Deed = Callable[[OutlookHouse, Ask], Awaitable[object]]


@pytest.fixture
async def outlook(servers: Servers) -> AsyncIterator[OutlookHouse]:
    async with open_outlook_house(servers) as outlook:
        yield outlook


async def ask(outlook: OutlookHouse) -> Ask:
    house = outlook.house
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, house.channel.name, str(house.caller.person))
    return Ask(house.caller, where, EventId(new_id()))


async def label(outlook: OutlookHouse, asked: Ask) -> None:
    row = await outlook.house.mail("Kiln")
    await relabel.relabel(outlook.house.box, asked, [row], "Finance", remove=False)


async def archive(outlook: OutlookHouse, asked: Ask) -> None:
    await tidy.move(outlook.house.box, asked, [await outlook.house.mail("Kiln")], ARCHIVE)


async def read(outlook: OutlookHouse, asked: Ask) -> None:
    await tidy.mark(outlook.house.box, asked, [await outlook.house.mail("Kiln")], "read")


async def flag(outlook: OutlookHouse, asked: Ask) -> None:
    await tidy.mark(outlook.house.box, asked, [await outlook.house.mail("Kiln")], "flagged")


async def move(outlook: OutlookHouse, asked: Ask) -> None:
    await tidy.move(outlook.house.box, asked, [await outlook.house.mail("Kiln")], "Projects/Kilns")


def stands(outlook: OutlookHouse) -> tuple[object, ...]:
    (message,) = kilns(outlook)
    return message.is_read, message.flag, tuple(message.categories), message.folder


def kilns(outlook: OutlookHouse) -> list[Message]:
    return [one for one in outlook.graph.account.messages.values() if b"Subject: Kiln" in one.raw]


@pytest.mark.parametrize("deed", [label, archive, read, flag, move])
async def test_what_is_done_in_outlook_is_taken_back_though_the_mailbox_was_read_on(outlook: OutlookHouse, deed: Deed):
    before, row = stands(outlook), await outlook.house.mail("Kiln")
    await deed(outlook, await ask(outlook))
    done = stands(outlook)
    await outlook.house.read()
    after = await outlook.house.mail("Kiln")
    assert done != before
    assert after.id == row.id
    await undo(outlook.house.box, await ask(outlook))
    await outlook.house.read()
    back = await outlook.house.mail("Kiln")
    assert stands(outlook) == before
    assert (back.id, back.folder, back.labels, back.unread, back.flagged) == (
        row.id,
        row.folder,
        row.labels,
        row.unread,
        row.flagged,
    )


async def test_an_answer_that_came_while_the_place_was_forgotten_is_there_once(outlook: OutlookHouse):
    outlook.graph.account.forget()
    outlook.graph.account.add(letter("Re: Kiln", message_id="again"), "inbox")
    assert await outlook.house.read() == 1
    assert await outlook.house.read() == 0
    assert await outlook.house.one("SELECT count(*) FROM emails") == 2


async def test_a_mailbox_that_was_brought_elsewhere_keeps_our_labels_and_doubles_nothing(outlook: OutlookHouse):
    await label(outlook, await ask(outlook))
    row = await outlook.house.mail("Kiln")
    outlook.graph.account.make_anew()
    await outlook.house.box.mailboxes.drop(outlook.house.account)
    await outlook.house.read()
    again = await outlook.house.mail("Kiln")
    assert (again.id, again.labels) == (row.id, ["Finance"])
    assert again.key != row.key


async def test_many_who_see_a_token_end_at_once_renew_it_once_and_the_family_lives(outlook: OutlookHouse):
    entra, row = outlook.sign_in.entra, await outlook.house.mail("Kiln")
    async with outlook.house.beside() as other:
        boxes = [await one.box.mailboxes.get(one.caller.tenant, one.account) for one in (outlook.house, other)]
        for mailbox in boxes:
            await mailbox.fetch(row.key)
        entra.tokens.clear()
        await asyncio.gather(*[mailbox.fetch(row.key) for mailbox in boxes for _ in range(25)])
    assert (entra.refreshes, entra.family_ended) == (1, False)
