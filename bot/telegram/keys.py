"""Buttons under a message: their words, what they carry, and their rows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.telegram.text import foreign

LONGEST_LABEL = 48
"""Characters of a button that a phone can show."""


@dataclass(frozen=True)
class Key:
    """A button under a message."""

    label: str
    data: str
    style: str | None = None


def rows(keys: Sequence[Key]) -> list[list[Key]]:
    """Two keys in a row where both are short."""
    found: list[list[Key]] = []
    for one in keys:
        beside = found[-1] if found else []
        if len(beside) == 1 and len(beside[0].label) <= 18 and len(one.label) <= 18:
            beside.append(one)
        else:
            found.append([one])
    return found


def label(text: str) -> str:
    """A button's words: one line, never empty, and what is too long says so by its dots."""
    words = " ".join("".join(one.text for one in foreign(text)).split()) or "·"
    return words if len(words) <= LONGEST_LABEL else f"{words[: LONGEST_LABEL - 1].rstrip()}…"
