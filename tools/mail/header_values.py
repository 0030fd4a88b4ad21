"""Headers as words: decoded when somebody asks, since of thirty fields a reader needs three."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.mail.words import raw_text, words


class Headers(Mapping[str, tuple[str, ...]]):
    """Lower-cased name of a field -> its values in order, each on one line and safe to store."""

    def __init__(self, raw: Mapping[str, Sequence[bytes]]) -> None:
        self._raw = raw
        self._read: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        values = self._read.get(name)
        if values is None:
            values = self._read[name] = tuple(words(raw_text(value)) for value in self._raw[name])
        return values

    def get(
        self, name: str, default: Any = None
    ) -> Any:  # asked for a dozen fields a mail, most of which are not there
        """The values of a field, or something else where there is none."""
        return self[name] if name in self._raw else default

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"
