"""A correction moves the mail, changes the next like it, makes a person's own categories, and can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.values.errors import Refused
from tests.fakes.program import House, Servers, letter, maildir, open_house
from tools.inbox.correct import MOST_OWN, correct, take_back
from tools.inbox.triage import embed, triage

MAILS = [
    letter("Clay delivery in May", "We deliver ten sacks of stoneware clay on 4 May.", sender="Bo <bo@clay.example>"),
    letter("Clay delivery in June", "We deliver twelve sacks of stoneware clay on 6 June.", sender="Bo <bo@clay.example>"),
    letter("Dinner?", "Shall we eat fish together on Friday? Kisses!", sender="Sam <sam@post.example>"),
]  # fmt: skip


@pytest.fixture
async def inbox(servers: Servers) -> AsyncIterator[House]:
    async with open_house(servers, "maildir", maildir(servers.home / "mail", MAILS)) as house:
        await embed(house.box, house.caller.tenant, house.account)
        yield house


async def sort(house: House) -> dict[str, tuple[str, float, list[str]]]:
    """Sorts what is not sorted and gives subject -> category, confidence and reasons."""
    await triage(house.box, house.caller.tenant, house.account)
    rows = await house.sql("SELECT subject, category, confidence, reasons FROM emails")
    return {row.subject: (row.category, row.confidence, row.reasons) for row in rows}


async def forget(house: House, *subjects: str) -> None:
    """As if these had come only now."""
    for subject in subjects:
        await house.sql(f"UPDATE emails SET category = NULL, by_meaning = false WHERE subject = '{subject}'")  # noqa: S608


async def the(house: House, subject: str):
    rows = await house.sql(f"SELECT id FROM emails WHERE subject = '{subject}'")  # noqa: S608
    return rows[0].id


async def test_a_correction_moves_the_mail_and_the_next_one_like_it(inbox: House) -> None:
    before = await sort(inbox)
    words = await correct(inbox.box, inbox.caller, await the(inbox, "Clay delivery in May"), "Suppliers")
    assert "is in Suppliers now" in words
    await forget(inbox, "Clay delivery in June", "Dinner?")
    after = await sort(inbox)
    assert after["Clay delivery in May"][:2] == ("Suppliers", 1.0)
    assert after["Clay delivery in June"][0] == "Suppliers"
    assert "you put into Suppliers" in after["Clay delivery in June"][2][0]
    assert after["Dinner?"] == before["Dinner?"]


async def test_taking_it_back_restores_the_mail_and_what_comes_next(inbox: House) -> None:
    before = await sort(inbox)
    mail = await the(inbox, "Clay delivery in May")
    await correct(inbox.box, inbox.caller, mail, "Suppliers")
    await correct(inbox.box, inbox.caller, mail, "newsletter")
    await take_back(inbox.box, inbox.caller, mail)
    await forget(inbox, "Clay delivery in June")
    assert await sort(inbox) == before
    with pytest.raises(Refused, match="was not corrected"):
        await take_back(inbox.box, inbox.caller, mail)


async def test_a_corrected_mail_stays_where_the_person_put_it(inbox: House) -> None:
    await sort(inbox)
    await correct(inbox.box, inbox.caller, await the(inbox, "Dinner?"), "work")
    await forget(inbox, "Dinner?")
    assert (await sort(inbox))["Dinner?"][:2] == ("work", 1.0)


async def test_a_known_name_is_written_as_it_was(inbox: House) -> None:
    await sort(inbox)
    await correct(inbox.box, inbox.caller, await the(inbox, "Clay delivery in May"), "Suppliers")
    await correct(inbox.box, inbox.caller, await the(inbox, "Clay delivery in June"), " suppliers ")
    await correct(inbox.box, inbox.caller, await the(inbox, "Dinner?"), "PERSONAL")
    told = await sort(inbox)
    assert told["Clay delivery in June"][0] == "Suppliers"
    assert told["Dinner?"][0] == "personal"


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\u202eb"])
async def test_what_is_no_name_is_refused(inbox: House, name: str) -> None:
    with pytest.raises(Refused, match="needs a name"):
        await correct(inbox.box, inbox.caller, await the(inbox, "Dinner?"), name)


async def test_there_are_only_so_many_own_categories(inbox: House) -> None:
    mail = await the(inbox, "Dinner?")
    await correct(inbox.box, inbox.caller, mail, "Own 0")
    for number in range(1, MOST_OWN):
        await inbox.sql(
            "INSERT INTO corrections SELECT gen_random_uuid(), tenant, account, gen_random_uuid(), "
            "%s, subject, sender_address, digest, before, corrected_at FROM corrections LIMIT 1",
            f"Own {number}",
        )
    with pytest.raises(Refused, match="categories of your own"):
        await correct(inbox.box, inbox.caller, mail, "One more")


async def test_what_was_corrected_is_audited(inbox: House) -> None:
    await sort(inbox)
    mail = await the(inbox, "Dinner?")
    await correct(inbox.box, inbox.caller, mail, "spam")
    await take_back(inbox.box, inbox.caller, mail)
    rows = await inbox.sql("SELECT action FROM audit ORDER BY number DESC LIMIT 2")
    assert [row.action for row in rows] == ["email_correction_undone", "email_corrected"]
