"""A set of patterns, searched together in one pass. RE2, since it is linear and the text is a stranger's."""

from __future__ import annotations

from collections.abc import Sequence

import re2


class Phrases:
    """Patterns, numbered from 0 in their order."""

    def __init__(self, patterns: Sequence[str], memory: int = 8 << 20) -> None:
        """`memory`: bytes the automaton may grow to; when it is too small it is built anew again and again."""
        options = re2.Options()
        options.max_mem = memory
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def found(self, text: str | bytes) -> list[int]:
        """The numbers of the patterns that occur in a text, or in a text as UTF-8 for whoever asks many sets."""
        return self._set.Match(text.encode("utf-8", "replace") if isinstance(text, str) else text) or []
