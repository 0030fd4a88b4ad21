"""Unattended: a house in which rules answer mail, so that a test tells in a line what is switched on and what came in."""

from __future__ import annotations

from typing import Any

from agent.chat import Word
from jobs.apply_rules import ask
from storage.tables.rules import RuleState
from storage.tables.templates import TemplateState
from tests.fakes.program import House
from tools.rules.language import read_rules
from tools.rules.writing import write_rule
from tools.work import QUICK, STEADY

ANSWER = "Hello {{sender_first_name | there}},\n\nI am away until Monday.\n\n{{my_name}}"

ANSWERING = """
id: away
name: Away
conditions:
- {field: subject, operator: contains, value: kiln}
actions:
- {type: auto_reply, template: away}
"""


async def has_rule(house: House, source: str = ANSWERING, state: RuleState = RuleState.ON) -> Any:
    """The person has this rule; mail that is there already is old to it."""
    (rule,) = read_rules(source)
    async with house.database.acting_as(house.caller) as tx:
        return await tx.rules.save(house.caller.person, rule.id, rule.name, write_rule(rule), state)


async def has_template(
    house: House,
    body: str = ANSWER,
    *,
    name: str = "away",
    subject: str = "",
    threshold: float | None = None,
    approved: bool = True,
) -> Any:
    """The person has this template, approved unless said otherwise."""
    async with house.database.acting_as(house.caller) as tx:
        version = await tx.templates.save(house.caller.person, name, subject, body, threshold)
        if approved:
            row = await tx.templates.approve(version, house.caller.person)
            assert row is not None
            assert row.state == TemplateState.APPROVED
        return version


async def allows(house: House, **habits: Any) -> None:
    """The person has switched auto-replies on, and they leave at once unless said otherwise."""
    async with house.database.acting_as(house.caller) as tx:
        await tx.habits.change(house.caller.person, {"enable_auto_replies": True, "undo_seconds": 0, **habits})


async def answers_kiln_mail(house: House, **habits: Any) -> None:
    """Everything is in place for an auto-reply to mail about the kiln."""
    await has_template(house)
    await has_rule(house)
    await allows(house, **habits)


async def comes(house: House, raw: bytes, *, category: str = "personal", confidence: float = 0.95) -> list[Word]:
    """A mail comes in, is sorted like this, and the rules look at it. Gives what was delivered to the chat."""
    await house.deliver(raw)
    await house.sql(
        "UPDATE emails SET category = %s, confidence = %s, needs_me = false, reasons = '[]', by_meaning = true "
        "WHERE category IS NULL",
        category,
        confidence,
    )
    return await rules_look(house)


async def rules_look(house: House) -> list[Word]:
    """The rules look at what is new."""
    async with house.database.acting_as(house.caller) as tx:
        await ask(tx, house.caller.person, house.account)
    return await house.work(STEADY)


async def windows_end(house: House) -> list[Word]:
    """Whatever waits for its undo window leaves, or does not."""
    return await house.work(QUICK)
