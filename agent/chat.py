"""The words of a conversation, with no platform in them. In: Message, Click. Out: Reply, Card, Update, File; and while an
answer is made, Progress and Saying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """What a person said."""

    text: str


@dataclass(frozen=True)
class Click:
    """A button that a person pressed, with the form's fields when it had some."""

    token: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """Plain words, never markup. `about`: the event that they answer, of which a person may say whether they found the answer
    good; empty where there is nothing to judge."""

    text: str
    about: str = field(default="", compare=False)


@dataclass(frozen=True)
class Field:
    """A fact on a card: what it is and its value, both plain text."""

    label: str
    value: str


@dataclass(frozen=True)
class Input:
    """Something that a person may fill in before pressing Edit."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Choice:
    """An item that a person may untick before pressing. What is ticked goes with the press as the field `chosen`: the
    names, with commas between. A platform without ticks shows the card's text, which lists all of them."""

    name: str
    label: str


@dataclass(frozen=True)
class Button:
    """A choice on a card. The token is looked up when it is pressed, together with who presses."""

    label: str
    token: str


@dataclass(frozen=True)
class Card:
    """Something to decide or to look at. `id` stays the same when the card is shown anew in another state."""

    id: str
    title: str
    text: str
    fields: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    inputs: tuple[Input, ...] = ()
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Update:
    """The card with this id looks like this now."""

    card: Card


@dataclass(frozen=True)
class File:
    """A file for the person: the id of its bytes in the blob store, and what it shows in words."""

    name: str
    media_type: str
    blob: str
    text: str


@dataclass(frozen=True)
class Progress:
    """A tool is being called."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Saying:
    """An answer that is being written: its words from the first one on, as far as they may be shown. The Reply that follows
    takes their place, whatever it says."""

    text: str


Word = Reply | Card | Update | File
"""What can wait in the outbox."""

Shown = Word | Progress | Saying


def to_row(word: Word) -> dict[str, Any]:
    """The word as the outbox keeps it."""
    return {"kind": type(word).__name__.lower(), "body": asdict(word)}


def from_row(kind: str, body: dict[str, Any]) -> Word:
    """What `to_row` kept."""
    if kind == "reply":
        return Reply(body["text"], body.get("about", ""))
    if kind == "card":
        return _card(body)
    if kind == "update":
        return Update(_card(body["card"]))
    return File(**body)


def _card(body: dict[str, Any]) -> Card:
    return Card(
        id=body["id"],
        title=body["title"],
        text=body["text"],
        fields=tuple(Field(**one) for one in body["fields"]),
        buttons=tuple(Button(**one) for one in body["buttons"]),
        inputs=tuple(Input(**one) for one in body["inputs"]),
        choices=tuple(Choice(**one) for one in body.get("choices", ())),
    )
