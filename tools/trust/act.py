"""An act: what a rule does, told apart by kind and content, with the scopes in which it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.receipts import By

EVERY = "*"
"""In place of an act: a person holds everything of a sender or category at a rung."""


def key_of(action: Mapping[str, Any]) -> str:
    """The name of an act, from the action as it is kept beside a match: `apply_label:Finance`."""
    content = {
        "apply_label": action.get("label"),
        "flag": action.get("priority"),
        "create_task": action.get("title"),
    }.get(action["type"])
    return f"{action['type']}:{content}" if content else str(action["type"])


def kind_of(act: str) -> str:
    """`apply_label` of `apply_label:Finance`."""
    return act.partition(":")[0]


def in_words(act: str) -> str:
    """`label Finance`."""
    kind, _, content = act.partition(":")
    return {
        "apply_label": f"label {content}",
        "flag": f"flag as {content} priority",
        "archive": "archive",
        "create_task": f"remind of “{content}”",
        EVERY: "everything",
    }.get(kind, kind.replace("_", " "))


def by(rule: UUID, action: Mapping[str, Any], row: Row[Any]) -> By:
    """Who does what with which mail."""
    return By(rule, key_of(action), row.sender_address.casefold(), row.category or "")


def rule_scope(rule: UUID) -> str:
    """The scope of a rule."""
    return f"rule:{rule}"


def sender_scope(address: str) -> str:
    """The scope of a sender."""
    return f"sender:{address.casefold()}"


def category_scope(category: str) -> str:
    """The scope of a category."""
    return f"category:{category.casefold()}"


def scopes_of(by: By) -> list[str]:
    """All scopes that a deed falls into."""
    return [rule_scope(by.rule), sender_scope(by.sender), category_scope(by.category)]
