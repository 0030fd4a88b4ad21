"""Many labels in one go: what the provider has is stored whatever happens next, and nothing is done or told twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from storage.tables.receipts import By
from storage.values.errors import Unavailable
from storage.values.ids import new_id
from tests.fakes.program import House, letter
from tools.inbox.label_all import LabelWish, label_all
from tools.mail.mailbox import Mailbox

RULE = By(new_id(), "apply_label:Clay", "bo@kiln.example", "work")


@pytest.fixture
async def wishes(house: House) -> list[LabelWish]:
    """Kiln and Glaze are to be Clay, and Kiln is to be Urgent too."""
    await house.deliver(letter("Glaze"))
    kiln, glaze = [(await house.mail(subject)).id for subject in ("Kiln", "Glaze")]
    asked = ((kiln, "Clay"), (glaze, "clay"), (kiln, "Urgent"))
    return [LabelWish(f"rule/{number}", mail, label, "rule r", RULE) for number, (mail, label) in enumerate(asked)]


async def put_on(house: House, wishes: list[LabelWish], **others: Any) -> list[str]:
    return await label_all(replace(house.box, **others), house.caller, house.account, wishes)


async def labels(house: House, subject: str) -> list[str]:
    return list((await house.mail(subject)).labels)


class Leaving:
    """Mailboxes whose provider goes away after so many labels."""

    def __init__(self, house: House, after: int) -> None:
        self._real, self.left = house.box.mailboxes, after

    async def get(self, tenant: UUID, account: UUID) -> Mailbox:
        self.left -= 1
        if self.left < 0:
            raise Unavailable("The mail server is away.")
        return await self._real.get(tenant, account)


async def test_each_label_has_its_receipt_and_its_line_of_the_audit(house: House, wishes: list[LabelWish]) -> None:
    words = await put_on(house, wishes)
    assert words[0] == "Labelled “Kiln” Clay (rule r). Say “undo” to take it back."
    assert (await labels(house, "Kiln"), await labels(house, "Glaze")) == (["Clay", "Urgent"], ["Clay"])
    receipts = await house.sql("SELECT number, words FROM receipts ORDER BY number")
    assert [(one.number, f"{one.words} Say “undo” to take it back.") for one in receipts] == list(enumerate(words, 1))
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'email_labelled'") == 3
    async with house.database.acting_as(house.caller) as tx:
        assert await tx.audit.first_bad() is None


async def test_a_provider_that_goes_away_in_the_middle_leaves_no_lie(house: House, wishes: list[LabelWish]) -> None:
    with pytest.raises(Unavailable):
        await put_on(house, wishes, mailboxes=Leaving(house, after=2))
    assert (await labels(house, "Kiln"), await labels(house, "Glaze")) == (["Clay"], ["Clay"])
    assert await house.one("SELECT count(*) FROM receipts") == 2


async def test_what_was_done_before_a_crash_is_not_done_again(house: House, wishes: list[LabelWish]) -> None:
    before = await put_on(house, wishes)
    await house.say("undo 1")
    assert await put_on(house, wishes, mailboxes=Leaving(house, after=0)) == before
    assert await labels(house, "Kiln") == ["Clay"]


async def test_a_mail_that_is_gone_keeps_no_other_from_its_label(house: House, wishes: list[LabelWish]) -> None:
    await house.sql("DELETE FROM emails WHERE subject = 'Kiln'")
    gone, done, gone_too = await put_on(house, wishes)
    assert gone == gone_too == "not done: That mail is not there any more."
    assert done.startswith("Labelled “Glaze” clay")
