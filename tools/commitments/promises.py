"""What a mail promises: the sentences in which its sender says that they will do something definite, in their own words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.inbox.asks import sentences
from tools.inbox.phrases import Phrases

LONGEST = 400
"""Characters of a sentence that is read; a longer one is a list or a wall of text, and nobody's word."""
MOST = 5
"""Promises of one mail that are kept, the first ones."""

_MEMORY = 64 << 20
"""Bytes that the automaton may grow to."""
_WHETHER = re.compile(r"\b(see|check|ask|confirm|out|look|know|tell you|sure|verify|test|determine|decide) (?:if)\b")
_AGREED = re.compile(r"(?:,|\bis that|\bthat is|\bthat's)? (?:ok|okay|alright|all right|fine|right|deal)\s?\?$")


@dataclass(frozen=True)
class Promise:
    """One promise."""

    quote: str
    """The sentence, word for word, on one line."""
    file: bool
    """Whether what was promised is something that comes attached."""


def promises(text: str) -> list[Promise]:
    """Reads the new words of a mail, without quoted history and signature."""
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    found = (promise for sentence in sentences(own) if (promise := promised(sentence)) is not None)
    return [promise for promise, _ in zip(_once(found), range(MOST), strict=False)]


def promised(sentence: str) -> Promise | None:
    """The promise that a sentence is; None when it is none, or not surely."""
    if len(sentence) > LONGEST:
        return None
    said = _WHETHER.sub(r"\1 whether", sentence.lower().replace("’", "'"))
    if said.rstrip(' )"”').endswith(("?", "？")) and not _AGREED.search(said):
        return None
    seen = _seen(said)
    if "promise" not in seen or "veto" in seen:
        return None
    return Promise(sentence, "file" in seen)


def _once(found: Iterator[Promise]) -> Iterator[Promise]:
    known: set[str] = set()
    for promise in found:
        if promise.quote not in known:
            known.add(promise.quote)
            yield promise


def _seen(said: str) -> set[str]:
    owners, phrases = _phrases()
    return {owners[number] for number in phrases.found(said)}


@cache
def _phrases() -> tuple[Sequence[str], Phrases]:
    """The family that each pattern of `promises.toml` is of, and the patterns of all families together."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    rows = [(family, pattern) for family, patterns in table["families"].items() for pattern in patterns]
    for name, words in table["words"].items():
        rows = [(family, pattern.replace(f"<{name}>", words)) for family, pattern in rows]
    return [family for family, _ in rows], Phrases([pattern for _, pattern in rows], _MEMORY)
