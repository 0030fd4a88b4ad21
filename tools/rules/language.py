"""The language of rules: YAML in, rules out. What is wrong is said with its line; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from storage.values.errors import Refused
from tools.rules import yaml_nodes as nodes
from tools.rules.fields import FIELDS, OPERATORS
from tools.rules.patterns import checked
from tools.rules.rule import (
    TRIGGER,
    Action,
    All,
    Any,
    ApplyLabel,
    Archive,
    AutoReply,
    Condition,
    CreateTask,
    Flag,
    Not,
    Operator,
    Rule,
    Test,
    Value,
)
from tools.rules.text import folded

MOST = 2_000
"""Rules of one document."""

DEEPEST = 12
"""Levels of any/all/not."""

MOST_WORDS = 500
"""Words or patterns of one condition."""

ACTIONS = ("apply_label", "flag", "archive", "auto_reply", "create_task")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_AGE = re.compile(r"(\d{1,6}(?:\.\d+)?)\s*(?:(m|min|minutes?)|(h|hours?)|(d|days?)|(w|weeks?))?")


def read_rules(text: str) -> list[Rule]:
    """The rules of a document: a mapping with `rules`, a list of rules, or one rule. Refused with the line of what is wrong."""
    root = nodes.read(text)
    try:
        found = [_rule(one) for one in _each(root)]
    except RecursionError:
        raise Refused("That is nested too deeply for rules.") from None
    if len(found) > MOST:
        raise Refused(f"These are {len(found):,} rules; at most {MOST:,} are allowed.")
    return found


def _each(root: nodes.Node) -> Sequence[nodes.Node]:
    if isinstance(root, yaml.MappingNode) and not any(getattr(key, "value", "") == "rules" for key, _ in root.value):
        return [root]
    entries = (
        root if isinstance(root, yaml.SequenceNode) else nodes.mapping(root, "the document", ["rules"], [])["rules"]
    )
    found = nodes.items(entries, "`rules`")
    seen: dict[str, int] = {}
    for one in found:
        for key, value in one.value if isinstance(one, yaml.MappingNode) else ():
            if getattr(key, "value", "") == "id" and isinstance(value, yaml.ScalarNode):
                if value.value in seen:
                    nodes.fail(value, f"the id `{value.value[:60]}` stands on line {seen[value.value]} already.")
                seen[value.value] = value.start_mark.line + 1
    return found


def _rule(node: nodes.Node) -> Rule:
    parts = nodes.mapping(node, "a rule", ["id", "conditions", "actions"], ["name", "trigger", "enabled"])
    name = nodes.word(parts["id"], "`id`")
    if not _NAME.fullmatch(name):
        nodes.fail(
            parts["id"], "`id` must be lower-case letters, digits, _ and -, at most 60, such as `invoices_to_finance`."
        )
    if "trigger" in parts:
        nodes.choice(parts["trigger"], "`trigger`", [TRIGGER])
    title = nodes.word(parts["name"], "`name`").strip() if "name" in parts else ""
    if len(title) > 120 or "\n" in title:
        nodes.fail(parts["name"], "`name` must be one line of at most 120 characters.")
    conditions = _condition(parts["conditions"], DEEPEST)
    actions = tuple(_action(one) for one in nodes.items(parts["actions"], "`actions`"))
    if sum(isinstance(one, AutoReply) for one in actions) > 1:
        nodes.fail(parts["actions"], "a rule can answer a mail once only; keep one `auto_reply`.")
    enabled = nodes.yes_or_no(parts["enabled"], "`enabled`") if "enabled" in parts else True
    return Rule(name, title or name, conditions, actions, enabled)


def _condition(node: nodes.Node, levels: int) -> Condition:
    if levels == 0:
        nodes.fail(node, f"conditions are nested more than {DEEPEST} levels deep.")
    if isinstance(node, yaml.SequenceNode):
        return All(tuple(_condition(one, levels - 1) for one in nodes.items(node, "`conditions`")))
    joined = [key.value for key, _ in node.value if key.value in ("any", "all", "not")] if _is_mapping(node) else []
    if not joined:
        return _test(node)
    parts = nodes.mapping(node, "a condition", joined[:1], [])
    if "not" in parts:
        inner = parts["not"]
        return Not(_condition(inner, levels - 1))
    each = tuple(_condition(one, levels - 1) for one in nodes.items(parts[joined[0]], f"`{joined[0]}`"))
    return Any(each) if joined[0] == "any" else All(each)


def _is_mapping(node: nodes.Node) -> bool:
    return isinstance(node, yaml.MappingNode)


def _test(node: nodes.Node) -> Test:
    parts = nodes.mapping(node, "a condition", ["field", "operator", "value"], ["to"])
    name = nodes.choice(parts["field"], "the field", list(FIELDS))
    kind = FIELDS[name].kind
    operator: Operator = nodes.choice(parts["operator"], f"for `{name}` the operator", OPERATORS[kind])  # type: ignore[assignment]
    to = ""
    if "to" in parts:
        if name != "similarity":
            nodes.fail(parts["to"], "only `similarity` is compared `to` a text.")
        to = nodes.word(parts["to"], "`to`").strip()
        if not to or len(to) > 2_000:
            nodes.fail(parts["to"], "`to` must be a text of at most 2,000 characters.")
    return Test(name, operator, _value(parts["value"], name, operator), to)


def _value(node: nodes.Node, name: str, operator: Operator) -> Value:
    kind = FIELDS[name].kind
    if kind == "yes_no":
        return nodes.yes_or_no(node, "the value")
    if kind == "age":
        return _age(node)
    if kind == "number":
        found = nodes.number(node, "the value")
        if not 0 <= found <= 1:
            nodes.fail(node, f"`{name}` is between 0 and 1.")
        return found
    values = nodes.words(node, "the value")
    if len(values) > MOST_WORDS:
        nodes.fail(node, f"these are {len(values):,} values; at most {MOST_WORDS} are allowed in one condition.")
    for one in values:
        if operator != "matches_regex" and not folded(one).strip():
            nodes.fail(node, "a value shows nothing, so it would fit every mail.")
        if operator == "matches_regex":
            try:
                checked(one)
            except Refused as error:
                nodes.fail(node, f"{error}.")
    return values


def _age(node: nodes.Node) -> float:
    """Days."""
    found = _AGE.fullmatch(nodes.word(node, "the value").strip().casefold())
    if found is None:
        nodes.fail(node, "an age is written like `3d`, `12h` or `2w`.")
    minutes, hours, _days, weeks = found.groups()[1:]
    count = float(found[1])
    return count / 1440 if minutes else count / 24 if hours else count * 7 if weeks else count


def _action(node: nodes.Node) -> Action:
    if not isinstance(node, yaml.MappingNode):
        nodes.fail(node, "an action must be written as `type: …` and what it needs.")
    kind = next((value for key, value in node.value if getattr(key, "value", "") == "type"), None)
    if kind is None:
        nodes.fail(node, "an action needs `type`.")
    match nodes.choice(kind, "the action", ACTIONS):
        case "apply_label":
            parts = nodes.mapping(node, "`apply_label`", ["type", "label"], [])
            return ApplyLabel(_label(parts["label"]))
        case "flag":
            parts = nodes.mapping(node, "`flag`", ["type"], ["priority"])
            said = (
                nodes.choice(parts["priority"], "`priority`", ["high", "normal", "low"])
                if "priority" in parts
                else "high"
            )
            return Flag(said)  # type: ignore[arg-type]
        case "archive":
            nodes.mapping(node, "`archive`", ["type"], [])
            return Archive()
        case "auto_reply":
            parts = nodes.mapping(node, "`auto_reply`", ["type"], ["template", "template_id", "requires_approval"])
            return _auto_reply(node, parts)
    parts = nodes.mapping(node, "`create_task`", ["type", "title"], ["due"])
    title = nodes.word(parts["title"], "`title`").strip()
    if not title or len(title) > 200:
        nodes.fail(parts["title"], "`title` must be a text of at most 200 characters.")
    due = nodes.word(parts["due"], "`due`").strip() if "due" in parts else "tomorrow at 9"
    if not due or len(due) > 60:
        nodes.fail(parts["due"], "`due` must be a time such as `tomorrow at 9` or `in 3 days`.")
    return CreateTask(title, due)


def _auto_reply(node: nodes.Node, parts: dict[str, nodes.Node]) -> AutoReply:
    named = parts.get("template") or parts.get("template_id")
    if named is None:
        nodes.fail(node, "`auto_reply` needs `template`.")
    name = nodes.word(named, "`template`").strip().casefold()
    if not _NAME.fullmatch(name):
        nodes.fail(named, "`template` must be the name of a template, such as `away`.")
    return AutoReply(
        name, "requires_approval" in parts and nodes.yes_or_no(parts["requires_approval"], "`requires_approval`")
    )


def _label(node: nodes.Node) -> str:
    name = " ".join(nodes.word(node, "`label`").split())
    if not name or len(name) > 60 or not name.isprintable():
        nodes.fail(node, "`label` must be a short name, such as `Finance`.")
    return name
