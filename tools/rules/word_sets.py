"""Many words in one pass: a set of RE2, whose steps are the fastest, or an automaton when there are very many words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import ahocorasick  # type: ignore[import-not-found]  # a C module without stubs
import re2

from tools.rules.patterns import options

MANY = 4_000
"""Words beyond which RE2's states no longer fit its memory. Per mail of 2,300 characters a set of 500 words takes 20 to
40 µs and one of 3,000 takes 52; the automaton takes 90 and 107, and needs no memory that could run out (measured)."""

SET_MEMORY = 64 << 20
LONGEST_WORDS = 60_000
"""Characters of all words of a set, for the same reason."""


class WordSet:
    """Words that are searched together. A word is known by its place in what was given."""

    def __init__(self, words: Sequence[str]) -> None:
        few = len(words) <= MANY and sum(map(len, words)) <= LONGEST_WORDS
        self._search = _set(words) if few else _automaton(words)

    def found(self, text: str) -> Iterable[int]:
        """Which words stand in a text."""
        return self._search(text)


def _set(words: Sequence[str]) -> Callable[[str], Iterable[int]]:
    made_with = options()
    made_with.case_sensitive = True  # words and text are folded
    made_with.literal = True
    made_with.max_mem = SET_MEMORY
    made = re2.Set.SearchSet(made_with)
    for one in words:
        made.Add(one.encode("utf-8", "replace"))
    made.Compile()
    return lambda text: made.Match(text.encode("utf-8", "replace")) or ()


def _automaton(words: Sequence[str]) -> Callable[[str], Iterable[int]]:
    made = ahocorasick.Automaton()
    for number, one in enumerate(words):
        made.add_word(one, number)
    made.make_automaton()
    return lambda text: dict.fromkeys(number for _end, number in made.iter(text))
