"""A category of one's own begins with a handful of examples; mail like them follows, and goes back when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.chat import Reply
from tests.fakes.program import House, letter
from tools.work import LONG, QUICK, STEADY

NOW = datetime.now(UTC).replace(microsecond=0)
TEXT = "Please find the invoice for glaze number {0} below. The sum of {0}00 euros is due in thirty days."


async def bills(house: House, *numbers: int) -> None:
    for number in numbers:
        raw = letter(
            f"Invoice {number}", TEXT.format(number), at=NOW - timedelta(hours=number), message_id=f"i{number}",
            sender="Glaze House <bills@glaze.example>",
        )  # fmt: skip
        await house.deliver(raw)
    await house.work(LONG, STEADY, QUICK)


async def said(house: House, words: str) -> str:
    (reply,) = await house.say(words)
    assert isinstance(reply, Reply)
    return reply.text


async def where(house: House, subject: str) -> str:
    return str((await house.mail(subject)).category)


async def test_examples_make_a_category_and_like_mail_follows_old_and_new(house: House) -> None:
    await bills(house, 1, 2, 3)
    await said(house, "find invoice")
    told = await said(house, "/categories add Bills: 1 2")
    assert "Bills: 2 mails are an example of it now" in told
    assert "Invoice 3 (90% sure)" in told
    await bills(house, 4)
    assert await where(house, "Invoice 4") == "Bills"
    assert "you put into Bills" in (await house.mail("Invoice 4")).reasons[0]
    assert await where(house, "Kiln") != "Bills"
    assert "- Bills, from 2 examples" in await said(house, "/categories")


async def test_given_up_everything_goes_back_to_where_it_belongs(house: House) -> None:
    await bills(house, 1, 2, 3)
    before = [await where(house, f"Invoice {number}") for number in (1, 2, 3)]
    await said(house, "find invoice")
    await said(house, "/categories add Bills: 1 2")
    assert "“bills” is given up; 3 mails are sorted without it" in await said(house, "/categories remove bills")
    await house.work(STEADY, QUICK)
    assert [await where(house, f"Invoice {number}") for number in (1, 2, 3)] == before
    assert "none of your own" in await said(house, "/categories")


async def test_a_name_that_everybody_has_and_one_that_nobody_has_are_refused(house: House) -> None:
    await bills(house, 1)
    await said(house, "find invoice")
    assert "one of the categories that everybody has" in await said(house, "/categories add Spam: 1")
    assert "no category of your own" in await said(house, "/categories remove Nothing")
    assert "I do not know" in await said(house, "/categories add Bills")
