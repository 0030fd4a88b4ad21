"""Drafts are written as the owner writes, if they allow that; when they do not, as before, and nothing of it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.chat import Reply
from storage.transaction import Transaction
from tests.fakes.openai import Thinking, call
from tests.fakes.program import House, letter, shown_card
from tools.privacy.export import export
from tools.work import QUICK, STEADY

NOW = datetime.now(UTC).replace(microsecond=0)


async def writes(house: House, text: str, number: int) -> None:
    """The owner writes to Bo, by hand, from another program."""
    raw = letter(
        f"Note {number}",
        text,
        at=NOW - timedelta(hours=number),
        message_id=f"own{number}",
        sender="Ana <ana@example.org>",
    )
    folder = Path(house.credentials.settings["path"]) / ".Sent" / "cur"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"own{number}:2,S").write_bytes(raw.replace(b"To: ana@example.org", b"To: Bo Lind <bo@kiln.example>"))


@pytest.fixture
async def writer(house: House) -> House:
    for number in range(1, 4):
        await writes(house, f"Hallo Bo,\n\nthat is letter {number}, and the kiln is hot.\n\nCheers,\nA.", number)
    await house.read()
    await house.work(STEADY, QUICK)
    return house


async def said(house: House, words: str) -> str:
    (reply,) = await house.say(words)
    assert isinstance(reply, Reply)
    return reply.text


async def test_off_from_the_start_and_then_a_draft_greets_and_signs_like_the_owner(writer: House) -> None:
    assert await writer.one("SELECT count(*) FROM styles") == 0
    assert (await writer.draft()).text.startswith("Hi Bo,")
    told = await said(writer, "/style on")
    assert "greets with “Hallo” and the first name; signs off with “Cheers” and your initial" in told
    drafted = (await writer.draft(request="second")).text
    assert drafted == "Hallo Bo,\n\nThursday works.\n\nCheers,\nA.\n"


async def test_switched_off_it_writes_as_before_and_the_rows_are_gone(writer: House) -> None:
    before = (await writer.draft()).text
    await said(writer, "/settings style on")
    assert await writer.one("SELECT count(*) FROM styles") == 2
    assert "(2 styles) is deleted" in await said(writer, "/settings style off")
    assert await writer.one("SELECT count(*) FROM styles") == 0
    assert (await writer.draft(request="second")).text == before
    assert await writer.one("SELECT count(*) FROM audit WHERE action = 'setting_changed'") == 2


async def test_while_it_is_off_new_letters_teach_nothing(writer: House) -> None:
    await writes(writer, "Hallo Bo,\n\none more letter.\n\nCheers,\nA.", 4)
    await writer.read()
    await writer.work(STEADY, QUICK)
    assert await writer.one("SELECT count(*) FROM styles") == 0


async def test_a_draft_that_was_rewritten_and_approved_is_evidence_and_our_own_text_is_none(writer: House) -> None:
    await said(writer, "/style on")
    for number in range(2):
        card = await writer.draft(f"Works {number}.", request=f"r{number}")
        edited = shown_card(await writer.press(card, "Edit", {"body": f"Moin Bo,\n\nit works {number}.\n\nBest,\nA."}))
        await writer.press(edited, "Approve & send")
    await writer.work()
    await writer.read()
    await writer.work(STEADY, QUICK)
    assert "greets with “Moin”" in (await said(writer, "/style")).split("- to bo@kiln.example")[1]
    assert await writer.one("SELECT letters FROM styles WHERE address = 'bo@kiln.example'") == 7


async def test_it_is_in_the_export_and_goes_with_the_person(writer: House) -> None:
    await said(writer, "/style on")
    async with writer.database.acting_as(writer.caller) as tx:
        assert [one["facts"]["greeting"] for one in (await _exported(tx, writer))["styles"]] == ["Hallo", "Hallo"]
    await writer.sql("DELETE FROM people")
    assert await writer.one("SELECT count(*) FROM styles") == 0


async def _exported(tx: Transaction, house: House) -> dict[str, list[dict[str, dict[str, str]]]]:
    return await export(tx, house.caller.person)


async def test_a_model_is_told_in_words_of_ours(thinking: Thinking) -> None:
    house = thinking.house
    for number in range(1, 4):
        await writes(house, f"Hallo Bo,\n\nthat is letter {number}, and the kiln is hot.\n\nCheers,\nA.", number)
    await house.read()
    await house.say("/style on")
    draft = call("draft_reply", email="Bo", message="Thursday works.")
    await thinking.say("tell Bo Thursday works", draft, "Hallo Bo,\n\nThursday works.\n\nA.", "Here it is.")
    asked = thinking.service.requests[-2]["messages"][1]["content"]
    assert "How the owner writes: greets with “Hallo” and the first name; ends “Cheers, / A.”; " in asked
