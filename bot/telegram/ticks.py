"""Ticks: where a card lets a person choose, each item is a button that is ticked or not. The keyboard holds the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.chat import Choice
from bot.telegram.keys import Key, label

TICK = "tick:"
ON, OFF = "☑ ", "☐ "

CHOSEN = "chosen"
"""The field in which a press says what is ticked."""

Keys = Sequence[Sequence[Key]]


def boxes(choices: Sequence[Choice]) -> list[list[Key]]:
    """A row for each item, all ticked."""
    return [[Key(f"{ON}{label(one.label)}", f"{TICK}{one.name}")] for one in choices]


def flipped(keys: Keys, data: str) -> list[list[Key]]:
    """The keyboard after a press on one of its boxes."""
    return [[_flip(one) if one.data == data else one for one in row] for row in keys]


def fields(keys: Keys) -> Mapping[str, str]:
    """What goes with a press on another button of that keyboard."""
    every = [one for row in keys for one in row if one.data.startswith(TICK)]
    if not every:
        return {}
    return {CHOSEN: ",".join(one.data.removeprefix(TICK) for one in every if one.label.startswith(ON))}


def same(one: Keys, other: Keys) -> bool:
    """Whether both are one keyboard, whatever is ticked in it."""
    return [[key.data for key in row] for row in one] == [[key.data for key in row] for row in other]


def _flip(key: Key) -> Key:
    on = key.label.startswith(ON)
    return replace(key, label=f"{OFF if on else ON}{key.label[len(ON) :]}")
