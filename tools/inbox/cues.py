"""Turns of phrase that tell what kind of mail it is: families of patterns, found together in one linear pass (RE2)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tools.inbox.phrases import Phrases

SUBJECT = 500
READ = 4_000
"""Characters of a mail that are searched: what it wants stands at its beginning."""
FOOT = 1_500
"""And so many at its end, where bulk mail says who sent it and how to leave."""


def cues(subject: str, text: str) -> dict[str, int]:
    """How many different cues of each family of `cues.toml` a mail holds; families without any are left out."""
    body = text if len(text) <= READ + FOOT else f"{text[:READ]}\n{text[-FOOT:]}"
    # On one line, since mail is wrapped anywhere and `.` stops at the end of a line.
    searched = " ".join(f"{subject[:SUBJECT]} : {body}".lower().split()).encode("utf-8", "replace")
    counted = ((family, len(phrases.found(searched))) for family, phrases in _families().items())
    return {family: count for family, count in counted if count}


@cache
def _families() -> Mapping[str, Phrases]:
    """A set a family: one of all would want more memory for its automaton than the rest of triage together."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {family: Phrases(patterns) for family, patterns in table.items()}
