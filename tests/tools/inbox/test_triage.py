"""Sorting a mailbox: what cannot be sorted is for a person to look at, and keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.program import House, Servers, letter, maildir, open_house
from tools.inbox.classify import UNSORTED
from tools.inbox.triage import triage

MAILS = [
    letter("Broken", "Can you come on Friday?", sender="Bo <bo@kiln.example>"),
    letter("Whole", "Can you send me the contract by Friday?", sender="Eva <eva@kiln.example>"),
]


@pytest.fixture
async def inbox(servers: Servers) -> AsyncIterator[House]:
    async with open_house(servers, "maildir", maildir(servers.home / "mail", MAILS)) as house:
        yield house


async def test_a_mail_that_cannot_be_sorted_needs_review_and_no_label_is_guessed(inbox: House) -> None:
    await inbox.sql("""UPDATE emails SET signals = '{"links": "many"}' WHERE subject = 'Broken'""")
    waiting = await triage(inbox.box, inbox.caller.tenant, inbox.account)
    broken = await inbox.mail("Broken")
    assert (broken.category, broken.confidence, broken.needs_me) == (UNSORTED, 0.0, False)
    assert "needs review" in broken.reasons[0]
    assert [row.subject for row in waiting] == ["Whole"]


async def test_what_is_sorted_is_not_sorted_again(inbox: House) -> None:
    assert await triage(inbox.box, inbox.caller.tenant, inbox.account)
    assert await triage(inbox.box, inbox.caller.tenant, inbox.account) == []
