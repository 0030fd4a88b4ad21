"""How rules see text: one form for mail and rule alike, so that neither capitals nor look-alikes hide a word."""

from __future__ import annotations

import re
import unicodedata

READ = 100_000
"""Characters of a body that rules read."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f\u034f\u180e]")


def seen(text: str) -> str:
    """Without characters that show nothing, and with compatible forms (full-width, ligatures) as the plain ones."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text))


def folded(text: str) -> str:
    """The same without the difference of capitals."""
    return seen(text).casefold()
