"""The headers that hold Message-IDs, written so that every id stays byte for byte."""

from __future__ import annotations

from email.headerregistry import UnstructuredHeader
from email.policy import Policy
from typing import Any


class IdHeader(UnstructuredHeader):
    """For `HeaderRegistry`: one id a line. The standard library's own folding turns an id that is longer than a line into
    an encoded word, which no mail program finds again."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Takes ids with blanks between them, and decodes nothing in them."""
        kwds["parse_tree"] = cls.value_parser(value)
        kwds["decoded"] = " ".join(value.split())

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes out."""
        name: str = self.name  # type: ignore[attr-defined]
        return f"{name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"
