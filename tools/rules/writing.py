"""Rules as YAML, as we write it: read again, they are the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any as Anything

import yaml

from tools.rules.fields import FIELDS
from tools.rules.rule import TRIGGER, Action, All, Any, ApplyLabel, Archive, AutoReply, Condition, Flag, Not, Rule, Test


def write_rules(rules: Sequence[Rule]) -> str:
    """A document with these rules, in this order."""
    return _dumped({"rules": [_rule(one) for one in rules]})


def write_rule(rule: Rule) -> str:
    """One rule by itself."""
    return _dumped(_rule(rule))


def _dumped(content: Anything) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Never with aliases, which are not read."""

    def ignore_aliases(self, data: Anything) -> bool:
        return True


def _rule(rule: Rule) -> dict[str, Anything]:
    written: dict[str, Anything] = {"id": rule.id, "name": rule.name, "trigger": TRIGGER}
    if not rule.enabled:
        written["enabled"] = False
    top = rule.conditions
    written["conditions"] = [_condition(one) for one in top.parts] if isinstance(top, All) else _condition(top)
    written["actions"] = [_action(one) for one in rule.actions]
    return written


def _condition(condition: Condition) -> dict[str, Anything]:
    if isinstance(condition, Not):
        return {"not": _condition(condition.part)}
    if isinstance(condition, All | Any):
        name = "all" if isinstance(condition, All) else "any"
        return {name: [_condition(one) for one in condition.parts]}
    return _test(condition)


def _test(test: Test) -> dict[str, Anything]:
    value: Anything = test.value
    if isinstance(value, tuple):
        value = value[0] if len(value) == 1 else list(value)
    elif FIELDS[test.field].kind == "age" and not isinstance(value, bool):
        value = f"{value:.10f}".rstrip("0").rstrip(".") + "d"
    written = {"field": test.field, "operator": test.operator, "value": value}
    return written | ({"to": test.to} if test.to else {})


def _action(action: Action) -> dict[str, Anything]:
    if isinstance(action, ApplyLabel):
        return {"type": "apply_label", "label": action.label}
    if isinstance(action, Flag):
        return {"type": "flag", "priority": action.priority}
    if isinstance(action, Archive):
        return {"type": "archive"}
    if isinstance(action, AutoReply):
        written: dict[str, Anything] = {"type": "auto_reply", "template": action.template}
        return written | ({"requires_approval": True} if action.requires_approval else {})
    return {"type": "create_task", "title": action.title, "due": action.due}
