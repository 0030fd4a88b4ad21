"""A template: a text with typed fields. What could go out unfilled is refused when it is saved."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from storage.values.errors import Refused

FIELDS: dict[str, str] = {
    "sender_name": "the name that the sender's From line shows, if it is a name",
    "sender_first_name": "its first word",
    "sender_address": "the sender's address",
    "subject": "the subject of the mail that is answered, if it holds no link",
    "date": "the day on which that mail was sent",
    "my_name": "your own name",
    "my_address": "the address that is answered from",
}
"""Every field, and where its value comes from: typed headers, never the text of a mail."""

LONGEST = 20_000
"""Characters of a template."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_PLACE = re.compile(r"\{\{\s*([A-Za-z_]+)\s*(?:\|\s*([^{}|\n]{1,60}?)\s*)?\}\}")
_LEFT_OPEN = re.compile(
    r"\{\{|\}\}|\{%|\$\{[^}]*\}|\{\s*[A-Za-z_ ]{2,40}\s*\}|<<[^>\n]{1,40}>>|%[A-Z_]{3,40}%"
    r"|\[\s*(?:your|the|insert|enter|first|last|full|sender|recipient|client|customer|company|project|name|date|xx+)\b[^\]\n]{0,40}\]"
    r"|<\s*(?:your|insert|first|last|full|sender|recipient|client|customer|company|name|date)\b[^>\n]{0,40}>|\bX{3,}\b",
    re.IGNORECASE,
)
"""What people and programs write where something is still to be filled in."""


@dataclass(frozen=True)
class Place:
    """A field in a text, and the words that stand in for it when the mail does not say."""

    field: str
    otherwise: str


Part = str | Place


def checked(name: str, subject: str, body: str, threshold: float | None) -> None:
    """Refused, in words, for what cannot be a template."""
    if not NAME.fullmatch(name):
        raise Refused("A template's name is made of lower-case letters, digits, _ and -, for example “away”.")
    if not body.strip():
        raise Refused("A template needs a text.")
    if len(body) > LONGEST or len(subject) > 200:
        raise Refused(f"A template has at most {LONGEST:,} characters of text and 200 of subject.")
    if any(one in subject for one in "\r\n"):
        raise Refused("The subject of a template is one line.")
    if threshold is not None and not 0.85 <= threshold <= 1:
        raise Refused(
            "A template's own threshold is between 0.85 and 1: it can be stricter than the rest, never laxer."
        )
    parts(subject)
    parts(body)


def parts(text: str) -> list[Part]:
    """The text cut at its fields. Refused for a field that there is not, and for anything that looks left open."""
    found: list[Part] = []
    end = 0
    for place in _PLACE.finditer(text):
        name = place[1].casefold()
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, 1)
            hint = f"did you mean {{{{{near[0]}}}}}?" if near else f"there is {', '.join(FIELDS)}."
            raise Refused(f"Line {_line(text, place.start())}: there is no field “{place[1][:40]}”; {hint}")
        found += [text[end : place.start()], Place(name, place[2] or "")]
        end = place.end()
    found.append(text[end:])
    _refuse_left_open(text, [one for one in found if isinstance(one, str)])
    return found


def _refuse_left_open(text: str, words: list[str]) -> None:
    for one in words:
        left = _LEFT_OPEN.search(one)
        if left:
            line = _line(text, text.find(left[0]))
            raise Refused(
                f"Line {line}: “{left[0]}” looks like something still to be filled in; write it out, or use a field "
                "such as {{sender_name}}."
            )


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, max(0, at)) + 1
