"""A rule as plain values: a tree of conditions, and what is done with the mail that fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Operator = Literal["contains", "matches_regex", "in", "equals", "not", "gt", "gte", "lt", "lte"]
Value = tuple[str, ...] | float | bool
Priority = Literal["high", "normal", "low"]

TRIGGER = "email_received"


@dataclass(frozen=True)
class Test:
    """One question about one field of a mail. Of several words any one is enough."""

    __test__ = False

    field: str
    operator: Operator
    value: Value
    to: str = ""
    """For `similarity`: the text that the mail is compared with; empty: the nearest other mail of the mailbox."""


@dataclass(frozen=True)
class All:
    """Every part must hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Any:
    """One part must hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The part must not hold."""

    part: Condition


Condition = Test | All | Any | Not


@dataclass(frozen=True)
class ApplyLabel:
    """Puts a label on the mail."""

    label: str


@dataclass(frozen=True)
class Flag:
    """Marks the mail as important, or as not."""

    priority: Priority = "high"


@dataclass(frozen=True)
class Archive:
    """Takes the mail out of the inbox; it stays findable."""


@dataclass(frozen=True)
class AutoReply:
    """Answers the mail with a template, if every gate lets it pass; or drafts the answer for a click."""

    template: str
    requires_approval: bool = False


@dataclass(frozen=True)
class CreateTask:
    """Comes back to the mail at a time."""

    title: str
    due: str


Action = ApplyLabel | Flag | Archive | AutoReply | CreateTask


@dataclass(frozen=True)
class Rule:
    """What is done with which mail. `id` is its name for people: lower-case words joined by `_` or `-`."""

    id: str
    name: str
    conditions: Condition
    actions: tuple[Action, ...]
    enabled: bool = True


def tests(condition: Condition) -> Iterator[Test]:
    """Every question of a condition, in the order in which it is written."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests(condition.part)
    else:
        for part in condition.parts:
            yield from tests(part)
