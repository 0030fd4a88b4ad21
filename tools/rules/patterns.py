"""Patterns: RE2 only, and only those that are quick on any mail. What is not supported is refused when it is saved."""

from __future__ import annotations

import time
from functools import cache, lru_cache
from typing import Any

import re2

from storage.values.errors import Refused
from tools.rules.text import READ

LONGEST = 1_000
"""Characters of a pattern."""

LARGEST_PROGRAM = 400
"""Instructions of a compiled pattern; an ordinary one has fewer than 100."""

PATIENCE = 0.02
"""CPU seconds that a pattern may take over a hard mail of 100,000 characters; an ordinary one takes 0.0005 (measured)."""

MEMORY = 16 << 20
"""Bytes that RE2 may use for one pattern, or for a set of them; taken only when needed."""


def options() -> Any:
    """How patterns are read: no difference of capitals, no captures (they are slow and nobody reads them)."""
    made = re2.Options()
    made.case_sensitive = False
    made.never_capture = True
    made.log_errors = False
    made.max_mem = MEMORY
    return made


def checked(pattern: str) -> None:
    """Refused, in words, for a pattern that is not supported, fits every mail or may be slow."""
    wrong = _wrong(pattern)
    if wrong:
        raise Refused(wrong)


@lru_cache(maxsize=4_096)
def _wrong(pattern: str) -> str:
    """What is wrong with a pattern; measured once."""
    if not pattern.strip():
        return "the pattern is empty, so it would fit every mail"
    if len(pattern) > LONGEST:
        return f"the pattern has {len(pattern):,} characters; at most {LONGEST:,} are allowed"
    shown = pattern if len(pattern) <= 100 else f"{pattern[:100]}…"
    try:
        made = compiled(pattern)
    except re2.error as error:
        return f"the pattern “{shown}” is not supported by RE2: {_words(error)}"
    if made.search("") and made.search("\x01"):
        return f"the pattern “{shown}” fits every mail, since it fits nothing at all; say what must be there"
    if made.programsize > LARGEST_PROGRAM:
        size = f"{made.programsize:,} steps, at most {LARGEST_PROGRAM}"
        return f"the pattern “{shown}” is too large ({size}); use smaller repeats"
    if slowest(made.search, READ) > PATIENCE:
        return f"the pattern “{shown}” can take too long on a long mail; use fewer nested or open repeats"
    return ""


@lru_cache(maxsize=4_096)
def compiled(pattern: str) -> Any:
    """The pattern, ready to search."""
    return re2.compile(pattern, options())


def slowest(search: Any, length: int) -> float:
    """CPU seconds of a search over the beginning of the mail that is hardest for it; ends at the first that is too long."""
    worst = 0.0
    for text in hard_texts():
        begun = time.thread_time()
        search(text[:length])
        worst = max(worst, time.thread_time() - begun)
        if worst > PATIENCE:
            break
    return worst


@cache
def hard_texts() -> tuple[str, ...]:
    """Mails on which patterns take longest: long runs of few letters, words without end, and pseudo-random ones."""
    state, two, many = 1, [], []
    for _ in range(READ):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        two.append("ab"[state >> 30])
        many.append("abcdefghij klmnopé€01 9@.-\n"[state >> 16 & 15])
    runs = ("a" * READ, "ab" * (READ // 2), "word " * (READ // 5), "0123 4567-" * (READ // 10), "x=\n" * (READ // 3))
    return (*runs, "".join(two), "".join(many))


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
