"""Letters behind an endpoint: the person's words, the model's wording, within bounds."""

from __future__ import annotations

import pytest

from agent.writing import LONGEST, MAIL_SHOWN
from tests.fakes.openai import OpenAI, Thinking, call, thinking_with
from tests.fakes.program import House, letter, shown_card

DRAFT = call("draft_reply", email="Bo", message="Thursday works.")


async def test_the_letter_is_asked_for_with_the_mail_and_the_owners_words(thinking: Thinking) -> None:
    await thinking.say("tell Bo Thursday works", DRAFT, "Hello Bo,\n\nThursday works.\n\nAna", "Here it is.")
    rules, asked = thinking.service.requests[-2]["messages"]
    assert rules["role"] == "system"
    for words in (
        "Owner: Ana Sousa",
        "The owner wants to say: Thursday works.",
        "Does Thursday suit you?",
        "Subject: Kiln",
    ):
        assert words in asked["content"]


async def test_a_long_mail_is_shown_to_the_writer_up_to_a_bound(house: House, openai: OpenAI) -> None:
    await house.deliver(letter("Novel", "word " * 5_000, sender="Cy <cy@example.org>"))
    async with thinking_with(house, openai) as thinking:
        await thinking.say("answer Cy", call("draft_reply", email="novel", message="No."), "No.", "Here.")
        assert len(openai.requests[-2]["messages"][1]["content"]) < MAIL_SHOWN + 500


@pytest.mark.parametrize(
    ("written", "sentence"), [("", "wrote nothing"), (" \n", "wrote nothing"), ("x" * (LONGEST + 1), "far too much")]
)
async def test_a_letter_that_is_none_is_no_card(thinking: Thinking, written: str, sentence: str) -> None:
    words = await thinking.say("tell Bo Thursday works", DRAFT, written, "That did not work.")
    assert len(words) == 1
    assert sentence in thinking.service.results[0]
    assert await thinking.house.one("SELECT count(*) FROM approvals") == 0


async def test_a_change_that_fails_leaves_the_draft_as_it_was(thinking: Thinking) -> None:
    await thinking.say("tell Bo Thursday works", DRAFT, "Thursday works.", "Here it is.")
    words = await thinking.say("friendlier", call("change_draft", change="friendlier"), "", "That did not work.")
    assert len(words) == 1
    assert await thinking.house.one("SELECT count(*) FROM approvals WHERE state = 'pending'") == 1
    await thinking.house.say("approve")
    await thinking.house.work()
    assert len(thinking.house.sent()) == 1


async def test_a_change_replaces_the_draft_and_shows_what_is_different(thinking: Thinking) -> None:
    await thinking.say("tell Bo Thursday works", DRAFT, "Thursday works.", "Here it is.")
    words = await thinking.say("Friday", call("change_draft", change="Friday instead"), "Friday works.", "Changed.")
    changed = {one.label: one.value for one in shown_card(words).fields}["Changed"]
    assert changed == "-Thursday works.\n+Friday works."
    assert await thinking.house.one("SELECT count(*) FROM approvals WHERE state = 'replaced'") == 1


async def test_without_a_draft_there_is_nothing_to_change(thinking: Thinking) -> None:
    await thinking.say("shorter", call("change_draft", change="shorter"), "There is none.")
    assert "There is no draft waiting." in thinking.service.results[0]


async def test_after_an_edit_on_the_card_a_change_takes_the_newest_text(thinking: Thinking) -> None:
    card = shown_card(await thinking.say("tell Bo", DRAFT, "Thursday works.", "Here it is."))
    await thinking.house.press(card, "Edit", {"body": "Friday works."})
    words = await thinking.say("shorter", call("change_draft", change="shorter"), "Friday.", "Changed.")
    assert shown_card(words).text.startswith("Friday.")


async def test_a_decided_draft_cannot_be_changed(thinking: Thinking) -> None:
    card = shown_card(await thinking.say("tell Bo", DRAFT, "Thursday works.", "Here it is."))
    await thinking.house.press(card, "Reject")
    await thinking.say("shorter", call("change_draft", change="shorter"), "Too late.")
    assert "cannot be changed" in thinking.service.results[0]
