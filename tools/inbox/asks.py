"""What a mail wants of its reader, or promises: read sentence by sentence, in the languages our people write most."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.inbox.phrases import Phrases

READ = 6_000
"""Characters that are read: a mail that has not asked by then is not asking."""
MOST_SENTENCES = 60
LONGEST_SENTENCE = 600
"""A longer one is a list or a wall of text; its beginning is read."""

_MEMORY = 64 << 20
"""Bytes that the automaton may grow to; with RE2's 8 MB it is thrown away and built anew again and again."""


@dataclass(frozen=True)
class Asks:
    """The first sentence of each kind, in the sender's words; empty when there is none."""

    request: str = ""
    """Asks the reader to do something."""
    question: str = ""
    """Asks the reader for an answer."""
    deadline: str = ""
    """Names a time by which something must be done."""
    promise: str = ""
    """The sender says that they will do something."""
    waived: str = ""
    """The sender says that no answer is needed."""

    @property
    def wants(self) -> bool:
        """Whether the reader is asked for anything."""
        return bool(self.question or (self.request and not self.waived))


def asks(text: str, title: str = "") -> Asks:
    """Reads the new words of a mail (without quoted history), and its subject if there is one."""
    found: dict[str, str] = {}
    for sentence in sentences(text):
        for kind in _kinds(sentence):
            found.setdefault(kind, sentence)
    for kind in _kinds(title, imperative=False) if title else ():
        found.setdefault(kind, title)
    return Asks(**found)


def _kinds(sentence: str, imperative: bool = True) -> Iterator[str]:
    seen = _seen(sentence.lower().replace("’", "'"))
    if "waived" in seen:
        yield "waived"
    elif "formula" not in seen:
        if "request" in seen or (imperative and "imperative" in seen):
            yield "request"
        if "to reader" in seen and sentence.endswith(("?", "?!", "?)", "？")):
            yield "question"
    yield from seen & {"deadline", "promise"}


def _seen(said: str) -> set[str]:
    owners, phrases = _phrases()
    return {owners[number] for number in phrases.found(said)}


_GAP = re.compile(r"\n\s*\n|\n\s*(?:[-*•–]|\d{1,2}[.)])\s+|(?<=[.!?？。])[\"”)]?\s+(?=\S)")


def sentences(text: str) -> Iterator[str]:
    """Sentences and lines of lists; lines that were only wrapped are joined again."""
    count = 0
    for piece in _GAP.split(text[:READ]):
        sentence = " ".join(piece.split())[:LONGEST_SENTENCE]
        if len(sentence) > 1:
            yield sentence
            count += 1
            if count >= MOST_SENTENCES:
                return


@cache
def _phrases() -> tuple[Sequence[str], Phrases]:
    """The family that each pattern of `asks.toml` is of, and the patterns of all families together."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    rows = [(family, pattern) for family, patterns in table["families"].items() for pattern in patterns]
    for name, words in table["words"].items():
        rows = [(family, pattern.replace(f"<{name}>", words)) for family, pattern in rows]
    return [family for family, _ in rows], Phrases([pattern for _, pattern in rows], _MEMORY)
