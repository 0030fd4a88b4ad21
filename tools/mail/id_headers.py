"""The headers that hold Message-IDs, written so that every id stays byte for byte."""

from __future__ import annotations

from email.policy import Policy
from typing import Any


class IdHeader:
    """For `HeaderRegistry`: one id a line. The standard library's own folding turns an id that is longer than a line into
    an encoded word, which no mail program finds again."""

    max_count = 1

    @staticmethod
    def parse(value: str, kwds: dict[str, Any]) -> None:
        """Takes ids with blanks between them."""
        kwds["decoded"] = " ".join(value.split())
        kwds["defects"] = []

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes out."""
        name: str = self.name  # type: ignore[attr-defined]
        ids = str(self).split()
        return f"{name}: {f'{policy.linesep} '.join(ids)}{policy.linesep}"
