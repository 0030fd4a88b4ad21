"""One way to read an utterance: a tool, its arguments, and how sure the reader is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SURE = 0.9
"""From here on the grammar alone decides, without asking the embedder."""


@dataclass(frozen=True)
class Reading:
    """`certainty` is between 0 and 1. `missing`: the question to ask when an argument that is needed was not said."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)
    certainty: float = 1.0
    missing: str = ""


@dataclass(frozen=True)
class Words:
    """The reading that needs no tool: something to say."""

    text: str
    certainty: float = 1.0
