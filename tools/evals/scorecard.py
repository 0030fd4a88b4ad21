"""A scorecard: the figures of one evaluation and what came out for each case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Scorecard:
    """`figures` are counts and shares by name; `cases` holds one dict a case, ready for JSON."""

    name: str
    figures: dict[str, float | int | str]
    cases: list[dict[str, Any]]

    def dump(self, file: Path) -> None:
        """Writes the cases, one JSON object a line."""
        lines = (json.dumps(case, ensure_ascii=False, sort_keys=True) for case in self.cases)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
