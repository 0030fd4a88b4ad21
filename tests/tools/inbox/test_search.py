"""Finding mail: by words, by meaning, by each filter, with slips of the pen, and only one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.tables.email_search import Filter
from storage.values.errors import Refused
from storage.values.ids import EventId, new_id
from tests.fakes.program import OWN, House, Servers, letter, maildir, open_house
from tools.inbox.tool import LISTED, search_inbox
from tools.inbox.triage import embed
from tools.tool import Ask, Result

DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
MAILS = [
    letter(
        "Kiln parts", "The thermocouple costs 40 euros.", sender="Bo Lind <bo@kiln.example>", at=DAY, message_id="k"
    ),
    letter(
        "Re: Kiln parts",
        "And the elements?",
        sender="Bo Lind <bo@kiln.example>",
        at=DAY + timedelta(days=1),
        answers="k",
    ),
    letter(
        "Invoice 4471", "Please pay 300 euros.", sender="Clay <billing@verdaccio.example>", at=DAY + timedelta(days=2)
    ),
    letter(
        "Dinner?",
        "Shall we eat together on Friday?",
        sender="Sam Okafor <sam.okafor@post.example>",
        at=DAY + timedelta(days=3),
    ),
    letter(
        "Paiement",
        "La facture est en pièce jointe.",
        sender="Zoë Müller <zoe@müller.example>",
        at=DAY + timedelta(days=4),
    ),
    letter("(no name)", "From an address only.", sender="jkowalski@mail.example", at=DAY + timedelta(days=5)),
    letter("Holiday", "I lie on the beach.", sender="Anabel Stone <stone@x.example>", at=DAY + timedelta(days=6)),
    letter("Kiln, from me", "Thanks.", sender=f"Ana <{OWN}>", to="bo@kiln.example", at=DAY + timedelta(days=7)),
]  # fmt: skip


@pytest.fixture
async def inbox(servers: Servers) -> AsyncIterator[House]:
    async with open_house(servers, "maildir", maildir(servers.home / "mail", MAILS)) as house:
        await embed(house.box, house.caller.tenant, house.account)
        await house.sql("UPDATE emails SET unread = false WHERE subject <> 'Invoice 4471'")
        await house.sql(
            "UPDATE emails SET labels = ARRAY['Finance', 'To Pay'], needs_me = true WHERE subject = 'Invoice 4471'"
        )
        await house.sql("UPDATE emails SET has_attachment = true WHERE subject = 'Paiement'")
        yield house


async def search(house: House, **arguments: Any) -> Result:
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, "console", "x")
    return await search_inbox(house.box, Ask(house.caller, where, EventId(new_id())), **arguments)


async def found(house: House, **arguments: Any) -> list[str]:
    """The subjects of what is listed."""
    result = await search(house, **arguments)
    return [one.subject for one in result.focus.shown] if result.focus else []


async def test_words_of_the_subject_the_body_and_the_sender_are_found(inbox: House) -> None:
    assert (await found(inbox, query="thermocouple"))[0] == "Kiln parts"
    assert (await found(inbox, query="invoice"))[0] == "Invoice 4471"
    assert (await found(inbox, query="Okafor"))[0] == "Dinner?"
    assert (await found(inbox, query="verdaccio.example"))[0] == "Invoice 4471"


async def test_other_forms_of_a_word_are_found(inbox: House) -> None:
    assert (await found(inbox, query="costing"))[0] == "Kiln parts"


async def test_mails_with_all_words_come_before_those_with_some(inbox: House) -> None:
    assert (await found(inbox, query="kiln elements"))[0] == "Re: Kiln parts"
    assert (await found(inbox, query="kiln thermocouple"))[0] == "Kiln parts"


async def test_some_of_the_words_are_better_than_nothing(inbox: House) -> None:
    assert "Kiln parts" in await found(inbox, query="thermocouple zeppelin")


async def test_what_means_the_same_is_found_without_a_common_word(inbox: House) -> None:
    assert (await found(inbox, query="supper in the evening with a friend"))[0] == "Dinner?"
    assert (await found(inbox, query="vacation by the sea"))[0] == "Holiday"


async def test_what_has_nothing_to_do_with_anything_finds_nothing(inbox: House) -> None:
    assert (await search(inbox, query="xylophone quasar")).text == "I found no mail for “xylophone quasar”."
    assert (await search(inbox, sender="nobody at all")).text == "I found no such mail."


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("Sam", "Dinner?"),
        ("okafor", "Dinner?"),
        ("Okafor Sam", "Dinner?"),
        ("sam.okafor@post.example", "Dinner?"),
        ("post.example", "Dinner?"),
        ("Sam Okafr", "Dinner?"),
        ("Okofor", "Dinner?"),
        ("verdacio", "Invoice 4471"),
        ("billing verdaccio", "Invoice 4471"),
        ("Zoë", "Paiement"),
        ("ZOË MÜLLER", "Paiement"),
        ("jkowalski", "(no name)"),
        ("mail.example", "(no name)"),
        ("  Sam  ", "Dinner?"),
    ],
)
async def test_a_sender_is_found_by_any_of_their_words_and_with_a_slip(inbox: House, sender: str, subject: str) -> None:
    assert await found(inbox, sender=sender) == [subject]


@pytest.mark.parametrize("sender", ["Sam Lind", "%", "_", "100%", "\\", "x@y@z", "Bo Okafor"])
async def test_a_sender_is_nobody_who_only_shares_a_word(inbox: House, sender: str) -> None:
    assert await found(inbox, sender=sender) == []


@pytest.mark.parametrize(
    ("arguments", "subjects"),
    [
        ({"unread": True}, ["Invoice 4471"]),
        ({"label": "finance"}, ["Invoice 4471"]),
        ({"label": "TO PAY"}, ["Invoice 4471"]),
        ({"label": "fin"}, []),
        ({"needs_me": True}, ["Invoice 4471"]),
        ({"has_attachment": True}, ["Paiement"]),
        ({"since": "2026-03-16"}, ["Kiln, from me", "Holiday"]),
        ({"until": "2026-03-11"}, ["Kiln parts"]),
        ({"since": "2026-03-12", "until": "2026-03-13"}, ["Invoice 4471"]),
        ({"since": "2026-03-13", "until": "2026-03-12"}, []),
        ({"sender": "Bo", "query": "elements"}, ["Re: Kiln parts"]),
        ({"query": "kiln", "unread": True}, []),
        ({"has_attachment": False, "unread": True}, ["Invoice 4471"]),
    ],
)
async def test_each_filter_narrows_and_all_together(
    inbox: House, arguments: dict[str, Any], subjects: list[str]
) -> None:
    assert await found(inbox, **arguments) == subjects


async def test_days_are_those_of_the_persons_zone(inbox: House) -> None:
    """In Lisbon, 10 March begins at midnight UTC and ends with it; a mail of 23:30 in Auckland is of the next day."""
    await inbox.sql("UPDATE emails SET sent_at = '2026-03-10T23:30:00Z' WHERE subject = 'Dinner?'")
    assert await found(inbox, query="dinner", since="2026-03-11") == []
    await inbox.sql("UPDATE people SET zone = 'Pacific/Auckland'")
    async with inbox.database.acting_as(inbox.caller) as tx:
        there = await tx.people.caller(inbox.caller.person)
        where = await tx.conversations.open(there.person, "console", "x")
    result = await search_inbox(inbox.box, Ask(there, where, EventId(new_id())), query="dinner", since="2026-03-11")
    assert result.focus is not None


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "9999-12-31T", "0000-00-00", "2026/03/10", "x" * 1_000])
async def test_a_day_that_is_none_is_refused_in_words(inbox: House, day: str) -> None:
    with pytest.raises(Refused, match="I do not understand the day"):
        await search(inbox, since=day)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_ends_of_time_break_nothing(inbox: House, day: str) -> None:
    await inbox.sql("UPDATE people SET zone = 'Pacific/Auckland'")
    try:
        await search(inbox, since=day, until=day)
    except Refused as refused:
        assert "I do not understand the day" in str(refused)  # noqa: PT017


@pytest.mark.parametrize(
    "query", ["'", '"', "a & b | !c:*", "\\", "((", "%", "kiln' OR 1=1 --", "🔥", "-", "the and of", "x " * 5_000]
)
async def test_no_query_breaks_the_search(inbox: House, query: str) -> None:
    await search(inbox, query=query)


async def test_the_newest_come_first_when_there_are_no_words(inbox: House) -> None:
    assert await found(inbox) == [
        "Kiln, from me", "Holiday", "(no name)", "Paiement", "Dinner?", "Invoice 4471", "Re: Kiln parts", "Kiln parts",
    ]  # fmt: skip


async def test_a_list_is_cut_and_says_so(house: House) -> None:
    for number in range(LISTED + 5):
        await house.deliver(letter(f"Kiln {number}"))
    result = await search(house)
    assert result.text.startswith(f"{LISTED + 6} mails, the latest {LISTED}:\n1. ")
    assert result.text.count("\n") == LISTED
    assert (await search(house, query="kiln")).text.startswith(f"The best {LISTED} matches:\n1. ")


async def test_one_hit_is_in_sight(inbox: House) -> None:
    result = await search(inbox, query="thermocouple", sender="Bo", until="2026-03-11")
    assert result.focus is not None
    assert result.focus.mail is not None
    assert result.focus.mail.subject == "Kiln parts"
    assert result.text.startswith("1 mail:\n1. Bo Lind: Kiln parts, ")


async def test_nothing_waits_is_said_only_when_nothing_does(inbox: House) -> None:
    assert (await search(inbox, needs_me=True, sender="Bo")).text == "Nothing of that kind waits for you."
    await inbox.sql("UPDATE emails SET needs_me = false")
    assert (await search(inbox, needs_me=True)).text == "Nothing waits for you. Well done."


async def test_mail_of_another_person_is_not_found(inbox: House) -> None:
    secret = maildir(inbox.servers.home / "other", [letter("Secret plan", "zeppelin")])
    async with open_house(inbox.servers, "maildir", secret, "Cy") as other:
        await embed(other.box, other.caller.tenant, other.account)
        assert await found(inbox, query="zeppelin") == []
        assert await found(other, query="zeppelin") == ["Secret plan"]
        assert not {"Kiln parts", "Re: Kiln parts"} & set(await found(other, query="kiln"))


async def test_without_a_mailbox_it_says_what_to_do(house: House) -> None:
    await house.sql("DELETE FROM accounts")
    with pytest.raises(Refused, match="No mailbox is linked yet"):
        await search(house, query="kiln")


async def test_senders_are_told_by_who_wrote_last(inbox: House) -> None:
    async with inbox.database.acting_as(inbox.caller) as tx:
        senders = await tx.emails.senders([inbox.account], 3)
        assert senders == [
            "Anabel Stone <stone@x.example>",
            " <jkowalski@mail.example>",
            "Zoë Müller <zoe@müller.example>",
        ]
        assert await tx.emails.labels([inbox.account]) == ["Finance", "To Pay"]
        assert await tx.emails.count([inbox.account], Filter(outgoing=True)) == 1
