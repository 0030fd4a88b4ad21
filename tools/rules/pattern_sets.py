"""Many patterns in one pass: sets of RE2, split where together they would be slow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2

from tools.rules.patterns import PATIENCE, compiled, options, slowest

LARGEST_SET = 20_000
"""Instructions of the patterns of one set. Beyond, RE2 might run out of its memory, and then says that nothing is found."""

SET_MEMORY = 64 << 20
TRIED = 5_000
"""Characters of a hard mail on which a set is tried: a set that is slow would take seconds over more."""

ALONE = 3
"""So few patterns are searched one by one: a set of them gains nothing."""


class PatternSets:
    """Patterns that are searched together. A pattern is known by its place in what was given."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._sets = [made for part in _parts(patterns) for made in _sets(patterns, part)]

    def found(self, text: str) -> list[int]:
        """Which patterns are found in a text."""
        encoded = text.encode("utf-8", "replace")
        return [members[one] for search, members in self._sets for one in search(encoded)]


def _parts(patterns: Sequence[str]) -> list[list[int]]:
    parts: list[list[int]] = [[]]
    size = 0
    for number, pattern in enumerate(patterns):
        size += compiled(pattern).programsize
        if size > LARGEST_SET:
            parts.append([])
            size = compiled(pattern).programsize
        parts[-1].append(number)
    return parts


def _sets(patterns: Sequence[str], members: list[int], again: bool = True) -> list[tuple[Any, list[int]]]:
    """One set, or four smaller ones where it takes too long on a hard mail, since states of patterns multiply; what is slow
    even then is searched one by one, which each pattern was measured for when it was saved."""
    if len(members) > ALONE:
        made = _set([patterns[one] for one in members])
        if slowest(made, TRIED) <= PATIENCE:
            return [(made, members)]
        if again:
            quarter = -(-len(members) // 4)
            parts = [members[start : start + quarter] for start in range(0, len(members), quarter)]
            return [made for part in parts for made in _sets(patterns, part, again=False)]
    return [(_single(patterns[one]), [one]) for one in members]


def _single(pattern: str) -> Any:
    search = compiled(pattern).search
    return lambda text: (0,) if search(text) else ()


def _set(patterns: Sequence[str]) -> Any:
    made_with = options()
    made_with.max_mem = SET_MEMORY
    made = re2.Set.SearchSet(made_with)
    for one in patterns:
        made.Add(one)
    made.Compile()
    return lambda text: made.Match(text) or ()
