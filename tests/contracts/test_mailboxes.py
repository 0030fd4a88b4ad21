"""What every mailbox provider promises, tested on every kind of server that we can start."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from storage.values.errors import NeedsPerson, Refused, Unavailable
from tests.fakes.mail_benches import BENCHES, Bench
from tests.fakes.mail_caller import Caller, letter, mail
from tools.mail import MAILBOXES, open_mailbox
from tools.mail.mailbox import Credentials, Glancing, Mailbox
from tools.mail.tokens import Standing

EXEMPT = {
    ("files", "test_a_wrong_password_needs_a_person"): "files have no password",
    ("files", "test_a_dropped_line_is_mended_unnoticed"): "files have no line",
    (
        "files",
        "test_a_server_that_is_asked_too_often_is_asked_later_and_nothing_is_lost",
    ): "files may be read as often as one likes",
}
"""Bench and case -> why it cannot be tested there."""


def test_a_provider_listed_is_a_provider_tested():
    assert {provider for provider, _ in BENCHES.values()} == set(MAILBOXES)


def test_every_exemption_is_of_a_case_that_exists():
    assert all(name in BENCHES and case in globals() for name, case in EXEMPT)


async def test_an_unknown_provider_is_refused_with_the_known_ones():
    with pytest.raises(Refused, match="maildir, imap"):
        await open_mailbox("pigeon", Credentials("", {}))


async def test_each_message_comes_once(bench: Bench, caller: Caller):
    for number in range(1, 5):
        await bench.deliver(mail(number))
    arrivals = await caller.sync()
    assert sorted(arrival.raw for arrival in arrivals) == [mail(number) for number in range(5)]
    assert {arrival.folder for arrival in arrivals} == {"INBOX"}
    assert await caller.sync() == []


async def test_what_came_since_comes_next_time(bench: Bench, caller: Caller):
    await caller.sync()
    await bench.deliver(mail(1))
    assert [arrival.raw for arrival in await caller.sync()] == [mail(1)]


async def test_a_glance_overlooks_nothing_that_happened(bench: Bench, caller: Caller):
    key = (await caller.only()).key
    happenings = (
        lambda: caller.mailbox.set_unread(key, False),
        lambda: caller.mailbox.set_flagged(key, True),
        lambda: bench.deliver(mail(1)),
        lambda: bench.remove(0),
    )
    for happens in happenings:
        await caller.sync()
        await happens()
        assert not (isinstance(caller.mailbox, Glancing) and await caller.mailbox.unchanged(caller.cursor or ""))


async def test_many_messages_come_in_batches_that_can_be_gone_on_from(bench: Bench, mailbox: Mailbox):
    for number in range(1, 250):
        await bench.deliver(mail(number))
    told = []
    cursor = None
    for _ in range(5):
        async for batch in mailbox.changes(cursor):
            told += [arrival.raw for arrival in batch.arrivals]
            cursor = batch.cursor
            break  # as if the program died after each batch
    assert sorted(told) == sorted(mail(number) for number in range(250))


async def test_the_cursor_holds_for_the_next_connection(bench: Bench, caller: Caller):
    await caller.sync()
    caller.mailbox = await open_mailbox(bench.provider, bench.credentials)
    await bench.deliver(mail(1))
    assert [arrival.raw for arrival in await caller.sync()] == [mail(1)]
    await caller.mailbox.aclose()


async def test_reading_marks_nothing_as_read(bench: Bench, caller: Caller):
    arrival = await caller.only()
    await caller.mailbox.fetch(arrival.key)
    assert arrival.unread
    assert not any(await bench.read_marks())


async def test_a_message_is_fetched_byte_for_byte(caller: Caller):
    arrival = await caller.only()
    assert await caller.mailbox.fetch(arrival.key) == mail(0)


async def test_read_and_unread_go_both_ways(caller: Caller):
    key = (await caller.only()).key
    await caller.mailbox.set_unread(key, False)
    assert not (await caller.again()).unread
    await caller.mailbox.set_unread(key, True)
    assert (await caller.again()).unread


async def test_a_flag_goes_up_and_down(caller: Caller):
    key = (await caller.only()).key
    assert not (await caller.again()).flagged
    for _ in range(2):
        await caller.mailbox.set_flagged(key, True)
    assert (await caller.again()).flagged
    await caller.mailbox.set_flagged(key, False)
    assert not (await caller.again()).flagged


@pytest.mark.parametrize("label", ["Invoices", "To do & done (2026)", "Bücher/Größe"])
async def test_a_label_sticks_once_and_comes_off(caller: Caller, label: str):
    key = (await caller.only()).key
    for _ in range(2):
        await caller.mailbox.add_label(key, label)
    assert await labels(caller.mailbox, label) == 1
    for _ in range(2):
        await caller.mailbox.remove_label(key, label)
    assert await labels(caller.mailbox, label) == 0
    assert await caller.mailbox.fetch(key) == mail(0)


async def labels(mailbox: Mailbox, label: str) -> int:
    """How often the label is there: on the messages, or as copies in its folder."""
    if mailbox.abilities.keywords:
        return sum(label in arrival.labels for arrival in await Caller(mailbox).sync())
    mailbox.names = (label,)  # type: ignore[attr-defined]
    copies = await Caller(mailbox).sync()
    mailbox.names = ("INBOX", "Sent")  # type: ignore[attr-defined]
    return len(copies)


async def test_a_label_that_breaks_lines_is_refused(caller: Caller):
    key = (await caller.only()).key
    with pytest.raises(Refused):
        await caller.mailbox.add_label(key, "x\r\nA1 LOGOUT")
    assert await caller.mailbox.fetch(key)


async def test_a_message_moves_to_the_archive_and_back(caller: Caller):
    arrival = await caller.only()
    there = await caller.mailbox.move(arrival.key, "Archive")
    assert await caller.mailbox.fetch(there) == mail(0)
    back = await caller.mailbox.move(there, arrival.folder)
    assert await caller.mailbox.fetch(back) == mail(0)
    assert (await caller.again()).folder == "INBOX"


async def test_moving_to_where_it_is_changes_nothing(caller: Caller):
    arrival = await caller.only()
    assert await caller.mailbox.move(arrival.key, "INBOX") == arrival.key
    assert await caller.sync() == []


async def test_moving_takes_nothing_else_along(bench: Bench, caller: Caller):
    await bench.deliver(mail(1))
    first, second = sorted(await caller.sync(), key=lambda arrival: arrival.raw)
    await caller.mailbox.move(first.key, "Projects/Übersee")
    assert await caller.mailbox.fetch(second.key) == mail(1)


async def test_a_draft_is_kept_and_deleted(caller: Caller):
    await caller.sync()
    key = await caller.mailbox.save_draft(letter())
    assert await caller.mailbox.fetch(key) == letter()
    assert await caller.sync() == []
    for _ in range(2):
        await caller.mailbox.delete_draft(key)
    with pytest.raises(Refused):
        await caller.mailbox.fetch(key)


async def test_only_drafts_are_deleted_as_drafts(caller: Caller):
    key = (await caller.only()).key
    with pytest.raises(Refused):
        await caller.mailbox.delete_draft(key)
    assert await caller.mailbox.fetch(key) == mail(0)


async def test_the_very_bytes_are_sent(bench: Bench, mailbox: Mailbox):
    await mailbox.send(letter(), "ana@example.org", ["ben@example.com"])
    assert bench.sent() == [letter()]


async def test_what_was_sent_is_found_and_told_of(caller: Caller):
    await caller.sync()
    assert await caller.mailbox.find_sent("answer-1@example.org") is None
    await caller.mailbox.send(letter(), "ana@example.org", ["ben@example.com"])
    key = await caller.mailbox.find_sent("answer-1@example.org")
    arrival = await caller.only()
    assert (arrival.key, arrival.folder, arrival.raw, arrival.unread) == (key, "Sent", letter(), False)


async def test_only_the_whole_message_id_is_found(mailbox: Mailbox):
    await mailbox.send(letter(11), "ana@example.org", ["ben@example.com"])
    assert await mailbox.find_sent("answer-1@example.org") is None
    assert await mailbox.find_sent("nswer-11@example.org") is None
    assert await mailbox.find_sent("<answer-11@example.org>")


async def test_a_mail_to_nobody_is_refused(bench: Bench, mailbox: Mailbox):
    with pytest.raises(Refused):
        await mailbox.send(letter(), "ana@example.org", [])
    assert bench.sent() == []


async def test_what_somebody_else_deletes_is_gone(bench: Bench, caller: Caller):
    await bench.deliver(mail(1))
    await caller.sync()
    await bench.remove(0)
    await caller.sync()
    assert [arrival.raw for arrival in caller.mails.values()] == [mail(1)]


async def test_a_message_that_is_gone_cannot_be_worked_on(bench: Bench, caller: Caller):
    await bench.deliver(mail(1))
    keys = {arrival.raw: arrival.key for arrival in await caller.sync()}
    await bench.remove(0)
    await caller.sync()
    mailbox, key = caller.mailbox, keys[mail(0)]
    for action in (
        mailbox.fetch(key),
        mailbox.add_label(key, "x"),
        mailbox.set_unread(key, False),
        mailbox.move(key, "y"),
    ):
        with pytest.raises(Refused):
            await action


@pytest.mark.parametrize("key", ["", "INBOX", "../../etc/passwd", "INBOX:1:2:3", "INBOX:x:1", "Nowhere:1:1", "draft-x"])
async def test_a_key_that_is_none_is_refused(mailbox: Mailbox, key: str):
    with pytest.raises(Refused):
        await mailbox.fetch(key)


async def test_a_new_numbering_tells_everything_again_and_loses_nothing(bench: Bench, caller: Caller):
    await bench.deliver(mail(1))
    await caller.sync()
    await bench.renumber()
    caller.mailbox = await open_mailbox(bench.provider, bench.credentials)
    again = Caller(caller.mailbox, caller.cursor)
    assert sorted(arrival.raw for arrival in await again.sync()) == [mail(0), mail(1)]
    assert await again.sync() == []
    await caller.mailbox.aclose()


POISON = {
    "nul": b"Subject: a\0b\r\n\r\nx\0y\r\n",
    "eight bits": b"Subject: \xe4\xff\r\n\r\n\xfc\x80\r\n",
    "no headers": b"just words\r\n",
    "empty": b"",
    "no end of line": b"Subject: x",
    "a dot alone": b"Subject: x\r\n\r\n.\r\n.\r\n",
    "a long line": b"Subject: x\r\n\r\n" + b"y" * 1_000_000 + b"\r\n",
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
async def test_poison_is_handed_on_and_holds_nothing_up(bench: Bench, caller: Caller, poison: bytes):
    await bench.deliver(poison)
    await bench.deliver(mail(1))
    told = sorted((arrival.raw for arrival in await caller.sync()), key=len)
    assert len(told) == 3
    assert {mail(0), mail(1)} < set(told)
    assert await caller.sync() == []


async def test_a_wrong_password_needs_a_person(bench: Bench):
    tokens = Standing("wr0ng-Secret") if bench.credentials.tokens else None
    wrong = replace(bench.credentials, secret="wr0ng-Secret", tokens=tokens)
    with pytest.raises(NeedsPerson) as trouble:
        await Caller(await open_mailbox(bench.provider, wrong)).sync()
    assert "wr0ng-Secret" not in _everything_said(trouble.value) + repr(wrong)


async def test_an_account_that_is_away_is_tried_again_later(bench: Bench, caller: Caller):
    await caller.sync()
    await bench.go_away()
    with pytest.raises(Unavailable):
        await caller.sync()


def too_much(answer: bytes) -> bytes:
    """What a server says to one who asks too often (RFC 5530; HTTP)."""
    answer = re.sub(rb"(?m)^([A-Z]{4}\d+) OK [^\r]*", rb"\1 NO [LIMIT] too much at once", answer)
    return answer.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1")


async def test_a_server_that_is_asked_too_often_is_asked_later_and_nothing_is_lost(bench: Bench, caller: Caller):
    await caller.sync()
    await bench.deliver(mail(1))
    bench.line.rewrite = too_much  # type: ignore[attr-defined]
    with pytest.raises(Unavailable):
        await caller.sync()
    bench.line.rewrite = lambda answer: answer  # type: ignore[attr-defined]
    assert [arrival.raw for arrival in await caller.sync()] == [mail(1)]


async def test_a_dropped_line_is_mended_unnoticed(bench: Bench, caller: Caller):
    key = (await caller.only()).key
    for work in (lambda: caller.mailbox.fetch(key), lambda: caller.mailbox.move(key, "INBOX"), caller.sync):
        bench.line.cut()  # type: ignore[attr-defined]
        await work()


def _everything_said(trouble: BaseException | None) -> str:
    said = ""
    while trouble is not None:
        said += repr(trouble)
        trouble = trouble.__cause__ or trouble.__context__
    return said
