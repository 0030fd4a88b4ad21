"""An edited draft teaches: the greeting and closing that were changed stand in the next one, are shown, and can be forgotten."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from agent.chat import Card, Reply
from agent.manners import as_learned, parts
from tests.fakes.program import House, shown_card

EDITED = "Ahoy Bo!\n\nThursday works.\n\nCheers\nAna"


async def edited_and_sent(house: House) -> None:
    """Ana changes a draft to Bo, and sends it."""
    card = shown_card(await house.press(await house.draft("Thursday works."), "Edit", {"body": EDITED}))
    await house.press(card, "Approve & send")


async def test_the_next_draft_to_them_greets_and_closes_as_it_was_changed_and_the_card_says_so(house: House) -> None:
    await edited_and_sent(house)
    card = await house.draft("Friday does not.")
    assert card.text == "Ahoy Bo!\n\nFriday does not.\n\nCheers\nAna"
    told = {one.label: one.value for one in card.fields}
    assert told["Learned"].startswith("“Ahoy Bo!” … “Cheers / Ana”, as you changed an earlier draft")


async def test_forgetting_it_brings_the_old_letter_back(house: House) -> None:
    before: Card = await house.draft("Friday does not.", request="first")
    await house.press(before, "Reject")
    await edited_and_sent(house)
    (word,) = await house.say("/trust")
    assert isinstance(word, Reply)
    assert "Letters to bo@kiln.example I begin “Ahoy Bo!”" in word.text
    await house.say("/trust forget bo@kiln.example")
    after = await house.draft("Friday does not.", request="second")
    assert after.text == before.text
    assert "Learned" not in {one.label for one in after.fields}


async def test_what_was_changed_and_not_sent_teaches_nothing(house: House) -> None:
    card = shown_card(await house.press(await house.draft("Thursday works."), "Edit", {"body": EDITED}))
    await house.press(card, "Reject")
    assert await house.one("SELECT count(*) FROM manners") == 0


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Hi Bo,\n\nYes.\n\nBest\nAna", ("Hi Bo,", "Best\nAna")),
        ("Yes.", ("", "")),
        ("Hi Bo,\n\nYes.", ("Hi Bo,", "")),
        ("A first paragraph that is much longer than any greeting that people write.\n\nYes.\n\nAna", ("", "Ana")),
    ],
)
def test_only_short_ends_are_greetings_and_closings(body: str, found: tuple[str, str]) -> None:
    assert parts(body) == found


def test_a_letter_without_them_is_left_alone() -> None:
    manner = SimpleNamespace(greeting="Ahoy", closing="Cheers", recipient="bo@kiln.example")
    assert as_learned("Yes.", manner) == "Yes."  # type: ignore[arg-type]
