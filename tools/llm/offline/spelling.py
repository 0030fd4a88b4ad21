"""Mends typing slips in the words that steer ("serach", "lable", "tomorow"); names and topics are left alone."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from tools.llm.offline.words import (
    COMMAND_WORDS,
    MAIL_NOUNS,
    NUMBER_WORDS,
    ORDINALS,
    SHORT_FORMS,
    STOP_WORDS,
    TOPIC_WORDS,
)
from tools.llm.wordpiece import vocabulary

_STEERING = tuple(dict.fromkeys(word for word in [*COMMAND_WORDS, *TOPIC_WORDS] if len(word) >= 4))
_KNOWN = (
    frozenset(COMMAND_WORDS)
    | frozenset(TOPIC_WORDS)
    | STOP_WORDS
    | MAIL_NOUNS
    | frozenset(NUMBER_WORDS)
    | frozenset(ORDINALS)
)
_FAMILIAR = frozenset(
    "invoice invoices payslip payroll timesheet offsite onboarding signup newsletter newsletters".split()
)


def mended(word: str) -> str:
    """The steering word that `word` (lower-case) was meant to be, or `word` itself."""
    return SHORT_FORMS.get(word) or _mended(word)


@lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    if len(word) < 4 or not word.isalpha() or word in _KNOWN or word in _FAMILIAR or word in vocabulary():
        return word
    allowed = 1 if len(word) < 7 else 2
    best = min(_STEERING, key=lambda known: (OSA.distance(word, known), abs(len(known) - len(word))))
    return best if OSA.distance(word, best) <= allowed and best[0] == word[0] and _not_an_ending(word, best) else word


def _not_an_ending(word: str, known: str) -> bool:
    """Whether the two differ by more than an ending ("drafts" is no slip of "draft")."""
    return not (word.startswith(known) or known.startswith(word) or (word[:-1] == known[:-1] and word[-1] in "sdy"))
