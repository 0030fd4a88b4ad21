"""A rule that only watches, and the card when its days are over: what it would have done, and three ways on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Field, Update, Word
from agent.press import FRESH_FOR, Press
from agent.rule_cards import SHADOW_DAYS
from storage.tables.rules import RuleState
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.work import END_SHADOW

GO_LIVE, KEEP_WATCHING, DROP = "shadow_live", "shadow_again", "shadow_drop"
_LABELS = {GO_LIVE: "Go live", KEEP_WATCHING: f"Keep watching for {SHADOW_DAYS} days", DROP: "Drop it"}


async def watch(tx: Transaction, person: UUID, rule: UUID, days: int) -> None:
    """From now on the rule only watches, for so many days; then its card comes by itself."""
    until = now() + timedelta(days=days)
    await tx.rules.become(rule, RuleState.SHADOW, until)
    await tx.jobs.add(
        END_SHADOW.kind,
        END_SHADOW.queue.name,
        {"rule": str(rule), "until": until.isoformat(), "days": days},
        person=person,
        run_at=until,
        once=f"{END_SHADOW.kind}:{rule}:{until.isoformat()}",
    )


async def ended(tx: Transaction, rule: Row[Any], watched: int, outcome: str) -> Card:
    """The card of a rule that has just been switched off. `watched`: mails that it would have taken;
    `outcome`: the same days rehearsed, near misses included."""
    tokens = await tx.buttons.make(rule.person, rule.id, list(_LABELS), now() + FRESH_FOR)
    count = "no mail" if not watched else "1 mail" if watched == 1 else f"{watched} mails"
    return Card(
        id=_id(rule),
        title=plain(f"Rule {rule.name} has watched long enough: {count}"),
        text=plain(outcome),
        fields=(Field("Now", "It is off, and nothing was done, until you say how it goes on."),),
        buttons=tuple(Button(label, tokens[action]) for action, label in _LABELS.items()),
    )


def _id(rule: Row[Any]) -> str:
    return str(uuid5(rule.id, f"shadow/{rule.active_since.isoformat()}"))


async def _go_live(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        rule = await _off(tx, press)
        await tx.rules.become(rule.id, RuleState.ON)
        return await _told(tx, press, rule, "rule_on", "is on: it looks at mail that comes from now on")


async def _keep_watching(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        rule = await _off(tx, press)
        await watch(tx, press.caller.person, rule.id, SHADOW_DAYS)
        return await _told(tx, press, rule, "rule_shadow", f"only watches for {SHADOW_DAYS} more days")


async def _drop(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        rule = await _off(tx, press)
        await tx.rules.remove(rule.id)
        return await _told(tx, press, rule, "rule_removed", "is gone. It said:")


async def _off(tx: Transaction, press: Press) -> Row[Any]:
    """The rule, held fast. An old card changes nothing of a rule that was switched since."""
    rule = await tx.rules.held(press.subject)
    if rule.state != RuleState.OFF:
        raise Refused(
            f"Rule {plain(rule.name)} was switched since that card; /rules shows how it stands and changes it."
        )
    return rule


async def _told(tx: Transaction, press: Press, rule: Row[Any], action: str, words: str) -> list[Word]:
    details = {"name": rule.name, "source": rule.source}
    await tx.audit.sign(press.caller.person, action, f"rule:{rule.id}", details, origin=press.origin)
    return [Update(Card(id=_id(rule), title=plain(f"Rule {rule.name} {words}"), text=plain(rule.source)))]


ACTIONS: dict[str, Callable[[Press], Awaitable[list[Word]]]] = {
    GO_LIVE: _go_live,
    KEEP_WATCHING: _keep_watching,
    DROP: _drop,
}
"""A button's action -> what it does."""
