"""Forms: a card's inputs as a modal, filled in when it is opened, and what a person wrote there as it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agent.chat import Card, Input
from bot.slack.text import clean, plain, short
from storage.database import Database
from storage.values.errors import Refused
from storage.values.ids import TenantId

PART = 2_800
"""Characters in one input: Slack takes 3,000, counted in its own manner. Longer text stands in several."""

PARTS = 12
TITLE, LABEL = 24, 150

FORM, TASK = "card_form", "task_form"
"""Callback ids: a card's own form, and the one of a shortcut."""

JOINED, NEW_LINE = "j", "n"


@dataclass(frozen=True)
class Purpose:
    """What a modal is for; travels in its private metadata."""

    address: str
    token: str = ""
    what: str = ""

    def __str__(self) -> str:
        return json.dumps(asdict(self))


def purpose(view: Mapping[str, Any]) -> Purpose:
    """Reads what `str` wrote."""
    return Purpose(**json.loads(view["private_metadata"]))


class Forms:
    """What cards are filled with when they are opened; kept in the memory, so that a restart forgets none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, address: str, card: Card) -> None:
        """Remembers a card's inputs, or forgets them when it has none any more."""
        if not card.inputs and card.buttons:
            return
        async with self._database.as_system() as tx:
            tenants = await tx.installations.tenants_at(address)
        for tenant in tenants:
            async with self._database.acting_as(tenant) as tx:
                if card.inputs:
                    await tx.installations.keep_form(card.id, [asdict(one) for one in card.inputs])
                else:
                    await tx.installations.drop_form(card.id)

    async def inputs(self, tenant: TenantId, card: str) -> list[Input]:
        """The inputs of a card of this tenant. Refused when it is decided."""
        async with self._database.acting_as(tenant) as tx:
            kept = await tx.installations.form(card)
        if kept is None:
            raise Refused("That card is decided already, so there is nothing to edit.")
        return [Input(**one) for one in kept]


def loading() -> dict[str, Any]:
    """What is shown until the form is there."""
    return {"type": "modal", "title": plain("One moment"), "blocks": [_words("Opening the form …")]}


def sorry(words: str) -> dict[str, Any]:
    """Why there is no form."""
    return {"type": "modal", "title": plain("Not possible"), "blocks": [_words(short(words, 2_900))]}


def form(title: str, inputs: Sequence[Input], about: Purpose, *, callback: str = FORM) -> dict[str, Any]:
    """The modal. Refused when a text is too long for it."""
    blocks = [block for one in inputs for block in _blocks(one)]
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(short(title, TITLE)),
        "submit": plain("Save" if callback == FORM else "Ask"),
        "close": plain("Cancel"),
        "private_metadata": str(about),
        "blocks": blocks,
    }


def filled(view: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """What was written, by name, and what is wrong with it, by block."""
    written: dict[str, str] = {}
    wrong: dict[str, str] = {}
    required = {block["block_id"] for block in view["blocks"] if not block.get("optional", False)}
    for block, actions in view["state"]["values"].items():
        name, _, how = block.rpartition(".")
        value = str(next(iter(actions.values())).get("value") or "")
        if how != "0":
            written[name] += ("\n" if how[0] == NEW_LINE else "") + value
        else:
            written[name] = value
            if block in required and not value.strip():
                wrong[block] = "Write something here, or press Cancel."
    return written, wrong


def _words(text: str) -> dict[str, Any]:
    return {"type": "section", "text": plain(text)}


def _blocks(one: Input) -> list[dict[str, Any]]:
    parts = _parts(one.value)
    if len(parts) > PARTS:
        raise Refused("That text is too long for a form. Tell me in your own words what to change.")
    return [_block(one, part, how, number, len(parts)) for number, (part, how) in enumerate(parts)]


def _block(one: Input, part: str, how: str, number: int, of: int) -> dict[str, Any]:
    label = one.label if of == 1 else f"{one.label} (part {number + 1} of {of})"
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": "\n" in one.value or len(one.value) > 60 or one.name == "body",
        "max_length": 3_000,
    }
    if part:
        element["initial_value"] = part
    block_id = f"{one.name}.{f'{how}{number}' if number else '0'}"
    optional = not one.value.strip() or number > 0
    label_ = plain(short(clean(label), LABEL))
    return {"type": "input", "block_id": block_id, "label": label_, "element": element, "optional": optional}


def _parts(text: str) -> list[tuple[str, str]]:
    """The text in pieces that an input can hold, each with how it is joined to the one before."""
    parts: list[tuple[str, str]] = []
    how, rest = JOINED, text
    while len(rest) > PART or (any(sign > "\uffff" for sign in rest) and len(rest.encode("utf-16-le")) // 2 > PART):
        end = _end(rest)
        cut = rest.rfind("\n", end // 2, end)
        parts.append((rest[: cut if cut > 0 else end], how))
        how, rest = (NEW_LINE, rest[cut + 1 :]) if cut > 0 else (JOINED, rest[end:])
    return [*parts, (rest, how)]


def _end(text: str) -> int:
    """How many characters from the start fit."""
    room = PART
    for place, sign in enumerate(text):
        room -= 2 if sign > "\uffff" else 1
        if room < 0:
            return place
    return len(text)
