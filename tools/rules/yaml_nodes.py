"""YAML with line numbers: walks a document node by node, and says of what is wrong on which line it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NoReturn

import yaml

from storage.values.errors import Refused

LARGEST = 256 * 1024
"""Characters of a document of rules: some thousand rules."""

DEEPEST = 60
"""Lists and mappings within each other; rules need far fewer."""

Node = yaml.Node


def read(text: str) -> Node:
    """The document's root. Refused, with the line, for what is no YAML, for aliases and for more than one document."""
    if len(text) > LARGEST:
        raise Refused(f"That is too long for rules ({len(text):,} characters, at most {LARGEST:,}).")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise Refused("That is nested too deeply for rules.")
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise Refused(f"Line {line}: aliases (*{event.anchor}) are not allowed; write it out.")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise Refused(_what_is_wrong(error)) from None
    except RecursionError:
        raise Refused("That is nested too deeply for rules.") from None
    except ValueError as error:  # a number or a date that cannot be
        raise Refused(f"That is not YAML: {error}.") from None
    if root is None:
        raise Refused("There is nothing in it; write at least one rule.")
    return root


def fail(node: Node, words: str) -> NoReturn:
    """Refuses, with the line."""
    raise Refused(f"Line {node.start_mark.line + 1}: {words}")


def mapping(node: Node, what: str, required: Iterable[str], allowed: Iterable[str]) -> dict[str, Node]:
    """The entries of a mapping. Refused for a name that is unknown, twice there, or missing."""
    if not isinstance(node, yaml.MappingNode):
        fail(node, f"{what} must be written as `name: value` lines.")
    found: dict[str, Node] = {}
    names = [*required, *allowed]
    for key, value in node.value:
        name = word(key, "a name")
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; it can have {listed(names)}."
            fail(key, f"{what} has no `{name[:60]}`{hint}")
        if name in found:
            fail(key, f"`{name}` stands there twice.")
        found[name] = value
    for name in required:
        if name not in found:
            fail(node, f"{what} needs `{name}`.")
    return found


def items(node: Node, what: str) -> Sequence[Node]:
    """The entries of a list that is not empty."""
    if not isinstance(node, yaml.SequenceNode):
        fail(node, f"{what} must be a list, each entry on a line that begins with `- `.")
    if not node.value:
        fail(node, f"{what} must not be empty.")
    return list(node.value)


def word(node: Node, what: str) -> str:
    """Text."""
    if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        fail(node, f"{what} must be text.")
    if any(ord(one) < 32 and one not in "\n\t" for one in node.value):
        fail(node, f"{what} holds a control character.")
    return str(node.value)


def words(node: Node, what: str) -> tuple[str, ...]:
    """One text or a list of them, none of them empty."""
    nodes = [node] if isinstance(node, yaml.ScalarNode) else items(node, what)
    found = []
    for one in nodes:
        text = word(one, what)
        if not text.strip():
            fail(one, f"{what} must not be empty: it would fit every mail.")
        found.append(text)
    return tuple(found)


def number(node: Node, what: str) -> float:
    """A number."""
    try:
        if isinstance(node, yaml.ScalarNode):
            found = float(node.value)
            if abs(found) < 1e9:
                return found
    except ValueError:
        pass
    fail(node, f"{what} must be a number.")


def yes_or_no(node: Node, what: str) -> bool:
    """true or false, in the spellings of YAML."""
    said = node.value.casefold() if isinstance(node, yaml.ScalarNode) else ""
    if said in ("true", "yes", "on"):
        return True
    if said in ("false", "no", "off"):
        return False
    fail(node, f"{what} must be true or false.")


def choice(node: Node, what: str, choices: Sequence[str]) -> str:
    """One of a few words."""
    said = word(node, what)
    if said not in choices:
        near = difflib.get_close_matches(said, choices, 1)
        fail(
            node,
            f"{what} `{said[:60]}` is unknown; "
            + (f"did you mean `{near[0]}`?" if near else f"choose {listed(choices)}."),
        )
    return said


def listed(names: Sequence[str]) -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{one}`" for one in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _what_is_wrong(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or "it cannot be read")
    line = f"Line {mark.line + 1}: this" if mark else "This"
    return f"{line} is not YAML: {problem}."
