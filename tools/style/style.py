"""Style: a few facts about how somebody writes, each from a closed list, and how they become the ends of a letter."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from tools.llm.offline.compose import given_name

Named = Literal["first", "full", "title", "none"]
"""By what the greeting names the reader. `title`: Dear Ms Raman."""
Signed = Literal["first", "full", "initial", "none"]
"""What stands below the sign-off."""
Formality = Literal["formal", "informal", ""]

LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "it": "Italian",
    "nl": "Dutch",
}


@dataclass(frozen=True)
class Style:
    """How somebody writes. Empty words: there is none, or none that we know of."""

    greeting: str
    """One of `greetings()`; empty: the letter begins with the name, or with what it has to say."""
    named: Named
    sign_off: str
    """One of `sign_offs()`."""
    signed: Signed
    formality: Formality = ""
    words: int = 0
    """How long their letters are, in words: the median."""
    language: str = ""
    """One of `LANGUAGES`."""

    def to_json(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Style:
        """What `to_json` wrote. A value that is in no list is taken for none: nothing else ever reaches a draft."""
        return cls(
            greeting=_one_of(stored.get("greeting"), greetings(), ""),
            named=_one_of(stored.get("named"), get_args(Named), "none"),
            sign_off=_one_of(stored.get("sign_off"), sign_offs(), ""),
            signed=_one_of(stored.get("signed"), get_args(Signed), "none"),
            formality=_one_of(stored.get("formality"), get_args(Formality), ""),
            words=max(0, min(int(stored.get("words") or 0), 2_000)),
            language=_one_of(stored.get("language"), LANGUAGES, ""),
        )

    def for_anybody(self) -> Style:
        """The same for a reader whose sex nobody knows."""
        return replace(self, greeting=_lists()["to_one_sex"].get(self.greeting, self.greeting))

    def opening(self, reader: str) -> str:
        """The greeting of a letter to a reader, by name: `Hi Bo,`. Empty: there is none."""
        first = given_name(reader)
        name = {"first": first, "title": reader.strip() if first else "", "full": reader.strip() if first else ""}.get(
            self.named, ""
        )
        line = " ".join(part for part in (self.greeting, name) if part)
        return f"{line}," if line else ""

    def closing(self, own_name: str) -> str:
        """The end of a letter of somebody of that name, one or two lines. Empty: there is none."""
        first = given_name(own_name) or own_name.strip()
        name = {"first": first, "full": own_name.strip(), "initial": f"{first[:1]}."}.get(self.signed, "")
        return "\n".join(part for part in (f"{self.sign_off}," if self.sign_off else "", name) if part)


def greetings() -> frozenset[str]:
    """Every greeting that can be learned."""
    return frozenset(one for several in _lists()["greetings"].values() for one in several)


def sign_offs() -> frozenset[str]:
    """Every sign-off that can be learned."""
    return frozenset(one for several in _lists()["sign_offs"].values() for one in several)


def lists(name: str) -> Mapping[str, Any]:
    """A table of `phrases.toml`."""
    found: Mapping[str, Any] = _lists()[name]
    return found


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


def _one_of(value: Any, known: Any, otherwise: Any) -> Any:
    return value if value in known else otherwise
