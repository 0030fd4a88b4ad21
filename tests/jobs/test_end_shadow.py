"""A rule that only watched: after its days it ends by itself, says what it would have done, and is asked about once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.chat import Card, Reply, Word
from storage.tables.rules import RuleState
from tests.fakes.program import House, letter
from tests.fakes.unattended import comes, has_rule
from tools.work import STEADY

PARTS = letter("Kiln parts", "Are they in?", at=datetime.now(UTC).replace(microsecond=0), message_id="parts")
LABELLING = """
id: kiln
conditions:
- {field: subject, operator: contains, value: kiln}
- {field: from_domain, operator: in, value: kiln.example}
actions: [{type: apply_label, label: Pottery}]
"""


@pytest.fixture
async def kiln(house: House) -> House:
    """A rule that only watches, and has seen a mail that it would take."""
    await has_rule(house, LABELLING)
    await house.say("/rules shadow kiln 7")
    await comes(house, PARTS)
    return house


async def days_are_over(house: House) -> list[Card]:
    """The cards that come when the days are over."""
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'end_shadow'")
    return [word for word in await house.work(STEADY) if isinstance(word, Card)]


async def state(house: House) -> str:
    return str(await house.one("SELECT state FROM rules"))


def replies(words: list[Word]) -> str:
    return "\n".join(one.text for one in words if isinstance(one, Reply))


async def test_it_ends_by_itself_and_says_what_it_would_have_done(kiln: House) -> None:
    (card,) = await days_are_over(kiln)
    assert card.title == "Rule kiln has watched long enough: 1 mail"
    assert "2 fit" in card.text
    assert "Bo Lind: Kiln parts" in card.text
    assert (await kiln.mail("Kiln parts")).labels == []
    assert await state(kiln) == RuleState.OFF


@pytest.mark.parametrize(("label", "left"), [("Go live", RuleState.ON), ("Keep watching for 7 days", RuleState.SHADOW)])
async def test_a_press_says_how_it_goes_on_and_an_old_card_changes_nothing_more(
    kiln: House, label: str, left: RuleState
) -> None:
    (card,) = await days_are_over(kiln)
    await kiln.press(card, label)
    assert await state(kiln) == left
    assert "was switched since that card" in replies(await kiln.press(card, "Drop it"))
    assert await state(kiln) == left


async def test_it_can_be_dropped(kiln: House) -> None:
    (card,) = await days_are_over(kiln)
    await kiln.press(card, "Drop it")
    assert await kiln.one("SELECT count(*) FROM rules") == 0


async def test_who_keeps_watching_is_asked_again(kiln: House) -> None:
    (card,) = await days_are_over(kiln)
    await kiln.press(card, "Keep watching for 7 days")
    assert len(await days_are_over(kiln)) == 1


@pytest.mark.parametrize("words", ["/rules on kiln", "/rules remove kiln", "/rules shadow kiln 30"])
async def test_a_rule_that_was_switched_meanwhile_is_left_alone(kiln: House, words: str) -> None:
    await kiln.say(words)
    await kiln.sql("DELETE FROM jobs WHERE kind = 'end_shadow' AND params->>'days' = '30'")
    before = await kiln.sql("SELECT state, shadow_until FROM rules")
    assert await days_are_over(kiln) == []
    assert await kiln.sql("SELECT state, shadow_until FROM rules") == before
