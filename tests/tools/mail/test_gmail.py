"""Gmail, beyond what every mailbox promises: labels, history, quotas, threads, and sends of which nobody hears back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storage.values.errors import NeedsPerson, Refused, Unavailable, Unsure
from tests.fakes.google import ADDRESS
from tests.fakes.google_accounts import Mail
from tests.fakes.google_bench import GmailBench, gmail_bench
from tests.fakes.google_mail import Break, Refusal
from tools.mail.compose import compose_new, compose_reply
from tools.mail.email import Address
from tools.mail.gmail import GmailMailbox, open_gmail
from tools.mail.mailbox import Batch, Changed
from tools.mail.parse import parse

ANA, BEN = Address("Ana", ADDRESS), Address("Ben", "ben@example.com")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def mail(number: int) -> bytes:
    return (
        f"From: Ben <ben@example.com>\r\nTo: {ADDRESS}\r\nSubject: Lunch {number}\r\n"
        f"Message-ID: <lunch-{number}@example.com>\r\n\r\nAt noon?\r\n"
    ).encode()


def letter(subject: str = "Hello") -> bytes:
    return compose_new(sender=ANA, to=[BEN], subject=subject, body="Hi", message_id="one@example.org", date=AT)


def answer(original: bytes, message_id: str = "answer@example.org") -> bytes:
    return compose_reply(parse(original), sender=ANA, body="Yes.", message_id=message_id, date=AT)


@pytest.fixture
async def bench() -> AsyncIterator[GmailBench]:
    async with gmail_bench(None, None) as bench:
        yield bench


@pytest.fixture
async def mailbox(bench: GmailBench) -> AsyncIterator[GmailMailbox]:
    mailbox = await open_gmail(bench.credentials)
    yield mailbox
    await mailbox.aclose()


async def told(mailbox: GmailMailbox, cursor: str | None = None) -> Batch:
    """All that `changes` tells, as one."""
    batches = [batch async for batch in mailbox.changes(cursor)]
    return Batch(
        [one for batch in batches for one in batch.arrivals],
        [one for batch in batches for one in batch.gone],
        batches[-1].cursor,
        [one for batch in batches for one in batch.changed],
    )


def came(bench: GmailBench, number: int = 0) -> Mail:
    bench.google.account.deliver(mail(number))
    return list(bench.google.account.mails.values())[-1]


async def test_a_poll_with_nothing_new_is_one_call(bench: GmailBench, mailbox: GmailMailbox) -> None:
    came(bench)
    cursor = (await told(mailbox)).cursor
    bench.google.gmail.calls.clear()
    nothing = await told(mailbox, cursor)
    assert bench.google.gmail.calls == {"GET /history": 1}
    assert (nothing.cursor, nothing.arrivals) == (cursor, [])


async def test_what_is_no_mail_is_not_told_of(bench: GmailBench, mailbox: GmailMailbox) -> None:
    account = bench.google.account
    cursor = (await told(mailbox)).cursor
    account.deliver(mail(1), {"SPAM", "UNREAD"})
    account.deliver(mail(2), {"TRASH"})
    await mailbox.save_draft(letter())
    assert (await told(mailbox, cursor)).arrivals == []
    assert (await told(mailbox)).arrivals == []


async def test_spam_that_is_none_comes_and_what_is_binned_goes(bench: GmailBench, mailbox: GmailMailbox) -> None:
    account = bench.google.account
    spam, good = account.deliver(mail(1), {"SPAM"}), account.deliver(mail(2))
    cursor = (await told(mailbox)).cursor
    account.relabel(spam, {"INBOX"}, {"SPAM"})
    account.relabel(good, {"TRASH"}, {"INBOX"})
    batch = await told(mailbox, cursor)
    assert [one.key for one in batch.arrivals] == [spam.id]
    assert batch.gone == [good.id]


async def test_what_came_and_went_between_two_looks_is_nothing(bench: GmailBench, mailbox: GmailMailbox) -> None:
    cursor = (await told(mailbox)).cursor
    account = bench.google.account
    account.delete(came(bench, 1))
    binned = came(bench, 2)
    account.relabel(binned, {"TRASH"}, {"INBOX"})
    account.relabel(binned, {"INBOX"}, {"TRASH"})
    batch = await told(mailbox, cursor)
    assert [one.key for one in batch.arrivals] == [binned.id]
    assert (batch.gone, batch.changed) == ([], [])


async def test_what_happens_in_another_program_is_told_as_it_stands(bench: GmailBench, mailbox: GmailMailbox) -> None:
    account = bench.google.account
    known = came(bench)
    cursor = (await told(mailbox)).cursor
    account.labels["Label_9"] = "Assistant/Invoice"
    account.relabel(known, {"STARRED", "Label_9"}, {"UNREAD", "INBOX"})
    batch = await told(mailbox, cursor)
    assert batch.arrivals == []
    assert batch.changed == [Changed(known.id, False, True, frozenset({"Assistant/Invoice"}), "Archive")]


async def test_a_long_history_comes_in_pages(bench: GmailBench, mailbox: GmailMailbox) -> None:
    cursor = (await told(mailbox)).cursor
    for number in range(230):
        came(bench, number)
    first = await anext(mailbox.changes(cursor))
    assert 0 < len(first.arrivals) <= 100
    batch = await told(mailbox, cursor)
    assert len({one.key for one in batch.arrivals}) == len(batch.arrivals) == 230
    assert (await told(mailbox, batch.cursor)).arrivals == []


async def test_an_expired_history_fetches_only_what_is_not_stored(bench: GmailBench) -> None:
    account = bench.google.account
    old = [came(bench, number) for number in range(30)]
    stored: set[str] = set()

    async def keys() -> frozenset[str]:
        return frozenset(stored)

    mailbox = await open_gmail(replace(bench.credentials, stored=keys))
    first = await told(mailbox)
    stored |= {one.key for one in first.arrivals}
    account.delete(old[0])
    account.relabel(old[1], {"STARRED"}, {"UNREAD"})
    fresh = came(bench, 99)
    account.forget_history()
    bench.google.gmail.calls.clear()
    batch = await told(mailbox, first.cursor)
    await mailbox.aclose()
    assert [one.key for one in batch.arrivals] == [fresh.id]
    assert batch.gone == [old[0].id]
    assert Changed(old[1].id, False, True, frozenset(), "INBOX") in batch.changed
    assert bench.google.gmail.calls["GET /messages/{id}"] == 1


async def test_the_census_says_how_everything_stands(bench: GmailBench, mailbox: GmailMailbox) -> None:
    one, other = came(bench, 1), came(bench, 2)
    await mailbox.add_label(one.id, "Finance")
    await mailbox.move(other.id, "Archive")
    await mailbox.save_draft(letter())
    bench.google.account.deliver(mail(3), {"SPAM"})
    standing = [told for page in [page async for page in mailbox.census()] for told in page]
    assert sorted(standing, key=lambda told: told.key) == [
        Changed(one.id, True, False, frozenset({"Finance"}), "INBOX"),
        Changed(other.id, True, False, frozenset(), "Archive"),
    ]


async def test_a_label_is_made_once_however_many_ask(bench: GmailBench, mailbox: GmailMailbox) -> None:
    mails = [came(bench, number) for number in range(8)]
    names = ["Assistant/Invoice", "assistant/INVOICE"] * 4
    await asyncio.gather(*(mailbox.add_label(one.id, name) for one, name in zip(mails, names, strict=True)))
    assert list(bench.google.account.labels.values()) == ["Assistant/Invoice"]
    assert all("Label_1" in one.labels for one in mails)


@pytest.mark.parametrize("status", [400, 409])
async def test_a_label_that_somebody_else_just_made_is_looked_up(
    bench: GmailBench, mailbox: GmailMailbox, status: int
) -> None:
    known = came(bench)
    gmail, account = bench.google.gmail, bench.google.account
    gmail.before["POST /labels"] = lambda: account.labels.update({"Label_7": "Invoice"})
    gmail.duplicate = status
    await mailbox.add_label(known.id, "Invoice")
    assert "Label_7" in known.labels
    assert gmail.calls["POST /labels"] == 1


async def test_a_label_with_the_name_of_a_folder_is_refused_in_words(bench: GmailBench, mailbox: GmailMailbox) -> None:
    known = came(bench)
    with pytest.raises(Refused, match="no label called “Spam”"):
        await mailbox.add_label(known.id, "Spam")


async def test_a_label_that_was_deleted_meanwhile_is_made_again(bench: GmailBench, mailbox: GmailMailbox) -> None:
    known = came(bench)
    await mailbox.add_label(known.id, "Invoice")
    bench.google.account.labels.clear()
    known.labels.discard("Label_1")
    bench.google.account.labels["Label_5"] = "Other"
    await mailbox.add_label(known.id, "Invoice")
    assert {bench.google.account.labels[one] for one in known.labels if one.startswith("Label")} == {"Invoice"}


async def test_archiving_takes_the_inbox_off_and_the_bin_is_a_bin(bench: GmailBench, mailbox: GmailMailbox) -> None:
    known = came(bench)
    await mailbox.move(known.id, "Archive")
    assert known.labels == {"UNREAD"}
    await mailbox.move(known.id, "Trash")
    assert known.labels == {"UNREAD", "TRASH"}
    await mailbox.move(known.id, "INBOX")
    assert known.labels == {"UNREAD", "INBOX"}
    await mailbox.move(known.id, "Junk")
    assert known.labels == {"UNREAD", "SPAM"}
    for folder in ("Sent", "Drafts"):
        with pytest.raises(Refused, match="nothing can be moved there"):
            await mailbox.move(known.id, folder)


async def test_an_answer_stays_in_its_thread(bench: GmailBench, mailbox: GmailMailbox) -> None:
    question = came(bench)
    await mailbox.send(answer(question.raw), ADDRESS, ["ben@example.com"])
    key = await mailbox.find_sent("answer@example.org")
    assert key is not None
    assert bench.google.account.mails[key].thread == question.thread
    assert bench.google.account.sent == [answer(question.raw)]


async def test_a_drafted_answer_is_in_the_thread_too(bench: GmailBench, mailbox: GmailMailbox) -> None:
    question = came(bench)
    await mailbox.save_draft(answer(question.raw))
    assert [one.thread for one in bench.google.account.drafts.values()] == [question.thread]


async def test_an_answer_whose_thread_is_gone_begins_a_new_one(bench: GmailBench, mailbox: GmailMailbox) -> None:
    question = came(bench)
    gmail, account = bench.google.gmail, bench.google.account
    gmail.before["POST /messages/send"] = lambda: account.mails.pop(question.id, None)
    await mailbox.send(answer(question.raw), ADDRESS, ["ben@example.com"])
    assert len(account.sent) == 1


async def test_a_mail_for_others_than_were_approved_stays_here(bench: GmailBench, mailbox: GmailMailbox) -> None:
    hidden = letter().replace(b"To: ", b"Bcc: spy@evil.example\r\nTo: ", 1)
    for message, approved in ((hidden, ["ben@example.com"]), (letter(), ["ben@example.com", "spy@evil.example"])):
        with pytest.raises(Refused, match="others than were approved"):
            await mailbox.send(message, ADDRESS, approved)
    assert bench.sent() == []


@pytest.mark.parametrize(
    ("how", "copies"), [(Break.BEFORE, 0), (Break.LINE_BEFORE, 0), (Break.AFTER, 1), (Break.LINE_AFTER, 1)]
)
async def test_a_send_without_an_answer_is_unsure_and_never_repeated(
    bench: GmailBench, mailbox: GmailMailbox, how: Break, copies: int
) -> None:
    bench.google.gmail.breaks = how
    with pytest.raises(Unsure, match="look into Sent"):
        await mailbox.send(letter(), ADDRESS, ["ben@example.com"])
    assert bench.google.gmail.calls["POST /messages/send"] == 1
    assert len(bench.sent()) == copies
    assert bool(await mailbox.find_sent("one@example.org")) is bool(copies)


async def test_a_send_that_gmail_declines_for_now_is_surely_not_sent(bench: GmailBench, mailbox: GmailMailbox) -> None:
    bench.google.gmail.refusals = [Refusal(429, "rateLimitExceeded")] * 6
    with pytest.raises(Unavailable, match="busy"):
        await mailbox.send(letter(), ADDRESS, ["ben@example.com"])
    assert bench.sent() == []


async def test_a_line_that_is_dead_already_is_no_doubt_about_a_send(bench: GmailBench, mailbox: GmailMailbox) -> None:
    bench.line.cut()
    await mailbox.send(letter(), ADDRESS, ["ben@example.com"])
    await bench.line.close()
    with pytest.raises(Unavailable):
        await mailbox.send(letter(), ADDRESS, ["ben@example.com"])
    assert len(bench.sent()) == 1


async def test_what_was_sent_is_found_though_the_index_lags_or_the_id_was_changed(
    bench: GmailBench, mailbox: GmailMailbox
) -> None:
    bench.google.gmail.rewrites_ids = True
    await mailbox.send(letter(), ADDRESS, ["ben@example.com"])
    bench.google.gmail.lagging = True
    assert await mailbox.find_sent("one@example.org")


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRateLimitExceeded"])
@pytest.mark.parametrize("status", [403, 429])
async def test_a_busy_gmail_is_asked_again_with_pauses(
    bench: GmailBench, mailbox: GmailMailbox, status: int, reason: str
) -> None:
    known = came(bench)
    bench.google.gmail.refusals = [Refusal(status, reason)] * 3 + [Refusal(503, "backendError")]
    assert await mailbox.fetch(known.id) == known.raw
    bench.google.gmail.refusals = [Refusal(status, reason)] * 50
    bench.google.gmail.calls.clear()
    with pytest.raises(Unavailable):
        await mailbox.fetch(known.id)
    assert bench.google.gmail.calls.total() == 6


@pytest.mark.parametrize(
    ("refusal", "error", "words"),
    [
        (Refusal(403, "dailyLimitExceeded"), Unavailable, "tomorrow"),
        (Refusal(403, "insufficientPermissions"), NeedsPerson, "every box ticked"),
        (Refusal(403, "domainPolicy", "The domain administrators have disabled Gmail."), NeedsPerson, "disabled Gmail"),
        (Refusal(400, "failedPrecondition", "Mail service not enabled"), Refused, "Mail service not enabled"),
    ],
)
async def test_other_refusals_say_what_to_do(
    bench: GmailBench, mailbox: GmailMailbox, refusal: Refusal, error: type[Exception], words: str
) -> None:
    bench.google.gmail.refusals = [refusal]
    with pytest.raises(error, match=words):
        await mailbox.fetch(came(bench).id)


async def test_a_token_that_ended_is_not_in_what_is_said(bench: GmailBench, mailbox: GmailMailbox) -> None:
    bench.google.oauth.expire()
    with pytest.raises(NeedsPerson) as trouble:
        await mailbox.fetch(came(bench).id)
    said, error = "", trouble.value
    while error is not None:
        said, error = said + repr(error) + str(error), error.__cause__ or error.__context__  # type: ignore[assignment]
    assert "planted" not in said + repr(bench.credentials) + repr(mailbox)
