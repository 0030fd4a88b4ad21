"""Saying where a mail belongs, four ways: each changes the next like it, is shown, and can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.chat import Card, Reply, Word
from tests.fakes.program import House, Servers, letter, maildir, open_house, shown_card
from tools.inbox.triage import embed, triage

MAY, JUNE = "Clay delivery in May", "Clay delivery in June"
MAILS = [
    letter(MAY, "We deliver ten sacks of stoneware clay on 4 May.", sender="Bo <bo@clay.example>"),
    letter(JUNE, "We deliver twelve sacks of stoneware clay on 6 June.", sender="Bo <bo@clay.example>"),
    letter("Dinner?", "Shall we eat fish together on Friday? Kisses!", sender="Sam <sam@post.example>"),
]


@pytest.fixture
async def inbox(servers: Servers) -> AsyncIterator[House]:
    async with open_house(servers, "maildir", maildir(servers.home / "mail", MAILS)) as house:
        await house.say("help")
        await embed(house.box, house.caller.tenant, house.account)
        await triage(house.box, house.caller.tenant, house.account)
        yield house


async def comes_again(house: House, subject: str = JUNE) -> Any:
    """The mail is sorted as if it had come only now."""
    await house.sql(
        "UPDATE emails SET category = NULL, by_meaning = false, needs_me = NULL WHERE subject = %s", subject
    )
    await triage(house.box, house.caller.tenant, house.account)
    return await house.mail(subject)


async def told(house: House) -> str:
    """What is delivered by itself."""
    return "\n".join(word.text for word in await house.work() if isinstance(word, Reply))


async def elsewhere(house: House, subject: str, label: str, *, remove: bool = False) -> str:
    """The person labels a mail in their mail program; gives what they are told."""
    row = await house.mail(subject)
    mailbox = await house.box.mailboxes.get(house.caller.tenant, house.account)
    await (mailbox.remove_label(row.key, label) if remove else mailbox.add_label(row.key, label))
    await house.read()
    return await told(house)


async def why(house: House, subject: str) -> Card:
    return shown_card(await house.say(f"/why {subject}"))


def text(words: list[Word]) -> str:
    return "\n".join(word.text for word in words if isinstance(word, Reply))


async def test_a_button_of_why_sorts_it_and_the_next_like_it(inbox: House) -> None:
    before = (await inbox.mail(JUNE)).category
    said = text(await inbox.press(await why(inbox, MAY), "It is newsletter"))
    assert said.startswith("“Clay delivery in May” is in newsletter now, and mail like it will go there too.")
    june = await comes_again(inbox)
    assert june.category == "newsletter"
    assert "which you put into newsletter" in (await why(inbox, JUNE)).text
    assert "I have forgotten the correction" in text(await inbox.say("undo"))
    assert (await comes_again(inbox)).category == before


async def test_what_can_wait_lets_the_next_like_it_wait(inbox: House) -> None:
    card = await why(inbox, "Dinner?")
    assert (await inbox.mail("Dinner?")).needs_me
    await inbox.press(card, "It can wait")
    assert not (await inbox.mail("Dinner?")).needs_me
    supper = letter("Supper?", "Shall we eat fish together on Saturday? Kisses!", sender="Sam <sam@post.example>")
    await inbox.deliver(supper)
    await embed(inbox.box, inbox.caller.tenant, inbox.account)
    supper_row = await comes_again(inbox, "Supper?")
    assert not supper_row.needs_me
    assert "of which you said that it can wait" in supper_row.reasons[0]
    await inbox.say("undo")
    assert (await comes_again(inbox, "Supper?")).needs_me


async def test_words_sort_it_into_a_category_of_ones_own(inbox: House) -> None:
    await inbox.say(f"/why {MAY}")
    assert "is in Suppliers now" in text(await inbox.say(f"/sort {MAY} as Suppliers"))
    assert (await comes_again(inbox)).category == "Suppliers"


async def test_a_label_in_the_mail_program_that_is_a_category_is_a_correction(inbox: House) -> None:
    before = (await inbox.mail(JUNE)).category
    said = await elsewhere(inbox, MAY, "Newsletter")
    assert (
        said
        == "You labelled “Clay delivery in May” Newsletter in your mail program, so mail like it will go to newsletter too."
    )
    assert (await comes_again(inbox)).category == "newsletter"
    assert "so it is back in" in await elsewhere(inbox, MAY, "Newsletter", remove=True)
    assert (await comes_again(inbox)).category == before


async def test_any_other_label_is_only_a_label(inbox: House) -> None:
    assert await elsewhere(inbox, MAY, "Pottery") == ""
    assert await inbox.one("SELECT count(*) FROM corrections") == 0


async def test_why_names_earlier_mail_like_it_and_which_of_it_the_person_sorted(inbox: House) -> None:
    await inbox.press(await why(inbox, MAY), "It is newsletter")
    card = await why(inbox, JUNE)
    assert "Earlier mail like it:\n- “Clay delivery in May” from Bo: newsletter, where you put it" in card.text
    assert "Dinner?" not in card.text


@pytest.mark.parametrize("words", ["/sort", "/sort 2", "/sort newsletter"])
async def test_sorting_without_a_place_is_refused(inbox: House, words: str) -> None:
    assert text(await inbox.say(words)).startswith("Say which mail and where it belongs")
