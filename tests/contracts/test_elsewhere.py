"""What another program does to a mailbox is told: read, flagged, labelled, filed; and the census agrees with all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.mail_benches import Bench
from tests.fakes.mail_caller import Caller, letter, mail
from tools.mail import open_mailbox
from tools.mail.mailbox import Mailbox


@pytest.fixture
async def elsewhere(bench: Bench) -> AsyncIterator[Mailbox]:
    """The same account in another program."""
    mailbox = await open_mailbox(bench.provider, bench.credentials)
    yield mailbox
    await mailbox.aclose()


async def test_what_is_read_and_flagged_elsewhere_is_told_once(bench: Bench, caller: Caller, elsewhere: Mailbox):
    await bench.deliver(mail(1))
    arrivals = await caller.sync()
    first, other = (arrival.key for arrival in sorted(arrivals, key=lambda arrival: arrival.raw))
    await elsewhere.set_unread(first, False)
    await elsewhere.set_flagged(first, True)
    assert await caller.sync() == []
    stands = {key: (arrival.unread, arrival.flagged) for key, arrival in caller.mails.items()}
    assert stands == {first: (False, True), other: (True, False)}
    await caller.sync()
    assert caller.changed == []


async def test_what_is_labelled_elsewhere_is_told(caller: Caller, elsewhere: Mailbox):
    key = (await caller.only()).key
    await elsewhere.add_label(key, "Invoices")
    await caller.sync()
    assert caller.mails[key].labels == (frozenset({"Invoices"}) if elsewhere.abilities.keywords else frozenset())
    await elsewhere.remove_label(key, "Invoices")
    await caller.sync()
    assert caller.mails[key].labels == frozenset()


async def test_what_is_archived_elsewhere_is_not_in_the_inbox_any_more(caller: Caller, elsewhere: Mailbox):
    key = (await caller.only()).key
    await elsewhere.move(key, "Archive")
    await caller.sync()
    assert [arrival for arrival in caller.mails.values() if arrival.folder == "INBOX"] == []


async def test_what_is_marked_while_a_line_is_down_is_told_later(bench: Bench, caller: Caller, elsewhere: Mailbox):
    key = (await caller.only()).key
    await caller.mailbox.aclose()
    await elsewhere.set_unread(key, False)
    caller.mailbox = await open_mailbox(bench.provider, bench.credentials)
    await caller.sync()
    assert not caller.mails[key].unread
    await caller.mailbox.aclose()


async def test_the_census_is_what_was_told(bench: Bench, caller: Caller, elsewhere: Mailbox):
    for number in range(1, 4):
        await bench.deliver(mail(number))
    await caller.sync()
    await elsewhere.set_flagged(next(iter(caller.mails)), True)
    await caller.mailbox.send(letter(), "ana@example.org", ["ben@example.com"])
    await caller.sync()
    counted = [one async for some in caller.mailbox.census() for one in some]
    assert sorted((one.key, one.folder, one.unread, one.flagged) for one in counted) == sorted(
        (arrival.key, arrival.folder, arrival.unread, arrival.flagged) for arrival in caller.mails.values()
    )
