"""Reading an Outlook mailbox on: what Graph's delta tells, and what it leaves to be found out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.values.errors import Refused, Unavailable
from tests.fakes.graph_mailbox import Outlook, open_outlook_mailbox
from tests.fakes.graph_server import Trouble
from tests.fakes.program import letter
from tools.mail.mailbox import LARGEST, Changed
from tools.mail.outlook_keys import Known


@pytest.fixture
async def outlook() -> AsyncIterator[Outlook]:
    async with open_outlook_mailbox() as outlook:
        yield outlook


def deliver(outlook: Outlook, *subjects: str) -> None:
    for subject in subjects:
        outlook.server.account.add(letter(subject), "inbox")


async def test_a_poll_with_nothing_new_costs_one_call_a_folder_and_no_word(outlook: Outlook):
    deliver(outlook, "One", "Two")
    await outlook.sync()
    before, cursor = outlook.server.calls, outlook.cursor
    assert await outlook.sync() == []
    assert (outlook.server.calls - before, outlook.cursor) == (2, cursor)


async def test_pages_are_asked_for_in_hundreds_and_bodies_in_batches_of_twenty(outlook: Outlook):
    deliver(outlook, *(f"Mail {number}" for number in range(250)))
    assert len(await outlook.sync()) == 250
    deltas = [one for one in outlook.server.seen if one.endswith("/delta")]
    assert len(deltas) == 3 + 1
    assert outlook.server.calls == 1 + len(deltas) + 2 * 5 + 3  # folders, deltas, batches of 20 for 100, 100 and 50


async def test_a_mail_read_on_a_phone_is_told_as_changed_though_graph_tells_only_that(outlook: Outlook):
    deliver(outlook, "Kiln")
    key = await outlook.only()
    message = next(iter(outlook.server.account.messages.values()))
    message.is_read = True
    outlook.server.account.touch(message, ["isRead"])
    await outlook.sync()
    assert outlook.changed == [Changed(key, unread=False)]


async def test_a_mail_archived_on_a_phone_keeps_its_key_and_is_told_where_it_lies(outlook: Outlook):
    deliver(outlook, "Kiln")
    key = await outlook.only()
    account = outlook.server.account
    account.move(next(iter(account.messages.values())), account.place("archive"))
    await outlook.sync()
    assert (outlook.changed, outlook.gone) == ([Changed(key, folder="Archive")], [])
    account.move(next(iter(account.messages.values())), account.place("inbox"))
    assert await outlook.sync() == []
    assert [(one.key, one.folder) for one in outlook.changed] == [(key, "INBOX")]


@pytest.mark.parametrize("place", ["deleteditems", "junkemail"])
async def test_a_mail_thrown_away_is_gone_and_one_fetched_back_is_new(outlook: Outlook, place: str):
    deliver(outlook, "Kiln")
    key = await outlook.only()
    account = outlook.server.account
    account.move(next(iter(account.messages.values())), account.place(place))
    await outlook.sync()
    assert outlook.gone == [key]
    account.move(next(iter(account.messages.values())), account.place("inbox"))
    assert [one.key for one in await outlook.sync()] == [key]


async def test_a_mail_from_a_folder_that_is_not_followed_is_new_when_it_comes(outlook: Outlook):
    account = outlook.server.account
    await outlook.sync()
    message = account.add(letter("Kiln"), "junkemail")
    assert await outlook.sync() == []
    account.move(message, account.place("inbox"))
    assert len(await outlook.sync()) == 1


async def test_a_mail_that_wanders_between_followed_folders_is_told_once(outlook: Outlook):
    deliver(outlook, "Kiln")
    key = await outlook.only()
    account = outlook.server.account
    account.move(next(iter(account.messages.values())), account.place("sentitems"))
    assert await outlook.sync() == []
    assert ([(one.key, one.folder) for one in outlook.changed], outlook.gone) == ([(key, "Sent")], [])


async def test_a_forgotten_place_is_a_bounded_resync_that_finds_what_happened_meanwhile(outlook: Outlook):
    deliver(outlook, *(f"Mail {number}" for number in range(120)))
    keys = [one.key for one in await outlook.sync()]
    account = outlook.server.account
    first, second, *_ = account.messages.values()
    account.remove(first)
    second.flag = "flagged"
    deliver(outlook, "New")
    account.forget()
    outlook.server.seen.clear()
    (new,) = await outlook.sync()
    assert b"Subject: New" in new.raw
    assert len(outlook.gone) == 1
    assert outlook.gone[0] in keys
    assert sum(one.endswith("/$value") for one in outlook.server.seen) == 1  # no body is read twice
    assert [one.key for one in outlook.changed if one.flagged] == [next(key for key in keys if second.id in key)]
    assert await outlook.sync() == []


async def test_killed_in_the_middle_of_a_resync_the_next_one_still_knows_what_is_gone(outlook: Outlook):
    deliver(outlook, *(f"Mail {number}" for number in range(150)))
    keys = {one.key for one in await outlook.sync()}
    account = outlook.server.account
    lost = next(iter(account.messages.values()))
    account.remove(lost)
    account.forget()
    async for batch in outlook.mailbox.changes(outlook.cursor):
        outlook.cursor = batch.cursor
        break
    await outlook.sync()
    assert [key.partition(":")[2] for key in outlook.gone] == [lost.id]
    assert len(outlook.mails.keys() & keys) == 149


async def test_a_place_forgotten_twice_in_one_look_is_tried_again_later(outlook: Outlook):
    await outlook.sync()
    outlook.server.troubles = [Trouble("/delta", 410, "SyncStateNotFound", times=9)]
    with pytest.raises(Unavailable):
        await outlook.sync()


async def test_three_pollers_killed_anywhere_tell_a_thousand_mails_once(outlook: Outlook):
    deliver(outlook, *(f"Mail {number}" for number in range(1_000)))
    account, told = outlook.server.account, []
    rounds = 0
    while True:
        rounds += 1
        before = outlook.cursor
        async for batch in outlook.mailbox.changes(outlook.cursor):
            told += [one.key for one in batch.arrivals]
            outlook.cursor = batch.cursor
            break  # killed after each commit
        if rounds == 4:
            account.forget()
        if rounds == 7:
            account.move(list(account.messages.values())[3], account.place("archive"))
        if outlook.cursor == before:
            break
    assert len(told) == len(set(told)) == 1_000
    counted = [one.key async for some in outlook.mailbox.census() for one in some]
    assert len(set(counted)) == 999
    assert set(counted) < set(told)


async def test_what_may_be_large_is_read_by_itself_and_cut(outlook: Outlook):
    giant = letter("Scan").replace(b"\r\n\r\n", b'\r\nContent-Disposition: attachment; filename="x"\r\n\r\n', 1)
    outlook.server.account.add(giant + b"x" * LARGEST, "inbox")
    (arrival,) = await outlook.sync()
    assert len(arrival.raw) == LARGEST
    assert len(await outlook.mailbox.fetch(arrival.key)) == len(giant) + LARGEST


async def test_bytes_that_came_as_text_are_asked_for_again_alone(outlook: Outlook):
    outlook.server.text_in_batches = True
    odd = letter("Größe").replace(b"Thursday", b"\xe4\xff")
    outlook.server.account.add(odd, "inbox")
    assert [one.raw for one in await outlook.sync()] == [odd]


async def test_a_mail_deleted_between_the_page_and_its_bytes_holds_nothing_up(outlook: Outlook):
    deliver(outlook, "One", "Two")
    outlook.server.troubles = [Trouble(r"/\$value$", 404, "ErrorItemNotFound")]
    assert len(await outlook.sync()) == 1


async def test_a_link_that_leads_elsewhere_is_not_followed_with_our_token(outlook: Outlook):
    with pytest.raises(Refused, match="another server"):
        outlook.graph.relative("https://evil.example/v1.0/me/messages")
    with pytest.raises(Refused, match="another server"):
        outlook.graph.relative(f"{outlook.server.base_url}.evil.example/me")


async def test_a_cursor_of_ten_thousand_mails_stays_small(outlook: Outlook):
    ids = {
        f"AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0AVd8PXqJkaEqVzQ0fcyk5LgAB{number:06}AA=": "INBOX"
        for number in range(10_000)
    }
    cursor = Known("0a0a0a0a", ids).write()
    assert len(cursor) < 200_000
    assert Known.read(cursor, "0a0a0a0a").at == ids
