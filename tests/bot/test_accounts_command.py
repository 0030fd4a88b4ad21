"""What a person does with their mailboxes in the chat: sees them, chooses the default, and names their other addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent.chat import Card, Reply, Update
from bot import household
from tests.fakes.program import House, Servers, letter, maildir, open_house
from tools.inbox.sync import sync
from tools.mail.mailbox import Credentials

SECOND = "studio@fernhill.example"
ALIAS = "info@fernhill.example"


@pytest.fixture
async def two(servers: Servers) -> AsyncIterator[House]:
    """A house with two mailboxes, both of which got Bo's mail."""
    async with open_house(servers, "maildir", maildir(servers.home / "mail", [letter()])) as house:
        other = Credentials(SECOND, maildir(servers.home / "second", [letter()]).settings)
        account = await household.link(house.database, house.who, "maildir", other)
        await sync(house.box, house.caller.tenant, account)
        yield house


async def one_word(house: House, text: str) -> str:
    (word,) = await house.say(text)
    assert isinstance(word, Reply)
    return word.text


async def card(house: House, text: str) -> Card:
    (word,) = await house.say(text)
    assert isinstance(word, Card)
    return word


async def first(house: House) -> str:
    async with house.database.acting_as(house.caller) as tx:
        return str((await tx.accounts.of(house.caller.person))[0].address)


async def test_the_default_is_chosen_by_a_button_and_the_card_follows(two: House) -> None:
    shown = await card(two, "/accounts")
    assert "ana@example.org (maildir): read just now (your default)" in shown.text
    assert [one.label for one in shown.buttons] == [f"Default: {SECOND}"]
    (update,) = await two.press(shown, f"Default: {SECOND}")
    assert isinstance(update, Update)
    assert update.card.id == shown.id
    assert f"{SECOND} (maildir): read just now (your default)" in update.card.text
    assert [one.label for one in update.card.buttons] == ["Default: ana@example.org"]
    assert await first(two) == SECOND


async def test_the_default_is_chosen_by_its_address(two: House) -> None:
    assert await first(two) == "ana@example.org"
    assert f"{SECOND} is your default mailbox now" in await one_word(two, f"/accounts default {SECOND}")
    assert await first(two) == SECOND
    assert "No mailbox nobody@x.example is linked for you" in await one_word(two, "/accounts default nobody@x.example")
    assert (await two.sql("SELECT action FROM audit ORDER BY number"))[-1].action == "default_mailbox_chosen"


@pytest.mark.parametrize("wanted", ["ana@example.org", SECOND])
async def test_of_a_mail_that_two_mailboxes_got_the_default_ones_is_answered_from_there(
    two: House, wanted: str
) -> None:
    await two.say(f"/accounts default {wanted}")
    words = await two.say("reply to Bo that Thursday works")
    draft = next(one for one in words if isinstance(one, Card))
    assert ("From", wanted) in [(one.label, one.value) for one in draft.fields]


async def test_an_address_counts_once_the_owner_confirmed_it(house: House) -> None:
    await house.deliver(letter("To the alias", to=ALIAS))
    await house.deliver(letter("From the alias", sender=f"Ana <{ALIAS}>", to="bo@kiln.example"))
    asked = await card(house, f"/accounts alias {ALIAS.upper()}")
    assert [(one.label, one.value) for one in asked.fields] == [("Address", ALIAS), ("Mailbox", "ana@example.org")]
    await house.deliver(letter("Meanwhile", to=ALIAS))
    before = [("From the alias", False), ("Meanwhile", False), ("To the alias", False)]
    assert await stands(house) == [(subject, outgoing, "hidden") for subject, outgoing in before]
    (update,) = await house.press(asked, "Yes, it is mine")
    assert isinstance(update, Update)
    assert (update.card.title, update.card.buttons) == ("Yours too", ())
    assert await stands(house) == [
        ("From the alias", True, "hidden"),
        ("Meanwhile", False, "direct"),
        ("To the alias", False, "direct"),
    ]
    assert f"also {ALIAS}" in (await card(house, "/accounts")).text
    assert "counts as yours at ana@example.org already" in await one_word(house, f"/accounts alias {ALIAS}")
    await house.deliver(letter("New to the alias", cc=ALIAS, to="team@kiln.example"))
    assert ("New to the alias", False, "copied") in await stands(house)
    assert "does not count as yours any more" in await one_word(house, f"/accounts alias remove {ALIAS}")
    assert ("From the alias", False, "hidden") in await stands(house)
    assert [row.action for row in await house.sql("SELECT action FROM audit ORDER BY number")][-2:] == [
        "own_address_added",
        "own_address_removed",
    ]


async def test_an_address_that_is_not_confirmed_counts_for_nothing(house: House) -> None:
    asked = await card(house, f"/accounts alias {ALIAS}")
    (update,) = await house.press(asked, "No")
    assert isinstance(update, Update)
    assert update.card.title == "Not yours"
    assert await house.sql("SELECT 1 FROM aliases") == []
    (told,) = await house.press(asked, "Yes, it is mine")
    assert told == Reply("That address was taken back already, so nothing was done.")


async def test_ones_own_letter_through_an_alias_is_answered_to_whom_it_went(house: House) -> None:
    await house.press(await card(house, f"/accounts alias {ALIAS}"), "Yes, it is mine")
    await house.deliver(letter("Offer", sender=f"Ana <{ALIAS}>", to="bo@kiln.example"))
    words = await house.say("find the offer")
    assert words
    draft = await _answered(house, "Offer")
    assert ("To", "bo@kiln.example (new address domain)") in [(one.label, one.value) for one in draft.fields]


async def _answered(house: House, subject: str) -> Card:
    await house.sql("UPDATE emails SET outgoing = false WHERE subject = %s", subject)  # so that `draft` finds it
    return await house.draft("One more thing.", subject=subject)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/accounts alias ana@example.org", "is a mailbox of yours itself"),
        ("/accounts alias", "Say /accounts to see"),
        ("/accounts alias nobody", "nobody"),
        (f"/accounts alias {ALIAS} for x@y.example", "No mailbox x@y.example is linked for you"),
        ("/accounts alias remove other@x.example", "is none of your other addresses"),
    ],
)
async def test_what_is_no_address_changes_nothing(house: House, said: str, answer: str) -> None:
    assert answer in await one_word(house, said)
    assert await house.sql("SELECT 1 FROM aliases") == []


async def test_what_the_provider_says_is_taken_back_there(house: House) -> None:
    async with house.database.acting_as(house.caller) as tx:
        await tx.aliases.told(house.account, [ALIAS])
    assert "because your provider says so" in await one_word(house, f"/accounts alias remove {ALIAS}")
    async with house.database.acting_as(house.caller) as tx:
        assert await tx.aliases.told(house.account, []) == [ALIAS]
        assert await tx.aliases.own(house.account) == frozenset()


async def stands(house: House) -> list[tuple[str, bool, str]]:
    rows = await house.sql(
        "SELECT subject, outgoing, signals ->> 'addressed' AS addressed FROM emails WHERE subject <> 'Kiln' ORDER BY subject"
    )
    return [(row.subject, row.outgoing, row.addressed) for row in rows]
