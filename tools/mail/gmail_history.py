"""What Gmail's history says, as the net effect on each message. Nothing here does I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.mail.gmail_labels import visible


@dataclass
class Effect:
    """What became of one message in a stretch of history."""

    was: bool
    """It was told of before."""
    stands: bool
    """It is to be told of after."""
    labels: frozenset[str]
    """Its label ids after."""


@dataclass
class Effects:
    """Keys by what is to be done about them."""

    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changed: dict[str, frozenset[str]] = field(default_factory=dict)


def effects(records: Sequence[Mapping[str, Any]]) -> Effects:
    """The net effect of a stretch of history, in the order in which messages appear in it."""
    seen: dict[str, Effect] = {}
    for record in records:
        for key, before, after in _events(record):
            first = seen.setdefault(key, Effect(before is not None and visible(before), False, frozenset()))
            first.stands = after is not None and visible(after)
            first.labels = after or frozenset()
    found = Effects()
    for key, effect in seen.items():
        if effect.stands and effect.was:
            found.changed[key] = effect.labels
        elif effect.stands:
            found.new.append(key)
        elif effect.was:
            found.gone.append(key)
    return found


_Event = tuple[str, frozenset[str] | None, frozenset[str] | None]
"""Key, label ids before and after; None where the message is not there."""


def _events(record: Mapping[str, Any]) -> Iterator[_Event]:
    for one in record.get("messagesAdded", ()):
        key, labels = _message(one)
        yield key, None, labels
    for one in record.get("labelsRemoved", ()):
        key, labels = _message(one)
        yield key, labels | set(one.get("labelIds", ())), labels
    for one in record.get("labelsAdded", ()):
        key, labels = _message(one)
        yield key, labels - set(one.get("labelIds", ())), labels
    for one in record.get("messagesDeleted", ()):
        key, labels = _message(one)
        yield key, labels, None


def _message(one: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    message = one["message"]
    return str(message["id"]), frozenset(message.get("labelIds", ()))
