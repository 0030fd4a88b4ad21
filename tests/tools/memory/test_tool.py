"""Memory: what a person asked us to keep is found by meaning, is theirs alone, and is gone when they say forget."""

from __future__ import annotations

from typing import Any

import pytest

from storage.values.errors import Refused
from storage.values.ids import EventId, new_id
from tests.fakes.program import House, letter, maildir, open_house
from tools.memory.tool import LONGEST, forget, recall, remember
from tools.tool import Ask
from tools.undo.tool import undo


async def ask(house: House, call: str = "") -> Ask:
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, "console", "x")
    return Ask(house.caller, where, EventId(new_id()), call=call)


async def use(tool: Any, house: House, *arguments: str) -> str:
    return (await tool(house.box, await ask(house), *arguments)).text


@pytest.fixture
async def told(house: House) -> House:
    for fact in ("My dog is called Rex.", "I drink my coffee black.", "The accountant is Priya."):
        await use(remember, house, fact)
    return house


async def test_what_was_remembered_is_listed_with_when_it_was_said(told: House) -> None:
    first, *facts = (await use(recall, told)).split("\n")
    assert first == "I remember:"
    assert [fact.partition(" (you said so on ")[0] for fact in facts] == [
        "1. My dog is called Rex.",
        "2. I drink my coffee black.",
        "3. The accountant is Priya.",
    ]


async def test_a_fact_is_found_by_its_meaning(told: House) -> None:
    assert "Rex" in (await use(recall, told, "what is my pet's name?")).split("\n")[1]
    assert await use(recall, told, "quantum chromodynamics") == "I remember nothing about quantum chromodynamics."


async def test_nothing_was_told_yet(house: House) -> None:
    assert await use(recall, house) == "I have not been told anything to remember yet."
    assert await use(forget, house, "my dog") == "I remember nothing about my dog."


async def test_what_is_forgotten_is_gone_everywhere(told: House) -> None:
    await use(remember, told, "My dog is called Rex.")  # said twice
    assert await use(forget, told, "my dog's name") == "Forgotten: My dog is called Rex."
    assert "Rex" not in await use(recall, told)
    rows = await told.sql("SELECT fact FROM memories UNION ALL SELECT words FROM receipts")
    assert not [row for row in rows if "Rex" in row.fact]


async def test_forgetting_is_not_undone(told: House) -> None:
    await use(forget, told, "my dog's name")
    assert "cannot be" in await use(undo, told, "last")
    await use(undo, told, "9")
    assert await told.one("SELECT count(*) FROM memories") == 0


async def test_a_vague_wish_to_forget_is_asked_about(house: House) -> None:
    for day in ("Monday", "Tuesday", "Wednesday"):
        await use(remember, house, f"On {day} I have a meeting with the landlord about the roof.")
    words = await use(forget, house, "the thing on a day")
    assert words.startswith(("Which of these should I forget?\n- On ", "I remember nothing"))
    assert await house.one("SELECT count(*) FROM memories") == 3


async def test_remembering_is_undone(told: House) -> None:
    assert await use(undo, told, "last") == "Forgotten again."
    assert "Priya" not in await use(recall, told)


async def test_a_turn_that_is_taken_up_again_remembers_once(house: House) -> None:
    asking = await ask(house, "1")
    for _ in range(3):
        await remember(house.box, asking, "The kiln is new.")
    assert await house.one("SELECT count(*) FROM memories") == 1
    assert await house.one("SELECT count(*) FROM receipts") == 1
    await undo(house.box, await ask(house), "last")
    assert await house.one("SELECT count(*) FROM memories") == 0


async def test_one_persons_memory_is_not_anothers(told: House) -> None:
    async with open_house(told.servers, "maildir", maildir(told.servers.home / "other", [letter()]), "Cy") as other:
        assert await use(recall, other) == "I have not been told anything to remember yet."
        assert await use(recall, other, "dog") == "I remember nothing about dog."
        assert await use(forget, other, "My dog is called Rex.") == "I remember nothing about My dog is called Rex.."
    assert await told.one("SELECT count(*) FROM memories") == 3


@pytest.mark.parametrize("fact", ["", "  \n", "x" * (LONGEST + 1)])
async def test_what_cannot_be_remembered_is_refused_in_words(house: House, fact: str) -> None:
    with pytest.raises(Refused):
        await use(remember, house, fact)
    assert await house.one("SELECT count(*) FROM receipts") == 0


async def test_to_forget_one_must_say_what(told: House) -> None:
    with pytest.raises(Refused, match="What should I forget"):
        await use(forget, told, " ")


async def test_hidden_characters_in_a_fact_are_shown(house: House) -> None:
    await use(remember, house, "pay\u202eelcyc")
    assert "pay·elcyc" in await use(recall, house)
