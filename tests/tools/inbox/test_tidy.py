"""Tidying from the chat: which mails, what is refused, what is said when half of it goes wrong, and crashes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from storage.values.errors import Refused, Unavailable
from storage.values.ids import EventId, new_id
from tests.fakes.program import House, letter
from tools.inbox.tidy_tool import archive_email, mark_email, move_email
from tools.mail.mailbox import Mailbox
from tools.tool import Ask, Focus, Shown
from tools.undo.tool import undo


@pytest.fixture
async def ask(house: House) -> Ask:
    """Kiln, Glaze and Plates are in sight."""
    for subject in ("Glaze", "Plates"):
        await house.deliver(letter(subject))
    shown = tuple([Shown((await house.mail(one)).id, "Bo", one) for one in ("Kiln", "Glaze", "Plates")])
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, house.channel.name, str(house.caller.person))
    return Ask(house.caller, where, EventId(new_id()), Focus(shown=shown))


def anew(ask: Ask) -> Ask:
    return replace(ask, event=EventId(new_id()))


async def folders(house: House) -> dict[str, str]:
    return {row.subject: row.folder for row in await house.sql("SELECT subject, folder FROM emails")}


async def test_several_are_archived_at_once_and_come_back_at_once(house: House, ask: Ask) -> None:
    assert "Archived 2 mails." in (await archive_email(house.box, ask, emails=["1", "3"])).text
    assert await folders(house) == {"Kiln": "Archive", "Glaze": "INBOX", "Plates": "Archive"}
    assert (await undo(house.box, anew(ask))).text == "2 mails are back in the inbox."
    assert set((await folders(house)).values()) == {"INBOX"}


async def test_each_comes_back_to_where_it_was(house: House, ask: Ask) -> None:
    await move_email(house.box, ask, emails=["1"], folder="Work")
    await archive_email(house.box, anew(ask), emails=["all"])
    assert (await undo(house.box, anew(ask))).text == "3 mails are back in Work and the inbox."
    assert await folders(house) == {"Kiln": "Work", "Glaze": "INBOX", "Plates": "INBOX"}


async def test_what_stands_so_already_is_left_alone(house: House, ask: Ask) -> None:
    await mark_email(house.box, ask, emails=["1"], mark_as="read")
    assert "1 mail is read already" in (await mark_email(house.box, anew(ask), emails=["1"], mark_as="read")).text
    assert "Marked 2 mails as read" in (await mark_email(house.box, anew(ask), emails=["all"], mark_as="read")).text
    await undo(house.box, anew(ask))
    assert await house.one("SELECT count(*) FROM emails WHERE unread") == 2


@pytest.mark.parametrize("folder", ["trash", "Spam", "sent", "Drafts", "a\nb\x00", ""])
async def test_places_that_are_not_for_moving_to_are_refused(house: House, ask: Ask, folder: str) -> None:
    with pytest.raises(Refused):
        await move_email(house.box, ask, emails=["1"], folder=folder)
    assert set((await folders(house)).values()) == {"INBOX"}


async def test_the_same_request_after_a_crash_does_it_once(house: House, ask: Ask) -> None:
    words = [(await archive_email(house.box, ask, emails=["1"])).text for _ in range(2)]
    assert words[0] == words[1]
    assert await house.one("SELECT count(*) FROM receipts") == 1
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'email_moved'") == 1


class Halting:
    """Stands where mailboxes are kept; its mailbox goes away after one move."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox, self._moves = mailbox, 0

    async def get(self, tenant: UUID, account: UUID) -> Any:
        return self

    async def move(self, key: str, folder: str) -> str:
        self._moves += 1
        if self._moves > 1:
            raise Unavailable("The mail server does not answer: try again in a few minutes.")
        return await self._mailbox.move(key, folder)


async def test_what_was_done_before_something_went_wrong_is_said_and_can_be_undone(house: House, ask: Ask) -> None:
    halting = Halting(await house.box.mailboxes.get(house.caller.tenant, house.account))
    box = replace(house.box, mailboxes=halting)  # type: ignore[arg-type]
    words = (await archive_email(box, ask, emails=["1", "2"])).text
    assert words.startswith("Archived “Kiln”. Not the rest: The mail server does not answer")
    assert await folders(house) == {"Kiln": "Archive", "Glaze": "INBOX", "Plates": "INBOX"}
    assert (await undo(house.box, anew(ask))).text == "“Kiln” is back in the inbox."


async def test_what_was_moved_on_since_stays_where_it_is(house: House, ask: Ask) -> None:
    await move_email(house.box, ask, emails=["1"], folder="Work")
    await house.sql("UPDATE emails SET folder = 'Elsewhere' WHERE subject = 'Kiln'")
    assert "stays where it is" in (await undo(house.box, anew(ask))).text
