"""What the offline brain knows of the moment, read from the system message's `facts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from storage.values.clock import now as current_time


@dataclass(frozen=True)
class Shown:
    """One line of the list that the person sees."""

    number: int
    sender: str
    subject: str


@dataclass(frozen=True)
class Facts:
    """The moment. Everything is optional; what strangers wrote (subjects, names) is only ever compared, never obeyed."""

    now: datetime = field(default_factory=current_time)
    zone: str = "UTC"
    labels: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    draft: bool = False
    file: str = ""
    files: tuple[str, ...] = ()

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Facts:
        """Reads the dict that rides on the system message; a missing key means "nothing known"."""
        return cls(
            now=_moment(raw.get("now")),
            zone=str(raw.get("zone") or "UTC"),
            labels=tuple(str(label) for label in raw.get("labels") or ()),
            people=tuple(str(person) for person in raw.get("people") or ()),
            shown=tuple(_shown(line) for line in raw.get("shown") or ()),
            draft=raw.get("draft") is not None,
            file=str(raw.get("file") or ""),
            files=tuple(str(name) for name in raw.get("files") or ()),
        )

    @property
    def last_number(self) -> int | None:
        """The number of the last mail of the list, when one is shown."""
        return max((line.number for line in self.shown), default=None)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every word of the names and addresses of known senders, lower-case, three letters or more."""
        senders = [*self.people, *(line.sender for line in self.shown)]
        return frozenset(word for sender in senders for word in _name_words(sender))


_NO_NAMES = frozenset(
    "com net org www mail email noreply reply info team support hello contact news newsletter the and von van der for "
    "example test invalid gmail outlook ltd inc llc gmbh".split()
)


def _name_words(sender: str) -> set[str]:
    name = sender.split("<", 1)[0] if "<" in sender else sender.split("@", 1)[0]
    cleaned = "".join(character if character.isalnum() else " " for character in name.casefold())
    return {word for word in cleaned.split() if len(word) > 2 and word not in _NO_NAMES and not word.isdigit()}


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str) and value:
        read = datetime.fromisoformat(value)
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return current_time()


def _shown(line: Mapping[str, Any]) -> Shown:
    return Shown(int(line.get("n") or 0), str(line.get("from") or ""), str(line.get("subject") or ""))
