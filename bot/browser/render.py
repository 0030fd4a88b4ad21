"""How words look to the page: plain values, which it shows as text and never as markup."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from agent.cards import EDIT, LABELS
from agent.chat import Card, File, Progress, Reply
from agent.verdicts import BAD, GOOD, token

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What is shown in the talk. SVG is not among them: it is a program."""

PAGES = frozenset({"text/html"})
"""What opens in a tab of its own, locked in."""

LONGEST_ARGUMENT = 80
"""Characters of an argument that a step shows."""


def said(name: str, text: str, file: str = "") -> dict[str, Any]:
    """What the person said, and the name of the file that they gave with it."""
    return {"kind": "said", "name": name, "text": text, "file": file}


def reply(name: str, word: Reply, *, partial: bool = False) -> dict[str, Any]:
    """Our words; `partial` while they are still being written."""
    return {"kind": "reply", "name": name, "text": word.text, "partial": partial, "verdicts": verdicts_of(word)}


def verdicts_of(word: Reply) -> list[dict[str, str]]:
    """What a person may think of an answer, and what a press that says so carries."""
    labels = {GOOD: "Good answer", BAD: "Bad answer"} if word.about else {}
    return [{"label": label, "verdict": name, "token": token(name, word.about)} for name, label in labels.items()]


def card(one: Card) -> dict[str, Any]:
    """A card under its own id. Of a card with inputs, `form` is the button that opens them; what a person writes there
    goes along with that press only."""
    return {
        "kind": "card",
        "name": card_name(one),
        "title": one.title,
        "text": one.text,
        "fields": [{"label": field.label, "value": field.value} for field in one.fields],
        "buttons": [{"label": button.label, "token": button.token} for button in one.buttons],
        "choices": [{"name": choice.name, "label": choice.label} for choice in one.choices],
        "inputs": [{"name": blank.name, "label": blank.label, "value": blank.value} for blank in one.inputs],
        "form": form_of(one),
    }


def card_name(one: Card) -> str:
    """A card is shown once in a talk: shown again, it moves to the end."""
    return f"card:{one.id}"


def form_of(one: Card) -> str:
    """The token of the button that opens the inputs: Edit, or the first where there is none of that name."""
    if not one.inputs or not one.buttons:
        return ""
    return next((button.token for button in one.buttons if button.label == LABELS[EDIT]), one.buttons[0].token)


def file(word: File) -> dict[str, Any]:
    """A file: an image is shown, a page opens in a tab, anything else is downloaded."""
    shown = "image" if word.media_type in IMAGES else "page" if word.media_type in PAGES else "download"
    return {
        "kind": "file",
        "name": f"file:{word.blob}",
        "title": word.name,
        "text": word.text,
        "media_type": word.media_type,
        "shown": shown,
        "href": f"/browser/files/{word.blob}",
    }


def step(progress: Progress) -> dict[str, Any]:
    """A tool that is being called, in words."""
    return {"tool": progress.tool.replace("_", " "), "about": _about(progress.arguments)}


def _about(arguments: Mapping[str, Any]) -> str:
    words = [str(value) for value in arguments.values() if isinstance(value, str | int) and str(value).strip()]
    text = ", ".join(islice(words, 3))
    return text if len(text) <= LONGEST_ARGUMENT else f"{text[:LONGEST_ARGUMENT]}…"
