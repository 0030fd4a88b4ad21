"""Rules and templates before they act: proposed on a card with a rehearsal, and settled by a press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from agent import rule_cards
from agent.chat import Card, Update, Word
from agent.press import FRESH_FOR, Press
from agent.rule_cards import APPROVE_TEMPLATE, DISCARD_RULE, LEAVE_TEMPLATE, SAVE_RULE, SHADOW_DAYS, SHADOW_RULE
from agent.shadow import watch
from storage.tables.rules import RuleState
from storage.tables.templates import TemplateState
from storage.transaction import Transaction
from storage.values.access import Caller, Permission
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.rules.language import read_rules
from tools.rules.rehearse import rehearse
from tools.rules.rule import AutoReply, Rule
from tools.rules.writing import write_rule
from tools.toolbox import Toolbox


async def propose(box: Toolbox, caller: Caller, rule: Rule) -> Card:
    """Writes the rule down as a proposal, which does nothing, and gives its card with the rehearsal."""
    outcome = (await rehearse(box, caller, rule)).words(caller.zone, now())
    source = write_rule(rule)
    async with box.database.acting_as(caller) as tx:
        notes = await _notes(tx, caller, rule)
        identity = await tx.rules.propose(caller.person, rule.id, rule.name, source)
        actions = (SAVE_RULE, SHADOW_RULE, DISCARD_RULE)
        tokens = await tx.buttons.make(caller.person, identity, actions, now() + FRESH_FOR)
    return rule_cards.proposed(identity, rule, source, outcome, notes, tokens)


async def _notes(tx: Transaction, caller: Caller, rule: Rule) -> list[str]:
    notes = []
    if any(one.name == rule.id for one in await tx.rules.list(caller.person)):
        notes.append("It takes the place of the rule of this name that you have.")
    for wanted in (one.template for one in rule.actions if isinstance(one, AutoReply)):
        template = await tx.templates.named(caller.person, wanted)
        if template is None:
            notes.append(f"There is no template “{wanted}” yet; until one is approved, nothing is sent.")
        elif template.state != TemplateState.APPROVED:
            notes.append(f"Template “{wanted}” is not approved yet; until it is, nothing is sent.")
        if not (await tx.habits.of(caller.person)).enable_auto_replies:
            notes.append("Auto-replies are switched off; /autoreply on switches them on.")
    return notes


async def template_card(box: Toolbox, caller: Caller, version: UUID) -> Card:
    """The card that asks for the approval of a version, for who may give it; with what it would have sent to mail of its
    owner's rules."""
    async with box.database.acting_as(caller) as tx:
        row = await tx.templates.get(version)
        rules = [read_rules(one.source)[0] for one in await tx.rules.watching(row.person)]
        actions = (APPROVE_TEMPLATE, LEAVE_TEMPLATE)
        tokens = await tx.buttons.make(caller.person, version, actions, now() + FRESH_FOR)
    using = [
        rule for rule in rules if any(isinstance(one, AutoReply) and one.template == row.name for one in rule.actions)
    ]
    outcome = ""
    if using and row.person == caller.person:
        outcome = (await rehearse(box, caller, using[0])).words(caller.zone, now())
    return rule_cards.template(row, outcome, tokens if caller.may(Permission.APPROVE_TEMPLATES) else {})


async def _save(press: Press) -> list[Word]:
    return await _settled(press, RuleState.ON, "Saved and switched on", "rule_saved")


async def _shadow(press: Press) -> list[Word]:
    title = f"Watching only for {SHADOW_DAYS} days; then a card says what it would have done"
    return await _settled(press, RuleState.SHADOW, title, "rule_shadowed")


async def _settled(press: Press, state: RuleState, title: str, action: str) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.rules.take(press.subject)
        if row is None:
            raise Refused("That rule was decided already; /rules shows how it stands.")
        rule = await tx.rules.save(press.caller.person, row.name, row.title, row.source, state)
        if state == RuleState.SHADOW:
            await watch(tx, press.caller.person, rule, SHADOW_DAYS)
        await tx.audit.sign(
            press.caller.person, action, f"rule:{rule}", {"name": row.name, "source": row.source}, origin=press.origin
        )
    return [Update(rule_cards.decided(row, f"“{row.name}”: {title}"))]


async def _discard(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.rules.take(press.subject)
    if row is None:
        raise Refused("That rule was decided already; /rules shows how it stands.")
    return [Update(rule_cards.decided(row, f"“{row.name}”: discarded"))]


async def _approve_template(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await approve_template(tx, press.caller, press.subject, press.origin)
    return [Update(row)]


async def approve_template(tx: Transaction, caller: Caller, version: UUID, origin: str) -> Card:
    """From now on this version may be sent without a click. Refused for who may not say so, and for another version."""
    if not caller.may(Permission.APPROVE_TEMPLATES):
        raise Refused(f"Your role ({caller.role}) does not allow that; it needs {Permission.APPROVE_TEMPLATES}.")
    known = await tx.templates.get(version)
    newest = await tx.templates.named(known.person, known.name)
    if newest is None or newest.id != version:
        raise Refused("There is a newer version of that template; look at it before you approve.")
    row = await tx.templates.approve(version, caller.person)
    if row is None:
        raise Refused(f"That version is {known.state} already; nothing more was done.")
    details = {
        "name": row.name,
        "version": row.version,
        "template_id": row.id,
        "subject": row.subject,
        "body": row.body,
    }
    await tx.audit.sign(caller.person, "template_approved", f"template:{row.id}", details, origin=origin)
    return rule_cards.template_decided(row, f"Template “{row.name}” v{row.version} is approved by {plain(caller.name)}")


async def _leave_template(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.templates.get(press.subject)
    return [Update(rule_cards.template_decided(row, f"Template “{row.name}” v{row.version} is not approved"))]


ACTIONS: dict[str, Callable[[Press], Awaitable[list[Word]]]] = {
    SAVE_RULE: _save,
    SHADOW_RULE: _shadow,
    DISCARD_RULE: _discard,
    APPROVE_TEMPLATE: _approve_template,
    LEAVE_TEMPLATE: _leave_template,
}
"""A button's action -> what it does."""
