"""A scorecard: the figures of one evaluation and what came out for each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scorecard:
    """`figures` are counts and shares by name; `cases` holds one dict a case, ready for JSON."""

    name: str
    figures: dict[str, float | int | str]
    cases: list[dict[str, Any]]
