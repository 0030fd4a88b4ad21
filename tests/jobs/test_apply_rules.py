"""Rules on new mail: labels at the provider with a receipt and an undo, tasks, shadow, and the record of why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.chat import Reply
from storage.tables.rules import RuleState
from tests.fakes.program import House, letter
from tests.fakes.unattended import comes, has_rule, rules_look
from tools.work import LONG, QUICK, STEADY

NOW = datetime.now(UTC).replace(microsecond=0)
PARTS = letter("Kiln parts", "Are they in?", at=NOW, message_id="parts")

LABELLING = """
id: kiln
conditions:
- {field: subject, operator: contains, value: kiln}
- {field: from_domain, operator: in, value: kiln.example}
actions:
- {type: apply_label, label: Pottery}
- {type: flag, priority: high}
"""


async def labels(house: House, subject: str = "Kiln parts") -> list[str]:
    return list((await house.mail(subject)).labels)


async def test_a_rule_labels_and_flags_with_a_receipt_that_can_be_undone(house: House) -> None:
    await has_rule(house, LABELLING)
    await comes(house, PARTS)
    assert await labels(house) == ["High priority", "Pottery"]
    (first, second) = await house.sql("SELECT words FROM receipts ORDER BY number")
    assert first.words == "Labelled “Kiln parts” Pottery (rule kiln)."
    assert second.words == "Labelled “Kiln parts” High priority (rule kiln)."
    await house.say("undo 2")
    assert await labels(house) == []


async def test_the_label_is_at_the_provider_too(house: House) -> None:
    await has_rule(house, LABELLING)
    await comes(house, PARTS)
    mailbox = await house.box.mailboxes.get(house.caller.tenant, house.account)
    seen = [arrival async for batch in mailbox.changes(None) for arrival in batch.arrivals]
    assert {"Pottery", "High priority"} in [set(one.labels) for one in seen]


async def test_what_matched_is_kept_with_its_conditions(house: House) -> None:
    await has_rule(house, LABELLING)
    await comes(house, PARTS)
    (match,) = await house.sql("SELECT * FROM rule_matches")
    assert match.because == ["subject contains “kiln”", "from domain is “kiln.example”"]
    assert match.outcomes[0]["words"].startswith("Labelled “Kiln parts” Pottery")


async def test_a_rule_in_the_shadow_only_writes_down_what_it_would_do(house: House) -> None:
    await has_rule(house, LABELLING, RuleState.SHADOW)
    await comes(house, PARTS)
    assert await labels(house) == []
    assert await house.one("SELECT shadow FROM rule_matches")


@pytest.mark.parametrize("state", [RuleState.OFF, RuleState.PROPOSED])
async def test_a_rule_that_is_off_or_only_proposed_does_nothing(house: House, state: RuleState) -> None:
    await has_rule(house, LABELLING, state)
    await comes(house, PARTS)
    assert await labels(house) == []
    assert await house.one("SELECT count(*) FROM rule_matches") == 0


async def test_mail_is_looked_at_once(house: House) -> None:
    await has_rule(house, LABELLING)
    await comes(house, PARTS)
    await house.say("undo 2")
    await rules_look(house)
    assert await labels(house) == []


async def test_all_rules_that_fit_apply_in_their_order(house: House) -> None:
    await has_rule(house, LABELLING.replace("id: kiln", "id: second").replace("Pottery", "Second"))
    await has_rule(house, LABELLING)
    async with house.database.acting_as(house.caller) as tx:
        second, first = await tx.rules.list(house.caller.person)
        await tx.rules.move(first.id, second.place - 1)
    await comes(house, PARTS)
    names = [row.rule_name for row in await house.sql("SELECT rule_name FROM rule_matches ORDER BY id")]
    assert names == ["kiln", "second"]


async def test_a_rule_makes_a_task(house: House) -> None:
    task = (
        LABELLING.split("actions:")[0] + "actions:\n- {type: create_task, title: Order the parts, due: tomorrow at 9}\n"
    )
    await has_rule(house, task)
    await comes(house, PARTS)
    (word,) = await house.say("/followups")
    assert isinstance(word, Reply)
    assert "Kiln parts" in word.text


async def test_what_cannot_be_done_is_said_and_the_rest_goes_on(house: House) -> None:
    task = LABELLING.replace("actions:", "actions:\n- {type: create_task, title: X, due: the twelfth of never}")
    await has_rule(house, task)
    await comes(house, PARTS)
    (match,) = await house.sql("SELECT outcomes FROM rule_matches")
    assert match.outcomes[0]["words"].startswith("not done: ")
    assert "Pottery" in await labels(house)


async def test_a_round_that_is_broken_off_goes_on_and_does_nothing_twice(house: House) -> None:
    await has_rule(house, LABELLING)
    await comes(house, PARTS)
    job = await house.one("SELECT round FROM rule_matches")
    await house.sql("UPDATE rule_matches SET done = false, outcomes = '[]'")
    await house.sql("UPDATE jobs SET state = 'pending', attempts = 0 WHERE id = %s", job)
    await house.work(STEADY)
    assert await house.one("SELECT count(*) FROM receipts") == 2
    assert await house.one("SELECT done FROM rule_matches")


async def test_new_mail_is_sorted_and_then_shown_to_the_rules(house: House) -> None:
    await has_rule(house, LABELLING)
    await house.deliver(PARTS)
    await house.work(STEADY, LONG, QUICK)
    assert "Pottery" in await labels(house)


async def test_mail_of_an_imported_mailbox_is_no_new_mail(house: House) -> None:
    await has_rule(house, LABELLING)
    old = letter("Kiln of old", "Long ago", at=NOW.replace(year=NOW.year - 1), message_id="old")
    await comes(house, old)
    assert await labels(house, "Kiln of old") == []


async def test_rules_of_one_person_do_not_see_the_mail_of_another(house: House) -> None:
    async with house.database.acting_as(house.caller) as tx:
        other = await tx.people.add("Bo", house.caller.role, "UTC")
        (rule,) = [LABELLING]
        await tx.rules.save(other, "kiln", "kiln", rule, RuleState.ON)
    await comes(house, PARTS)
    assert await labels(house) == []


SIMILAR = """
id: similar
conditions:
- {field: similarity, operator: gt, value: 0.4, to: spare parts for a pottery oven}
actions:
- {type: apply_label, label: Pottery}
"""


async def test_a_rule_can_ask_for_meaning(house: House) -> None:
    await has_rule(house, SIMILAR)
    for number, (subject, text) in enumerate(
        [("Kiln parts", "The heating elements for your kiln."), ("Lunch", "Pizza on Friday?")]
    ):
        await house.deliver(letter(subject, text, at=NOW, message_id=f"m{number}"))
    await house.work(STEADY, LONG, QUICK)
    assert await labels(house) == ["Pottery"]
    assert await labels(house, "Lunch") == []


async def test_without_a_text_a_mail_is_compared_with_the_nearest_other_one_and_never_with_itself(house: House) -> None:
    await has_rule(house, SIMILAR.replace(", to: spare parts for a pottery oven", "").replace("0.4", "0.8"))
    await house.deliver(letter("Kiln once more", "Does Thursday suit you then?", at=NOW, message_id="near"))
    await house.deliver(letter("Zebra", "Quantum chromodynamics lectures moved.", at=NOW, message_id="far"))
    await house.work(STEADY, LONG, QUICK)
    assert await labels(house, "Zebra") == []
    near = await house.sql("SELECT because FROM rule_matches")
    assert all("similarity > 0.8" in str(one.because) for one in near)
    (word,) = await house.say("/rules test similar")
    assert "Nothing was done." in word.text  # type: ignore[union-attr]
