"""Review: like drafts on one card, each in full; what is left out waits on, and each is still decided by its own row."""

from __future__ import annotations

import pytest

from agent.chat import Card, Reply
from tests.fakes.program import House, letter, shown_card


async def _three(house: House) -> Card:
    for number, subject in enumerate(("Glaze", "Clay")):
        await house.deliver(letter(subject, sender=f"P{number} <p{number}@kiln.example>"))
    for subject in ("Kiln", "Glaze", "Clay"):
        await house.draft(f"About {subject}: yes.", subject=subject)
    return shown_card(await house.say("/review"))


async def test_every_draft_is_listed_in_full(house: House) -> None:
    card = await _three(house)
    assert card.title == "Send these 3 replies?"
    assert [one.name for one in card.choices] == ["1", "2", "3"]
    for subject, to in (("Kiln", "bo@"), ("Glaze", "p0@"), ("Clay", "p1@")):
        assert f"about {subject}: yes." in card.text
        assert to in card.text
    assert "From ana@example.org" in card.text


async def test_what_is_unticked_waits_on(house: House) -> None:
    card = await _three(house)
    words = await house.press(card, "Approve & send the ticked", {"chosen": "1,3"})
    assert shown_card(words[:1]).title == "2 approved, 1 left waiting"
    await house.work()
    assert len(house.sent()) == 2
    assert not any(b"about Glaze" in one for one in house.sent())
    assert await house.one("SELECT count(*) FROM approvals WHERE state = 'pending'") == 1


@pytest.mark.parametrize("words", ["approve 1 3", "Approve 1, 3.", "approve 1 and 3", "/approve 3 1"])
async def test_the_same_by_typing(house: House, words: str) -> None:
    await _three(house)
    await house.say(words)
    await house.work()
    assert len(house.sent()) == 2


@pytest.mark.parametrize("chosen", ["", "0", "4", "1,x", "-1", "1,99999999999999999999"])
async def test_what_is_not_on_the_list_sends_nothing(house: House, chosen: str) -> None:
    card = await _three(house)
    (word,) = await house.press(card, "Approve & send the ticked", {"chosen": chosen})
    assert isinstance(word, Reply)
    assert "nothing was sent" in word.text
    await house.work()
    assert house.sent() == []


async def test_pressed_twice_it_sends_each_once(house: House) -> None:
    card = await _three(house)
    for _ in range(2):
        words = await house.press(card, "Approve & send the ticked")
    assert "approved already, by you" in shown_card(words[:1]).text
    await house.work()
    assert len(house.sent()) == 3


async def test_left_alone_nothing_is_sent(house: House) -> None:
    card = await _three(house)
    words = await house.press(card, "Leave them all")
    assert "Nothing was sent" in shown_card(words).text
    assert await house.one("SELECT count(*) FROM approvals WHERE state = 'pending'") == 3


async def test_a_draft_whose_thread_has_news_is_offered_anew_and_the_others_go(house: House) -> None:
    card = await _three(house)
    await house.deliver(letter("Re: Glaze", sender="P0 <p0@kiln.example>", answers="glaze", message_id="glaze-2"))
    words = await house.press(card, "Approve & send the ticked")
    assert shown_card(words[:1]).title == "2 approved"
    assert any(isinstance(one, Reply) and "wrote again" in one.text for one in words)
    await house.work()
    assert len(house.sent()) == 2


async def test_what_is_too_long_to_be_read_on_a_list_has_a_card_of_its_own(house: House) -> None:
    await house.deliver(letter("Glaze"))
    await house.deliver(letter("Clay"))
    await house.draft("word " * 400, subject="Kiln")
    await house.draft("Yes.", subject="Glaze")
    await house.draft("No.", subject="Clay")
    first, second = await house.say("/review")
    assert isinstance(first, Card)
    assert first.title == "Send this reply?"
    assert isinstance(second, Card)
    assert second.title == "Send these 2 replies?"
    assert "word word" not in second.text


async def test_a_list_holds_ten_and_the_rest_have_cards_of_their_own(house: House) -> None:
    for number in range(11):
        await house.draft(f"Answer {number}.", prepared=True)
    *others, listed = [one for one in await house.say("/review") if isinstance(one, Card)]
    assert [one.title for one in others] == ["Send this reply?"]
    assert listed.title == "Send these 10 replies?"


async def test_without_a_list_typed_numbers_mean_nothing(house: House) -> None:
    await house.draft()
    (word,) = await house.say("approve 1")
    assert isinstance(word, Reply)
    assert word.text.startswith("There is no list of drafts")
    assert await house.one("SELECT count(*) FROM approvals WHERE state = 'pending'") == 1
