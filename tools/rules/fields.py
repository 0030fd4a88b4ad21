"""The fields of a mail that a rule can ask about, and how each can be asked. One line a field; docs/rules.md is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tools.rules.rule import Operator

Kind = Literal["text", "name", "number", "yes_no", "age"]


@dataclass(frozen=True)
class Field:
    """One field: what kind of value it has, and what it means."""

    kind: Kind
    help: str


FIELDS: dict[str, Field] = {
    "subject": Field("text", "the subject"),
    "body": Field("text", "the text of the mail, its first 100,000 characters, quotes included"),
    "from": Field("text", "the sender's name and address"),
    "to": Field("text", "names and addresses of all recipients, copies included"),
    "attachment": Field("text", "the names of the attached files"),
    "from_domain": Field(
        "name", "the domain of the sender's address; a whole address is compared with the whole address"
    ),
    "label": Field("name", "a label that the mail bears"),
    "category": Field("name", "what the sorting found: work, personal, newsletter, promotion, notification, …"),
    "confidence": Field("number", "how sure the sorting is, from 0 to 1"),
    "similarity": Field(
        "number", "how near in meaning, from 0 to 1: to the text in `to`, else to the nearest other mail"
    ),
    "age": Field("age", "how long ago the mail was sent: `3d`, `12h`, or a number of days"),
    "has_attachment": Field("yes_no", "whether files are attached"),
    "needs_me": Field("yes_no", "whether the mail was found to wait for you"),
}

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    "text": ("contains", "matches_regex", "equals", "in", "not"),
    "name": ("in", "equals", "contains", "matches_regex", "not"),
    "number": ("gt", "gte", "lt", "lte", "equals", "not"),
    "age": ("gt", "gte", "lt", "lte"),
    "yes_no": ("equals", "not"),
}

OPERATOR_HELP: dict[Operator, str] = {
    "contains": "one of the words stands somewhere in it",
    "matches_regex": "one of the RE2 patterns is found in it",
    "in": "it is one of these, as a whole",
    "equals": "it is this, as a whole",
    "not": "it is none of these, as a whole",
    "gt": "more than",
    "gte": "at least",
    "lt": "less than",
    "lte": "at most",
}
