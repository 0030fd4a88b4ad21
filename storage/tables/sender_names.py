"""Names with a slip of the pen: what a word may have been meant to be, among the names that there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_NAME = re.compile(r"[^\W\d_]{5,}")
"""What may be misspelt: an address is right or wrong, and shorter names are too much alike."""

_LONG = 9
"""Letters from which a name may have two slips, and not one only."""


def respelt(words: Sequence[str], senders: Iterable[str]) -> list[str]:
    """The words, each that nobody has replaced by the nearest name. A slip is a letter wrong, missing, too many, or changed
    with its neighbour; of names that are equally near, the first is taken."""
    known = list(senders)
    names = {name: None for sender in known for name in _NAME.findall(sender.casefold())}
    return [word if _had(word, known) else _nearest(word.casefold(), names) or word for word in words]


def _had(word: str, senders: Sequence[str]) -> bool:
    return any(word.casefold() in sender.casefold() for sender in senders)


def _nearest(word: str, names: Iterable[str]) -> str | None:
    from rapidfuzz.distance import OSA  # 40 ms, which only a misspelt name has to pay

    if not _NAME.fullmatch(word):
        return None
    slips = 2 if len(word) >= _LONG else 1
    near = [(OSA.distance(word, name, score_cutoff=slips), name) for name in names]
    return min((one for one in near if one[0] <= slips), key=lambda one: one[0], default=(0, None))[1]
