"""Calls to Graph that go wrong: what is asked again, after how long, and what a person is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from storage.values.errors import NeedsPerson, Refused, Unavailable
from tests.fakes.graph_mailbox import Outlook, open_outlook_mailbox
from tests.fakes.graph_server import TOKEN, Trouble
from tests.fakes.program import letter
from tools.mail.mailbox import Credentials
from tools.mail.outlook import open_outlook
from tools.mail.outlook_keys import path_of
from tools.mail.outlook_patience import ATTEMPTS
from tools.mail.tokens import Standing


@pytest.fixture
async def outlook() -> AsyncIterator[Outlook]:
    async with open_outlook_mailbox() as outlook:
        outlook.server.account.add(letter(), "inbox")
        yield outlook


async def test_no_more_than_four_calls_are_under_way_however_many_are_wanted(outlook: Outlook):
    key = await outlook.only()
    outlook.server.gate, outlook.server.crowd, outlook.server.most_at_once = asyncio.Event(), 4, 0
    wanted = [asyncio.create_task(outlook.mailbox.fetch(key)) for _ in range(12)]
    await outlook.server.arrived.wait()
    outlook.server.gate.set()
    await asyncio.gather(*wanted)
    assert (outlook.server.most_at_once, outlook.server.turned_away) == (4, 0)


async def test_beside_a_batch_nothing_else_is_under_way(outlook: Outlook):
    key = await outlook.only()
    outlook.server.gate, outlook.server.crowd = asyncio.Event(), 4
    path = f"{path_of(key.partition(':')[2])}/$value"
    wanted = [asyncio.create_task(outlook.graph.read_many([path] * 20)) for _ in range(2)]
    await outlook.server.arrived.wait()
    wanted += [asyncio.create_task(outlook.mailbox.fetch(key)) for _ in range(4)]  # type: ignore[misc]
    async with httpx.AsyncClient() as somebody:  # by the time that a few calls went there and back, others had as well
        for _ in range(20):
            await somebody.get(outlook.server.base_url)
    outlook.server.gate.set()
    await asyncio.gather(*wanted)
    assert outlook.server.turned_away == 0


@pytest.mark.parametrize("seconds", [1, 7, 12])
async def test_retry_after_is_waited_for_to_the_second(outlook: Outlook, seconds: int):
    key = await outlook.only()
    outlook.server.troubles = [Trouble(r"/\$value", 429, "ApplicationThrottled", str(seconds), times=2)]
    assert await outlook.mailbox.fetch(key) == letter()
    assert outlook.waited == [seconds, seconds]


async def test_a_service_that_wants_long_rest_is_left_alone_and_says_until_when(outlook: Outlook):
    key = await outlook.only()
    outlook.server.troubles = [Trouble(r"/\$value", 429, "ApplicationThrottled", "300", times=9)]
    with pytest.raises(Unavailable) as trouble:
        await outlook.mailbox.fetch(key)
    assert (trouble.value.retry_after, outlook.waited) == (timedelta(seconds=300), [])


async def test_a_service_that_stays_busy_is_given_up_on(outlook: Outlook):
    key = await outlook.only()
    outlook.server.troubles = [Trouble(r"/\$value", 503, "ServiceUnavailable", times=99)]
    with pytest.raises(Unavailable):
        await outlook.mailbox.fetch(key)
    assert outlook.server.troubles[0].times == 99 - ATTEMPTS
    assert sum(outlook.waited) < 60


async def test_of_a_batch_only_the_parts_that_were_declined_are_asked_for_again(outlook: Outlook):
    for number in range(19):
        outlook.server.account.add(letter(f"Mail {number}"), "inbox")
    outlook.server.troubles = [Trouble(r"/\$value", 429, "ApplicationThrottled", "3", times=5)]
    outlook.server.seen.clear()
    assert len(await outlook.sync()) == 20
    assert sum(one.endswith("/$value") for one in outlook.server.seen) == 20
    assert outlook.waited == [3]


async def test_a_token_that_ended_is_renewed_once_and_the_call_goes_on():
    class Renewing(Standing):
        renewals = 0

        async def rejected(self, token: str) -> None:
            self.renewals += 1
            self._token = TOKEN

    tokens = Renewing("stale")
    async with open_outlook_mailbox(tokens) as outlook:
        assert await outlook.sync() == []
    assert tokens.renewals == 1


async def test_a_dead_token_needs_a_person_at_the_door_and_later(outlook: Outlook):
    key = await outlook.only()
    outlook.server.tokens.clear()
    with pytest.raises(NeedsPerson):
        await outlook.mailbox.fetch(key)
    with pytest.raises(NeedsPerson) as trouble:
        await open_outlook(
            Credentials("ana@example.org", {"base_url": outlook.server.base_url}, tokens=Standing(TOKEN))
        )
    assert TOKEN not in repr(trouble.value)


async def test_a_mailbox_without_a_sign_in_needs_a_person(outlook: Outlook):
    with pytest.raises(NeedsPerson):
        await open_outlook(Credentials("ana@example.org", {"base_url": outlook.server.base_url}))


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (403, "ErrorAccessDenied", NeedsPerson, "agree to everything"),
        (404, "ErrorItemNotFound", Refused, "moved or deleted elsewhere"),
        (404, "MailboxNotEnabledForRESTAPI", NeedsPerson, "has no mailbox"),
        (400, "ErrorInvalidIdMalformed", Refused, "moved or deleted elsewhere"),
        (413, "RequestBodyTooLarge", Refused, "too large"),
        (400, "ErrorStrange", Refused, "Something is wrong"),
    ],
)
async def test_what_graph_declines_is_said_in_words(
    outlook: Outlook, status: int, code: str, kind: type[Exception], words: str
):
    key = await outlook.only()
    outlook.server.troubles = [Trouble(r"/\$value", status, code)]
    with pytest.raises(kind, match=words):
        await outlook.mailbox.fetch(key)
    assert outlook.waited == []


async def test_a_category_keeps_the_case_it_has_and_survives_another_program(outlook: Outlook):
    key = await outlook.only()
    message = next(iter(outlook.server.account.messages.values()))
    message.categories = ["Invoices"]
    outlook.server.troubles = [Trouble("PATCH", 412, "ErrorIrresolvableConflict")]
    await outlook.mailbox.add_label(key, "invoices")
    await outlook.mailbox.add_label(key, "Urgent")
    assert message.categories == ["Invoices", "Urgent"]
    await outlook.mailbox.remove_label(key, "INVOICES")
    assert message.categories == ["Urgent"]


async def test_a_label_is_never_written_over_another_programs(outlook: Outlook):
    key = await outlook.only()
    message = next(iter(outlook.server.account.messages.values()))

    def meanwhile(request: str) -> None:
        if request.startswith("GET /me/messages/") and not message.categories:
            message.categories = ["Theirs"]
            outlook.server.account.touch(message, ["categories"])

    outlook.server.meanwhile = meanwhile
    await outlook.mailbox.add_label(key, "Mine")
    assert message.categories == ["Theirs", "Mine"]


@pytest.mark.parametrize("label", ["A, B", "A; B"])
async def test_a_label_that_outlook_cannot_hold_is_refused_in_words(outlook: Outlook, label: str):
    with pytest.raises(Refused, match="comma"):
        await outlook.mailbox.add_label(await outlook.only(), label)


async def test_a_folder_is_made_once_and_found_by_another_program(outlook: Outlook):
    key = await outlook.only()
    for place in ("Projects/Übersee's", "INBOX", "Projects/Übersee's"):
        assert await outlook.mailbox.move(key, place) == key
    names = [one.name for one in outlook.server.account.folders.values()]
    assert (names.count("Projects"), names.count("Übersee's")) == (1, 1)
    outlook.server.account.add_folder("New", outlook.server.account.root)
    outlook.server.troubles = [Trouble(r"GET /me/mailFolders$", 404)]
    await outlook.sync()
    assert [one.folder for one in outlook.changed] == ["Projects/Übersee's"]


async def test_a_folder_that_another_program_made_at_the_same_moment_is_taken(outlook: Outlook):
    key = await outlook.only()
    outlook.server.troubles = [Trouble("POST /me/mailFolders$", 409, "ErrorFolderExists", done=True)]
    await outlook.mailbox.move(key, "Projects")
    assert [one.name for one in outlook.server.account.folders.values()].count("Projects") == 1


async def test_a_mail_that_lies_there_already_is_not_moved(outlook: Outlook):
    await outlook.mailbox.move(await outlook.only(), "INBOX")
    assert not any(one.endswith("/move") for one in outlook.server.seen)


async def test_a_draft_is_deleted_for_good(outlook: Outlook):
    key = await outlook.mailbox.save_draft(letter())
    await outlook.mailbox.delete_draft(key)
    assert outlook.server.account.within(outlook.server.account.place("deleteditems")) == []
