"""`/trust`: what stands where and why, moved down at once and up by a press; senders and categories that ask."""

from __future__ import annotations

import pytest

from tests.agent.test_trust import LABELLING, cards, labels, lowered, mail, replies
from tests.fakes.program import House
from tests.fakes.unattended import comes, has_rule


@pytest.fixture
async def kiln(house: House) -> House:
    """A rule that labels mail about the kiln, and a person who has spoken."""
    await house.say("help")
    await has_rule(house, LABELLING)
    return house


async def test_it_shows_each_act_with_its_record_and_what_would_move_it(kiln: House) -> None:
    await comes(kiln, mail(1))
    told = replies(await kiln.say("what may you do by yourself?"))
    assert "1. Rule kiln, label Pottery: I do it and tell you, with an undo (done 1)." in told
    assert (
        "After 3 more yeses, or 8 that stand for a day, I propose to do it silently. An undo lowers it by one." in told
    )
    assert "Sending, forwarding and deleting always ask" in told


async def test_after_an_undo_it_says_so_and_shows_the_questions_that_wait(kiln: House) -> None:
    await lowered(kiln)
    await comes(kiln, mail(1))
    words = await kiln.say("/trust")
    assert "I ask first (done 1, taken back 1). After 3 more yeses in a row" in replies(words)
    (asked,) = cards(words)
    await kiln.press(asked, "Do it")
    assert await labels(kiln, 1) == ["Pottery"]


async def test_who_says_ask_is_asked_at_once(kiln: House) -> None:
    assert "label Pottery: I ask first." in replies(await kiln.say("/trust ask 1"))
    await comes(kiln, mail(1))
    assert await labels(kiln, 1) == []


async def test_who_says_silent_is_shown_the_record_and_presses(kiln: House) -> None:
    (card,) = cards(await kiln.say("/trust silent 1"))
    assert card.fields[0].value == "done 0"
    assert len(cards(await comes(kiln, mail(1)))) == 1
    await kiln.press(card, "Yes, from now on")
    assert cards(await comes(kiln, mail(2))) == []


@pytest.mark.parametrize("whose", ["bo@kiln.example", "personal"])
async def test_a_sender_or_a_category_is_held_and_freed(kiln: House, whose: str) -> None:
    await comes(kiln, mail(0))
    assert "I ask first" in replies(await kiln.say(f"/trust ask {whose}"))
    await comes(kiln, mail(1))
    assert await labels(kiln, 1) == []
    assert f"{whose}: I ask first, because you said so." in replies(await kiln.say("/trust"))
    await kiln.say(f"/trust free {whose}")
    await comes(kiln, mail(2))
    assert await labels(kiln, 2) == ["Pottery"]


async def test_drafts_are_counted_by_what_was_said_of_them(house: House) -> None:
    await house.press(await house.draft("Yes."), "Approve & send")
    await house.press(await house.draft("No."), "Reject")
    told = replies(await house.say("/trust"))
    assert told.startswith("I do nothing without being asked.")
    assert "approved 1, changed 0, rejected 1" in told


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/trust ask 2", "Say the number of an act"),
        ("/trust silent everything", "Say the number of an act"),
        ("/trust ask", "Say an address or a category"),
        ("/trust ask letters", "No mail of yours is sorted as “letters”"),
        ("/trust free bo@kiln.example", "Nothing is set for “bo@kiln.example”"),
        ("/trust forget bo@kiln.example", "I have learned nothing about letters to “bo@kiln.example”"),
        ("/trust blindly 1", "I do not know “/trust blindly”"),
        ("/trust tell 1", "It stands there already"),
    ],
)
async def test_what_cannot_be_is_said_in_a_sentence(kiln: House, said: str, answer: str) -> None:
    assert replies(await kiln.say(said)).startswith(answer)
