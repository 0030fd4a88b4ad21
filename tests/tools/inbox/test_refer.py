"""What "2", "the second one", "it", "all" or "Bo's kiln" mean, and what is asked when that is not clear."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage.values.errors import Refused
from storage.values.ids import EventId, new_id
from tests.fakes.program import YESTERDAY, House, Servers, letter, maildir, open_house
from tools.inbox import refer, show
from tools.tool import Ask, Focus

HOUR = timedelta(hours=1)
MAILS = [
    letter("Kiln parts", sender="Bo Lind <bo@kiln.example>", at=YESTERDAY, message_id="k"),
    letter("Re: Kiln parts", sender="Bo Lind <bo@kiln.example>", at=YESTERDAY + HOUR, message_id="k2", answers="k"),
    letter("Holiday", sender="Bo Lind <bo@kiln.example>", at=YESTERDAY + 2 * HOUR),
    letter("Dinner?", sender="Sam Okafor <sam@post.example>", at=YESTERDAY + 3 * HOUR),
    letter("Invoice", sender="billing@clay.example", at=YESTERDAY + 4 * HOUR),
]


@pytest.fixture
async def inbox(servers: Servers) -> AsyncIterator[House]:
    async with open_house(servers, "maildir", maildir(servers.home / "mail", MAILS)) as house:
        yield house


async def ask(house: House, *shown: str, mail: str = "") -> Ask:
    """An ask with these subjects in the list."""
    rows = {row.subject: show.shown(row) for row in await house.sql("SELECT * FROM emails")}
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, "console", "x")
    focus = Focus(shown=tuple(rows[one] for one in shown), mail=rows[mail] if mail else None)
    return Ask(house.caller, where, EventId(new_id()), focus)


LIST = ("Kiln parts", "Dinner?", "Invoice")


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("1", "Kiln parts"), ("#2", "Dinner?"), (" 3 ", "Invoice"), ("2nd", "Dinner?"), ("the second one", "Dinner?"),
        ("third", "Invoice"), ("first mail", "Kiln parts"), ("last", "Invoice"), ("sam", "Dinner?"), ("SAM OKAFOR", "Dinner?"),
        ("dinner", "Dinner?"), ("sam's dinner", "Dinner?"), ("sam’s dinner", "Dinner?"), ("billing", "Invoice"),
        ("clay.example", "Invoice"), ("Holiday", "Holiday"), ("bo's holiday", "Holiday"), ("Okofor", "Dinner?"),
    ],
)  # fmt: skip
async def test_one_mail_is_meant(inbox: House, words: str, subject: str) -> None:
    assert (await refer.one_mail(inbox.box, await ask(inbox, *LIST), words)).subject == subject


@pytest.mark.parametrize("words", ["it", "", "  ", "this one", "THAT", "the mail"])
async def test_it_is_the_mail_in_sight(inbox: House, words: str) -> None:
    assert (await refer.one_mail(inbox.box, await ask(inbox, *LIST, mail="Dinner?"), words)).subject == "Dinner?"
    assert (await refer.one_mail(inbox.box, await ask(inbox, "Invoice"), words)).subject == "Invoice"


async def test_it_is_nothing_when_several_are_in_sight(inbox: House) -> None:
    with pytest.raises(Refused, match="not sure which mail"):
        await refer.one_mail(inbox.box, await ask(inbox, *LIST), "it")


@pytest.mark.parametrize("words", ["0", "4", "99", "9999", "0th", "tenth", "#0"])
async def test_a_number_out_of_the_list_is_refused_with_its_bounds(inbox: House, words: str) -> None:
    with pytest.raises(Refused, match="it goes from 1 to 3"):
        await refer.one_mail(inbox.box, await ask(inbox, *LIST), words)


@pytest.mark.parametrize("words", ["1", "second", "all", "them"])
async def test_without_a_list_there_are_no_numbers(inbox: House, words: str) -> None:
    with pytest.raises(Refused, match="not shown you any mails"):
        await refer.mails(inbox.box, await ask(inbox), [words])


@pytest.mark.parametrize("words", ["²", "①", "１", "-1", "1.5", "99999999999999999999"])
async def test_what_looks_like_a_number_breaks_nothing(inbox: House, words: str) -> None:
    try:
        await refer.one_mail(inbox.box, await ask(inbox, *LIST), words)
    except Refused as refused:
        assert words in str(refused)  # noqa: PT017


@pytest.mark.parametrize("words", ["all", "THEM", "these", "everything"])
async def test_all_is_the_whole_list(inbox: House, words: str) -> None:
    found = await refer.mails(inbox.box, await ask(inbox, *LIST), [words])
    assert tuple(row.subject for row in found) == LIST


async def test_several_words_mean_several_mails_each_once(inbox: House) -> None:
    found = await refer.mails(inbox.box, await ask(inbox, *LIST), ["2", "sam", "1", "Invoice", "all"])
    assert [row.subject for row in found] == ["Dinner?", "Kiln parts", "Invoice"]


async def test_no_words_at_all_mean_the_mail_in_sight(inbox: House) -> None:
    (row,) = await refer.mails(inbox.box, await ask(inbox, *LIST, mail="Invoice"), [])
    assert row.subject == "Invoice"


async def test_words_that_fit_two_of_the_list_are_asked_about(inbox: House) -> None:
    with pytest.raises(Refused, match="could be 1 or 3; say which number"):
        await refer.one_mail(inbox.box, await ask(inbox, "Kiln parts", "Dinner?", "Holiday"), "Bo")


async def test_words_that_fit_one_talk_mean_its_newest_mail(inbox: House) -> None:
    row = await refer.one_mail(
        inbox.box, await ask(inbox, "Re: Kiln parts", "Kiln parts", "Dinner?"), "bo's kiln parts"
    )
    assert row.subject == "Re: Kiln parts"


async def test_outside_the_list_a_sender_means_their_newest_mail(inbox: House) -> None:
    assert (await refer.one_mail(inbox.box, await ask(inbox, "Dinner?"), "Bo Lind")).subject == "Holiday"


async def test_all_for_one_mail_is_asked_about(inbox: House) -> None:
    with pytest.raises(Refused, match="any of 3 mails; say which number"):
        await refer.one_mail(inbox.box, await ask(inbox, *LIST), "all")


async def test_words_that_fit_nothing_are_refused(inbox: House) -> None:
    with pytest.raises(Refused, match="I found no mail for “xylophone quasar”"):
        await refer.one_mail(inbox.box, await ask(inbox, *LIST), "xylophone quasar")


async def test_a_mail_that_left_the_mailbox_is_refused(inbox: House) -> None:
    asking = await ask(inbox, *LIST, mail="Dinner?")
    await inbox.sql("DELETE FROM emails WHERE subject = 'Dinner?'")
    for words in ("it", "2"):
        with pytest.raises(Refused, match="not there any more"):
            await refer.one_mail(inbox.box, asking, words)


async def test_the_persons_own_mail_is_not_meant(inbox: House) -> None:
    await inbox.sql("UPDATE emails SET outgoing = true WHERE subject = 'Invoice'")
    with pytest.raises(Refused):
        await refer.one_mail(inbox.box, await ask(inbox), "billing")
