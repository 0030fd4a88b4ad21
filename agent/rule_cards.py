"""The cards of rules and templates that wait for their owner's word: what they would do, and what they would have done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Field
from tools.inbox.show import plain
from tools.rules.match import describe
from tools.rules.rule import Action, ApplyLabel, Archive, AutoReply, CreateTask, Flag, Rule

SAVE_RULE, SHADOW_RULE, DISCARD_RULE = "save_rule", "shadow_rule", "discard_rule"
APPROVE_TEMPLATE, LEAVE_TEMPLATE = "approve_template", "leave_template"
SHADOW_DAYS = 7

_LABELS = {
    SAVE_RULE: "Save & switch on",
    SHADOW_RULE: f"Only watch for {SHADOW_DAYS} days",
    DISCARD_RULE: "Discard",
    APPROVE_TEMPLATE: "Approve for sending without a click",
    LEAVE_TEMPLATE: "Not now",
}


def proposed(
    identity: UUID, rule: Rule, source: str, outcome: str, notes: Sequence[str], tokens: Mapping[str, str]
) -> Card:
    """A rule that waits for a word: in words, as YAML, and what it would have done."""
    fields = [Field("When", describe(rule.conditions)), Field("Then", actions_in_words(rule.actions))]
    fields += [Field("Note", one) for one in notes]
    fields.append(Field("Rehearsal", outcome))
    return Card(
        id=str(identity),
        title=plain(f"Save the rule “{rule.id}”?"),
        text=plain(source),
        fields=tuple(Field(one.label, plain(one.value)) for one in fields),
        buttons=_buttons(tokens, (SAVE_RULE, SHADOW_RULE, DISCARD_RULE)),
    )


def decided(row: Row[Any], title: str) -> Card:
    """The same card afterwards."""
    return Card(id=str(row.id), title=plain(title), text=plain(row.source))


def template(row: Row[Any], outcome: str, tokens: Mapping[str, str]) -> Card:
    """A version of a template that waits for the approval of somebody who may give it."""
    fields = [
        Field("Subject", row.subject or "that of the answered mail, with Re:"),
        Field("Needs", f"a sorting that is at least {max(row.threshold or 0.0, 0.85):.2f} sure"),
    ]
    fields += [Field("Rehearsal", outcome)] if outcome else []
    return Card(
        id=str(row.id),
        title=plain(f"Approve template “{row.name}” v{row.version}?"),
        text=plain(row.body),
        fields=tuple(Field(one.label, plain(one.value)) for one in fields),
        buttons=_buttons(tokens, (APPROVE_TEMPLATE, LEAVE_TEMPLATE)),
    )


def template_decided(row: Row[Any], title: str) -> Card:
    """The same card afterwards."""
    return Card(id=str(row.id), title=plain(title), text=plain(row.body))


def actions_in_words(actions: Sequence[Action]) -> str:
    """What is done."""
    return "; ".join(map(_in_words, actions))


def _in_words(action: Action) -> str:
    if isinstance(action, ApplyLabel):
        return f"label it {action.label}"
    if isinstance(action, Flag):
        return f"flag it, {action.priority} priority"
    if isinstance(action, Archive):
        return "archive it"
    if isinstance(action, CreateTask):
        return f"remind of “{action.title}” {action.due}"
    assert isinstance(action, AutoReply)
    how = "draft an answer for your click" if action.requires_approval else "answer, if every gate lets it,"
    return f"{how} with template {action.template}"


def _buttons(tokens: Mapping[str, str], order: Sequence[str]) -> tuple[Button, ...]:
    return tuple(Button(_LABELS[one], tokens[one]) for one in order if one in tokens)
